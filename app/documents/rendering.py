"""Rendering frozen facts to an archival PDF, in a process apart: the same bytes every time, on every machine."""

import json
from datetime import datetime
from typing import Any

from app.core.settings import settings
from app.documents.renderer.pool import pool


def canonical(facts: dict[str, Any]) -> bytes:
    """The one way in which facts are written as JSON, so that their hash can be checked by anyone."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def render(template: str, facts: dict[str, Any], language: str, *, issued_at: datetime, digest: str) -> bytes:
    """The PDF of a document: a function of its facts, template, fonts and engine only. `digest` identifies it.

    Raises `TookTooLong` and `TookTooMuch`.
    """
    return render_by(template, facts, language, issued_at=issued_at, digest=digest)[0]


def render_by(
    template: str, facts: dict[str, Any], language: str, *, issued_at: datetime, digest: str
) -> tuple[bytes, str]:
    """The PDF, and by which engine with which fonts it was made."""
    said = {
        "act": "typeset",
        "template": template,
        "facts": facts,
        "language": language,
        "issued_at": issued_at.isoformat(),
        "digest": digest,
    }
    answer, pdf = pool().ask(said, seconds=settings().document_seconds)
    return pdf, answer["engine"]
