"""What a mapping makes of a table, before anything is taken in: its lines, what cannot be read and why, what is new."""

import io
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.reconciliation.models import BankAccount
from app.reconciliation.reading.csv import Columns, Row, read_rows, statement_of
from app.reconciliation.reading.records import Line, Statement, Unreadable
from app.reconciliation.taking import Taken, would_take

SHOWN = 20


class BookedMissing(Refusal):
    """Nothing says when a line was booked."""

    message = N_("Choose the column that holds the day on which a line was booked.")
    field = "booked"


class AmountMissing(Refusal):
    """Nothing says how much moved."""

    message = N_("Choose the column of amounts, or the two columns of credits and debits.")
    field = "amount"


@dataclass
class Preview:
    """The first lines, how many there are and what they sum to; `faults` are the first lines that cannot be read.

    `statement` has the balances where the table says them; `taken` is what an import would bring, and `refused` why it
    would be refused as a whole.
    """

    lines: list[Line] = field(default_factory=list)
    count: int = 0
    came: int = 0
    left: int = 0
    faults: list[Unreadable] = field(default_factory=list)
    faulty: int = 0
    statement: Statement | None = None
    taken: Taken | None = None
    refused: Refusal | None = None


def refuse_incomplete(columns: Columns) -> None:
    """Refuse a mapping without a day or without an amount."""
    if not columns.booked:
        raise BookedMissing
    if not columns.amount and not (columns.credit and columns.debit):
        raise AmountMissing


def preview(session: Session, account: BankAccount, columns: Columns, content: bytes, name: str) -> Preview:
    """What a table of an account would bring; what is wrong is told, not raised, so that it can be mended."""
    found = Preview()
    try:
        refuse_incomplete(columns)
        rows = _read(found, columns, content, account.currency)
        if not found.faulty:
            found.statement = statement_of(rows, columns, account.number, account.currency)
            found.taken = would_take(session, io.BytesIO(content), name, csv_of=account, columns=columns)
    except Refusal as refusal:
        found.refused = refusal
    return found


def _read(found: Preview, columns: Columns, content: bytes, currency: str) -> list[Row]:
    rows = []
    for row in read_rows(content, columns, currency):
        if isinstance(row, Unreadable):
            found.faulty += 1
            found.faults += [row] if found.faulty <= SHOWN else []
            continue
        rows.append(row)
        amount: Money = row[0].amount
        found.came += max(amount.minor, 0)
        found.left += min(amount.minor, 0)
    found.lines, found.count = [line for line, _ in rows[:SHOWN]], len(rows)
    return rows
