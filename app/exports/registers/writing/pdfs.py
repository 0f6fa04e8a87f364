"""PDF: a tagged PDF/A-3 whose lines are attached as JSON; long registers are set in parts and merged."""

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.settings import settings
from app.documents.renderer.merging import merge, page_count
from app.documents.rendering import canonical, render
from app.exports.registers.asking import TITLES, Progress, Wanted, count_lines, rows

PART = 500  # lines set at once: each takes some 140 KB while it is
MOST = 50_000


class TooLongForPdf(Refusal):
    """Nobody reads so many pages, and setting them takes hours."""

    message = N_("The register has {lines} lines, and a PDF holds at most {most}. Take it as CSV, XLSX or Parquet.")


def write_pdf(
    session: Session,
    wanted: Wanted,
    file: BinaryIO,
    language: str = "en",
    progress: Progress = lambda done: None,
) -> int:
    """Write the register as PDF; how many lines. Raises `TooLongForPdf`."""
    count = count_lines(session, wanted)
    return set_in_parts(_facts(wanted, count), rows(session, wanted), count, file, language, progress)


def set_in_parts(
    facts: dict[str, Any],
    lines: Iterator[Sequence[Any]],
    count: int,
    file: BinaryIO,
    language: str,
    progress: Progress = lambda done: None,
) -> int:
    """Set `count` lines under the `facts` of their heading and columns; how many there were. Raises `TooLongForPdf`."""
    if count > MOST:
        raise TooLongForPdf(lines=count, most=MOST)
    done, pages, number = 0, 0, 0
    issued_at = clock.now().replace(microsecond=0)
    of = max((count + PART - 1) // PART, 1)
    with tempfile.TemporaryDirectory() as folder:
        parts: list[Path] = []
        while (some := list(islice(lines, PART))) or not parts:
            number += 1
            said = facts | {"lines": [[_plain(value) for value in line] for line in some]}
            said |= {"part": number, "parts": of, "first_page": pages + 1, "issued_at": issued_at.isoformat()}
            digest = hashlib.sha256(canonical(said)).hexdigest()
            path = Path(folder) / f"{number}.pdf"
            path.write_bytes(render("register", said, language, issued_at=issued_at, digest=digest))
            parts.append(path)
            pages, done = pages + page_count(path), done + len(some)
            progress(done)
        if len(parts) == 1:
            file.write(parts[0].read_bytes())
        else:
            merge(parts, file)
    return done


def _facts(wanted: Wanted, count: int) -> dict[str, Any]:
    return {
        "organization": settings().organization,
        "organization_seat": settings().organization_seat,
        "register": wanted.register,
        "title": TITLES[wanted.register],
        "profile": wanted.profile.name,
        "law": wanted.profile.law,
        "as_of": wanted.as_of.isoformat(),
        "known_at": wanted.known_at.isoformat() if wanted.known_at else None,
        "count": count,
        "columns": [{"name": c.name, "title": c.title, "kind": c.kind} for c in wanted.columns],
    }


def _plain(value: Any) -> Any:
    return "" if value is None else value.isoformat() if isinstance(value, date) else value
