"""Shapes of the bank: files of statements as taken, accounts, imports and lines with their state as given."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.files import FileTaken
from app.api.shapes import Amount, Counted, Given, Line
from app.core.money import Money
from app.reconciliation.lines import Said, matches_of
from app.reconciliation.models import BankAccount, BankImport, BankLine, BankMatch
from app.reconciliation.taking import last_statement


class LineState(StrEnum):
    """Where a line of the bank stands."""

    OPEN = "open"
    PARKED = "parked"
    MATCHED = "matched"


class StatementTaken(FileTaken):
    """A file of statements, as the bank gave it: camt.053, camt.054, MT940, OFX, QFX, BAI2, or CSV."""

    file_name: Annotated[Line, Field(max_length=200, examples=["2026-11-20.xml"])]
    account_id: Counted | None = Field(
        None, description="Of a CSV: the account, whose columns were named once at the desk."
    )


class BankAccountGiven(Given):
    """An account of the organization, and where its chain of statements ends."""

    id: int
    number: str
    currency: str
    title: str
    closing: Amount | None = Field(description="The balance with which the last statement closes; null before one.")
    closed_on: date | None


class BankImportGiven(Given):
    """A file of statements that was taken in."""

    id: int
    file_name: str
    sha256: str = Field(description="Of the file.")
    lines: int = Field(description="New lines.")
    known: int = Field(description="Lines that earlier files had brought.")
    pending: int = Field(description="Entries that the bank has only announced; they are no lines.")
    taken_at: datetime


class BankMatchGiven(Given):
    """What a line, or a part of it, was found to be."""

    what: str = Field(description="receipt, recorded, returned, refund, payout, cards, fee, came_back or manual.")
    subject: str = Field(description="What it belongs to.", examples=["request:12"])
    amount: Amount
    certain: bool = Field(description="It followed from the line itself; else a person confirmed it.")
    entry_id: int = Field(description="The entry in the journal.")


class BankLineGiven(Given):
    """A movement on an account of the organization; the amount is negative when money left."""

    id: int
    import_id: int
    account_id: int
    line: int = Field(description="The line of the file.")
    booked_on: date
    value_on: date
    amount: Amount
    name: str = Field(description="The other side, as the bank says it.")
    account: str = Field(description="The other side's account; empty where the bank does not say it.")
    text: str
    references: list[str]
    state: LineState
    note: str | None = Field(description="Of a parked line: why it waits, and for whom.")
    matches: list[BankMatchGiven]


def account_given(session: Session, row: BankAccount) -> BankAccountGiven:
    """An account as the API gives it."""
    last = last_statement(session, row)
    return BankAccountGiven(
        id=row.id,
        number=row.number,
        currency=row.currency,
        title=row.title,
        closing=Amount.of(Money(last.closing_cents, last.currency)) if last else None,
        closed_on=last.closed_on if last else None,
    )


def import_given(row: BankImport) -> BankImportGiven:
    """An import as the API gives it."""
    return BankImportGiven(
        id=row.id,
        file_name=row.file_name,
        sha256=row.sha256,
        lines=row.lines,
        known=row.known,
        pending=row.pending,
        taken_at=row.taken_at,
    )


def line_given(session: Session, line: BankLine, note: str | None) -> BankLineGiven:
    """A line as the API gives it, with the note under which it is parked, if it is."""
    said, matches = Said.of(line), matches_of(session, line)
    state = LineState.MATCHED if matches else LineState.OPEN if note is None else LineState.PARKED
    return BankLineGiven(
        id=line.id,
        import_id=line.bank_import_id,
        account_id=line.bank_account_id,
        line=line.at,
        booked_on=line.booked_on,
        value_on=line.value_on,
        amount=Amount.of(line.amount),
        name=said.name,
        account=said.account,
        text=said.text,
        references=[value for _, value in said.references],
        state=state,
        note=note if state is LineState.PARKED else None,
        matches=[_match(each) for each in matches],
    )


def _match(match: BankMatch) -> BankMatchGiven:
    return BankMatchGiven(
        what=match.cause,
        subject=match.subject,
        amount=Amount.of(Money(match.amount_cents, match.currency)),
        certain=match.certain,
        entry_id=match.entry_id,
    )
