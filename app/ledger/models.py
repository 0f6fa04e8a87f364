"""What the books keep: accounts, entries with their postings, balances that may not be overdrawn, and seals."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.sealing import BlockSeal, TransactionId


class Account(Base):
    """An account of a kind in the chart, for a subject such as `pledge:12` or empty for the only one of its kind."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String)
    side: Mapped[int] = mapped_column(SmallInteger)
    guarded: Mapped[bool]


class Entry(Base):
    """One thing that happened, with postings that sum to zero in every unit; `key` makes posting it idempotent."""

    __tablename__ = "entry"
    __table_args__ = (Index(None, "effective_on"), Index("ix_entry_xact", "xact"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String, unique=True)
    nature: Mapped[str] = mapped_column(String)
    effective_on: Mapped[date]
    booked_at: Mapped[datetime]
    booked_by: Mapped[int | None]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)
    content_sha256: Mapped[bytes] = mapped_column(BYTEA)
    xact: Mapped[str] = mapped_column(TransactionId, server_default=text("pg_current_xact_id()"))

    postings: Mapped[list["Posting"]] = relationship(order_by="Posting.id", viewonly=True)


class Posting(Base):
    """A signed amount (debit positive) of one unit on one account; zero is not a posting."""

    __tablename__ = "posting"
    __table_args__ = (CheckConstraint("amount <> 0", name="amount_not_zero"), Index(None, "account_id", "unit"))

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    unit: Mapped[str] = mapped_column(String)
    amount: Mapped[int]

    account: Mapped[Account] = relationship(viewonly=True)


class Balance(Base):
    """The balance of a guarded account, kept by the database and locked by it while it changes."""

    __tablename__ = "balance"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    unit: Mapped[str] = mapped_column(String, primary_key=True)
    amount: Mapped[int]


class Seal(BlockSeal, Base):
    """A block of entries sealed together: its hash covers theirs and the previous seal's."""

    __tablename__ = "seal"


for _table in (Account, Entry, Seal):
    append_only(_table.__table__)  # type: ignore[arg-type]
append_only(Posting.__table__, sealed=False)  # type: ignore[arg-type]  # an entry's hash covers its postings
