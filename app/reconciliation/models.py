"""What is kept of bank statements: accounts, imports, statements, lines, what each line was found to be, and notes."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.cipher import SealedText
from app.core.database import Base
from app.core.money import Money


class BankAccount(Base):
    """An account of the organization: `number_key` is its number without spaces, in one currency; titles are ours."""

    __tablename__ = "bank_account"
    __table_args__ = (UniqueConstraint("number_key", "currency"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String)
    number_key: Mapped[str] = mapped_column(String)
    currency: Mapped[str] = mapped_column(String(3))
    title: Mapped[str] = mapped_column(String)
    opened_at: Mapped[datetime]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class BankColumns(Base):
    """Which column of a bank's CSV holds what, for one account; the last row counts."""

    __tablename__ = "bank_columns"

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"), index=True)
    columns: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_at: Mapped[datetime]
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class BankImport(Base):
    """A file of statements that was taken: `known` counts lines that earlier files had brought."""

    __tablename__ = "bank_import"
    __table_args__ = (Index(None, "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String)
    lines: Mapped[int]
    known: Mapped[int]
    pending: Mapped[int]
    taken_at: Mapped[datetime]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class BankStatement(Base):
    """A statement with its balances; each opens where the one before closed (`previous_id`)."""

    __tablename__ = "bank_statement"
    __table_args__ = (UniqueConstraint("previous_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_import_id: Mapped[int] = mapped_column(ForeignKey("bank_import.id"), index=True)
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"), index=True)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("bank_statement.id"))
    number: Mapped[str] = mapped_column(String)
    opening_cents: Mapped[int]
    closing_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    closed_on: Mapped[date]


class BankLine(Base):
    """A movement on an account, taken once: `fingerprint` tells it from every other, also from its twins of one day."""

    __tablename__ = "bank_line"
    __table_args__ = (CheckConstraint("amount_cents <> 0", name="amount_not_zero"), Index(None, "booked_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_import_id: Mapped[int] = mapped_column(ForeignKey("bank_import.id"), index=True)
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"), index=True)
    at: Mapped[int]
    booked_on: Mapped[date]
    value_on: Mapped[date]
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    payer_index: Mapped[bytes | None] = mapped_column(BYTEA, index=True)
    code: Mapped[str] = mapped_column(String)
    returned: Mapped[str] = mapped_column(String)
    fingerprint: Mapped[bytes] = mapped_column(BYTEA, unique=True)

    bank_account: Mapped[BankAccount] = relationship()
    words: Mapped["BankLineSaid"] = relationship(lazy="joined", innerjoin=True)

    @property
    def amount(self) -> Money:
        """What moved; negative when money left."""
        return Money(self.amount_cents, self.currency)


class BankLineSaid(Base):
    """What the bank said with a line: the payer's name and account, the text and the references, as JSON.

    It is sealed, and apart from its line, since what never changes cannot be sealed anew under another key.
    """

    __tablename__ = "bank_line_said"

    bank_line_id: Mapped[int] = mapped_column(ForeignKey("bank_line.id"), primary_key=True, autoincrement=False)
    said: Mapped[str] = mapped_column(SealedText("bank_line_said.said"))


class BankLineBooked(Base):
    """The statement with balances that a line stands on; lines of notifications get it when the statement comes."""

    __tablename__ = "bank_line_booked"

    bank_line_id: Mapped[int] = mapped_column(ForeignKey("bank_line.id"), primary_key=True, autoincrement=False)
    bank_statement_id: Mapped[int] = mapped_column(ForeignKey("bank_statement.id"), index=True)


class BankMatch(Base):
    """What a line, or a part of it, was found to be: the amount has the line's sign; `subject` is `kind:id`.

    `certain` when it followed from the line itself; else a person confirmed it. `why` and `facts` say by what.
    """

    __tablename__ = "bank_match"
    __table_args__ = (CheckConstraint("amount_cents <> 0", name="amount_not_zero"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_line_id: Mapped[int] = mapped_column(ForeignKey("bank_line.id"), index=True)
    cause: Mapped[str] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String, index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    why: Mapped[str] = mapped_column(String)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    certain: Mapped[bool]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    matched_at: Mapped[datetime]
    matched_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    line: Mapped[BankLine] = relationship()


class BankMatchEnd(Base):
    """A match was undone: its entry was reversed, and the line is open again."""

    __tablename__ = "bank_match_end"

    bank_match_id: Mapped[int] = mapped_column(ForeignKey("bank_match.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    ended_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class BankLineNote(Base):
    """A line was parked with a note, or taken up again; the last row of a line counts."""

    __tablename__ = "bank_line_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    bank_line_id: Mapped[int] = mapped_column(ForeignKey("bank_line.id"), index=True)
    parked: Mapped[bool]
    note: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


for _table in (
    BankAccount,
    BankColumns,
    BankImport,
    BankStatement,
    BankLine,
    BankLineBooked,
    BankMatch,
    BankMatchEnd,
    BankLineNote,
):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
