"""PDF: a tagged PDF/A-3 whose lines are attached as JSON; long registers are set in parts and merged."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.language import translator
from app.core.settings import settings
from app.documents.renderer.merging import merge
from app.documents.rendering import digest_of, render, sheets
from app.exports.registers.asking import TITLES, Progress, Wanted, count_lines, rows
from app.exports.registers.wording import words_of
from app.exports.registers.writing.widths import widths

PART = 500  # lines set at once: each takes some 140 KB while it is
MOST = 50_000

Result = TypeVar("Result")


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
    """Set `count` lines under the `facts` of their heading and columns; how many there were. Raises `TooLongForPdf`.

    The parts of a long register are laid out twice: each page names the number of all.
    """
    if count > MOST:
        raise TooLongForPdf(lines=count, most=MOST)
    issued = facts | {"issued_at": clock.now().replace(microsecond=0).isoformat()}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(settings().document_processes) as threads:
        parts = list(_spooled(lines, Path(folder)))
        issued |= _layout(facts["columns"], json.loads(parts[0].read_text()), language)

        def told(at: int, **place: int) -> dict[str, Any]:
            lines = json.loads(parts[at].read_text())
            return issued | {"part": at + 1, "parts": len(parts), "first_page": 1, "lines": lines} | place

        def count_sheets(at: int) -> int:
            return sheets("register", told(at), language)

        def set_part(at: int) -> Path:
            made = parts[at].with_suffix(".pdf")
            place = {"first_page": 1 + sum(counts[:at]), "pages": sum(counts)} if counts else {}
            made.write_bytes(_set(told(at, **place), language))
            return made

        each = range(len(parts))
        counts: list[int] = []
        if len(parts) > 1:  # of a part alone the engine itself knows the number of all its pages
            counts = list(_halfway(threads.map(count_sheets, each), progress, 0, count))
        made = list(_halfway(threads.map(set_part, each), progress, count, count))
        if len(made) > 1:
            merge(made, file)
        else:
            file.write(made[0].read_bytes())
    return count


def _set(said: dict[str, Any], language: str) -> bytes:
    issued_at = datetime.fromisoformat(said["issued_at"])
    return render("register", said, language, issued_at=issued_at, digest=digest_of(said))


def _spooled(lines: Iterator[Sequence[Any]], folder: Path) -> Iterator[Path]:
    """Files with the lines of each part, one at least, so that no more than one part is held."""
    number = 0
    while (some := list(islice(lines, PART))) or not number:
        number += 1
        path = folder / f"{number}.json"
        path.write_text(json.dumps([[_plain(value) for value in line] for line in some]))
        yield path


def _halfway(results: Iterator[Result], progress: Progress, before: int, count: int) -> Iterator[Result]:
    """Each result, and how far the lines have come: all are counted first, and set then, half each."""
    for done, result in enumerate(results, 1):
        progress((before + min(done * PART, count)) // 2)
        yield result


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
        "columns": [{"name": c.name, "title": c.title, "kind": c.kind} | _words(c.name) for c in wanted.columns],
    }


def _words(name: str) -> dict[str, Any]:
    words = words_of(name)
    return {} if words is None else {"words": words}


def _layout(columns: list[dict[str, Any]], lines: list[list[Any]], language: str) -> dict[str, Any]:
    """The widths and the type of the first part, with which the table goes on in every other."""
    say = translator(language)
    shown = [
        [say(column["words"].get(value, value)) if "words" in column else value for column, value in pairs]
        for pairs in (zip(columns, line, strict=True) for line in lines)
    ]
    wide, size = widths([say(column["title"]) for column in columns], shown)
    return {"widths": wide, "type": size}


def _plain(value: Any) -> Any:
    return "" if value is None else value.isoformat() if isinstance(value, date) else value
