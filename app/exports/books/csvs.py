"""The journal as CSV: a line for each posting, with what stood before as its first lines."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from io import StringIO

from sqlalchemy.orm import Session

from app.core.cells import plain
from app.exports.books.asking import Leg, Period, entries, stood_before
from app.exports.books.naming import decimal_of, in_one_line, kind_name

COLUMNS = ("entry", "date", "nature", "cause", "reverses", "account", "subject", "unit", "debit", "credit")


def csv_pieces(session: Session, period: Period) -> Iterator[str]:
    """The file, piece by piece; amounts are in major units with a point, whole shares for shares."""
    yield _lines([COLUMNS])
    if period.since is not None:
        for leg in stood_before(session, period):
            yield _lines([_row("", period.since, "opening balances", "", "", leg)])
    for entry in entries(session, period):
        reverses = "" if entry.reverses_id is None else str(entry.reverses_id)
        yield _lines(_row(str(entry.id), entry.on, entry.nature, entry.key, reverses, leg) for leg in entry.legs)


def _row(number: str, on: date, nature: str, cause: str, reverses: str, leg: Leg) -> tuple[str, ...]:
    size = f"{decimal_of(abs(leg.amount), leg.unit):f}"
    sides = (size, "") if leg.amount > 0 else ("", size)
    said = (in_one_line(nature), in_one_line(cause), reverses, kind_name(leg.kind), leg.subject, leg.unit)
    return (number, on.isoformat(), *said, *sides)


def _lines(rows: Iterable[Iterable[str]]) -> str:
    piece = StringIO(newline="")
    csv.writer(piece).writerows([plain(value) for value in row] for row in rows)
    return piece.getvalue()
