"""The register of members in its usual columns, line by line, for the desk's page and for programs."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TextIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.exports.registers.asking import AT_ONCE, Wanted, rows
from app.exports.registers.checking import RegisterDisagrees, refuse_disagreeing
from app.exports.registers.writing import csvs
from app.members.models import Membership

__all__ = ["COLUMNS", "START", "Line", "RegisterDisagrees", "register_lines", "write_csv"]


@dataclass(frozen=True)
class Line:
    """One holder of one class; amounts in major units of `currency`, dates in ISO 8601, empty when there is none.

    A member without shares has one line without a class. `holder_type` is a kind of `app.members.people.kinds`.
    """

    member_number: int
    legal_name: str
    holder_type: str
    registration_number: str
    postal_address: str
    country: str
    share_class: str
    certificate_numbers: str
    shares: int
    amount_paid: str
    currency: str
    date_entered: str
    date_ceased: str


COLUMNS = [field.name for field in fields(Line)]
START = (0, "")  # before the first member's first class
_FIRST = 500  # members of the first page of the query; later ones are larger


def register_lines(
    session: Session, as_of: date, after: tuple[int, str] = START, *, known_at: datetime | None = None
) -> Iterator[Line]:
    """The lines of the register at the end of a day, read as far as they are asked for.

    `after` is the member's number and the share class of the last line that is known already; only a reading from the
    start is compared with the books first, and raises `RegisterDisagrees`. With `known_at` it is the register of that
    day as it stood at that moment, before whatever was recorded later.
    """
    wanted = Wanted("members", as_of, known_at)
    if after == START:
        refuse_disagreeing(session, wanted)
    number, most = max(after[0] - 1, 0), _FIRST
    while (last := _last_of_page(session, number, most)) is not None:
        for row in rows(session, wanted, after=number, most=most):
            line = _line(row)
            if (line.member_number, line.share_class) > after:
                yield line
        number, most = last, min(most * 4, AT_ONCE)


def _last_of_page(session: Session, number: int, most: int) -> int | None:
    page = select(Membership.number).where(Membership.number > number).order_by(Membership.number).limit(most)
    last: int | None = session.scalar(select(func.max(page.subquery().c.number)))
    return last


def _line(row: tuple[Any, ...]) -> Line:
    values: list[Any] = ["" if v is None else v.isoformat() if isinstance(v, date) else v for v in row]
    return Line(*values)


def write_csv(session: Session, as_of: date, file: TextIO, *, known_at: datetime | None = None) -> int:
    """Write the register as CSV (RFC 4180, header first); how many lines. Formulas for spreadsheets are defused."""
    wanted, written = Wanted("members", as_of, known_at), io.BytesIO()
    refuse_disagreeing(session, wanted)
    lines = csvs.write_csv(session, wanted, written)
    file.write(written.getvalue().decode())
    return lines
