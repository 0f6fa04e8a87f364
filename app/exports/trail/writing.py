"""The audit trail as a file: CSV or JSON, piece by piece, so that its length does not matter."""

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditLine
from app.core.cells import plain
from app.exports.trail.reading import Wanted

Form = Literal["csv", "json"]
MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
COLUMNS = ("id", "at", "actor_id", "tag", "subject", "reason", "details", "door", "network")
PIECE = 1_000


def write_trail(session: Session, wanted: Wanted, form: Form) -> Iterator[str]:
    """The lines that are wanted, the oldest first, as text in pieces.

    CSV has a header, moments in ISO 8601 and details as JSON; JSON is `{"lines": [...]}`. `actor_id` is a person's
    number, empty for the system.
    """
    found = select(AuditLine).where(*wanted.conditions()).order_by(AuditLine.id).execution_options(yield_per=PIECE)
    rows = ({name: getattr(line, name) for name in COLUMNS} for line in session.scalars(found))
    return _csv(rows) if form == "csv" else _json(rows)


def _csv(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    piece = StringIO(newline="")
    writer = csv.writer(piece)
    writer.writerow(COLUMNS)
    for number, row in enumerate(rows, 1):
        said = row | {"at": row["at"].isoformat(), "details": json.dumps(row["details"], ensure_ascii=False)}
        writer.writerow([plain(value) for value in said.values()])
        if number % PIECE == 0:
            yield _taken(piece)
    yield _taken(piece)


def _json(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield '{"lines": ['
    between = "\n"
    for row in rows:
        yield between + json.dumps(row | {"at": row["at"].isoformat()}, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


def _taken(piece: StringIO) -> str:
    text = piece.getvalue()
    piece.seek(0)
    piece.truncate()
    return text
