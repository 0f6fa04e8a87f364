"""What is told of register files that were asked for, and of a member's account."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from app.api.shapes import Amount, Day, Given, Moment, Taken
from app.exports.models import RegisterExport
from app.exports.registers.asking import Name
from app.exports.registers.profiles import STANDARD
from app.exports.registers.writing.files import MEDIA
from app.shares.capital import CapitalAccount
from app.shares.desk.showing import act_title
from app.shares.stating import Statement

FileForm = Literal["csv", "json", "xlsx", "pdf", "ocf", "parquet"]
AS_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind.partition(";")[0]: {"schema": {}} for kind in MEDIA.values()}}
}
"""The answer of an operation that gives a file of a register."""


class State(StrEnum):
    """How far a file is."""

    MAKING = "making"
    READY = "ready"
    REFUSED = "refused"


class ExportTaken(Taken):
    """Which register, of which day, in which columns and which format."""

    register_name: Name = Field("members", alias="register")
    profile: str = Field(STANDARD, max_length=40, description="Whose law says the columns.", examples=["uk"])
    format: FileForm = "csv"
    as_of: Day | None = Field(None, description="The day at whose end the register is read; today if absent.")
    known_at: Moment | None = Field(None, description="As it stood at this moment, before what came later.")


class ExportGiven(Given):
    """A file of a register, made in the background; ask again until its state is ready or refused."""

    id: str
    state: State
    register_name: str = Field(alias="register")
    profile: str
    format: str
    as_of: date
    known_at: datetime | None
    lines_done: int = Field(description="How many lines are written.")
    lines_total: int = Field(description="Of how many; 0 while nobody knows.")
    refusal: str | None = Field(description="Why there is no file, in the language of whoever asked.")
    size_bytes: int | None
    sha256: str | None
    expires_at: datetime | None = Field(description="When the file is removed.")


class HeldGiven(Given):
    """What a member has of a class."""

    share_class: str
    shares: int
    paid: Amount
    certificates: list[int]


class ChangeGiven(Given):
    """What one act or entry did to the capital of a member; the balance is that of its currency."""

    on: date
    what: str = Field(examples=["Allotment"])
    act: int | None = Field(description="The number of the act on shares, where it is one.")
    amount: Amount
    balance: Amount


class StatementGiven(Given):
    """A member's account at the end of a day: holdings, what was retained for them, and the capital account."""

    member_number: int
    as_of: date
    holdings: list[HeldGiven]
    retained: list[Amount] = Field(description="Patronage retained and allocated, one sum for each currency.")
    capital: list[Amount] = Field(description="Paid on shares, and retained: one sum for each currency.")
    changes: list[ChangeGiven] = Field(description="The capital account, in order.")


def export_given(row: RegisterExport) -> ExportGiven:
    """A file as far as it is."""
    state = State.REFUSED if row.refusal else State.READY if row.made_at else State.MAKING
    return ExportGiven(
        id=row.public_id,
        state=state,
        register=row.register,
        profile=row.profile,
        format=row.form,
        as_of=row.as_of,
        known_at=row.known_at,
        lines_done=row.lines_done,
        lines_total=row.lines_total,
        refusal=row.refusal,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        expires_at=row.expires_at,
    )


def statement_given(number: int, told: Statement, account: CapitalAccount) -> StatementGiven:
    """A statement and its capital account as the API gives them."""
    return StatementGiven(
        member_number=number,
        as_of=told.on,
        holdings=[
            HeldGiven(
                share_class=held.share_class.code,
                shares=held.shares,
                paid=Amount.of(held.paid),
                certificates=list(held.certificates),
            )
            for held in told.holdings
        ],
        retained=[Amount.of(each) for each in account.retained],
        capital=[Amount.of(each) for each in account.closing],
        changes=[
            ChangeGiven(
                on=row.on,
                what=act_title(row.kind),
                act=row.act_id,
                amount=Amount.of(row.amount),
                balance=Amount.of(row.balance),
            )
            for row in account.changes
        ],
    )
