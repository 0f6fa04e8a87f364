"""Rendering frozen facts to an archival PDF, in a process apart: the same bytes every time, on every machine."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from app.core.settings import settings
from app.documents.renderer.frames import joined, pieces
from app.documents.renderer.pool import pool

LINES = 500
"""Lines of tables and lists that are set at once; each takes some 140 KB while it is."""


def canonical(facts: dict[str, Any]) -> bytes:
    """The one way in which facts are written as JSON, so that their hash can be checked by anyone."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def is_long(facts: dict[str, Any]) -> bool:
    """Whether a document has more lines than are set at once, so that to lay it out takes minutes."""
    return sum(len(value) for value in facts.values() if isinstance(value, list)) > LINES


def digest_of(facts: dict[str, Any]) -> str:
    """The SHA-256 (hex) of facts in their one way of writing."""
    return hashlib.sha256(canonical(facts)).hexdigest()


def render(template: str, facts: dict[str, Any], language: str, *, issued_at: datetime, digest: str) -> bytes:
    """The PDF of a document: a function of its facts, template, fonts and engine only. `digest` identifies it.

    Raises `TookTooLong` and `TookTooMuch`.
    """
    return render_by(template, facts, language, issued_at=issued_at, digest=digest)[0]


def render_by(
    template: str, facts: dict[str, Any], language: str, *, issued_at: datetime, digest: str
) -> tuple[bytes, str]:
    """The PDF, and by which engine with which fonts it was made."""
    issued = {"issued_at": issued_at.isoformat(), "digest": digest}
    said = {"act": "typeset", "template": template, "facts": facts, "language": language, "lines": LINES, **issued}
    answer, found = _ask(said)
    if "lengths" in answer:
        return _in_parts(pieces(answer, found), facts, issued)
    return found, answer["engine"]


def sheets(template: str, facts: dict[str, Any], language: str) -> int:
    """How many sheets a document of at most `LINES` lines takes. Raises `TookTooLong` and `TookTooMuch`."""
    said = {"act": "count whole", "template": template, "facts": facts, "language": language, "lines": LINES}
    return int(_ask(said | {"digest": digest_of(facts)})[0]["pages"])


def _in_parts(pages: list[bytes], facts: dict[str, Any], issued: dict[str, str]) -> tuple[bytes, str]:
    """Of a long document: each part is laid out to count its sheets, then set with the numbers of all, then merged."""
    with ThreadPoolExecutor(settings().document_processes) as threads:
        counts = list(
            threads.map(lambda at: _ask({"act": "count", "number": at + 1}, pages[at])[0]["pages"], range(len(pages)))
        )
        numbers = {"pages": sum(counts), **issued}

        def part(at: int) -> tuple[dict[str, Any], bytes]:
            said = {"act": "typeset part", "number": at + 1, "first_page": sum(counts[:at]) + 1, **numbers}
            return _ask(said | ({} if at else {"facts": facts}), pages[at])

        parts = list(threads.map(part, range(len(pages))))
    lengths, content = joined([pdf for _, pdf in parts])
    return _ask({"act": "merge", **lengths}, content)[1], parts[0][0]["engine"]


def _ask(said: dict[str, Any], content: bytes = b"") -> tuple[dict[str, Any], bytes]:
    return pool().ask(said, content, seconds=settings().document_seconds)
