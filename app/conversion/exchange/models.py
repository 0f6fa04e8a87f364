"""What is kept of an exchange: its terms, what each lot is to become, the list as reckoned, approval and execution."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.conversion.exchange.terms import Beyond, Terms
from app.core.appendonly import append_only
from app.core.database import Base
from app.shares.acts.exchanging import Fractions, Ratio
from app.shares.models import ShareClass


class Exchange(Base):
    """Shares are to be exchanged on `effective_on`, a date in `zone`; cash for holders is due on `cash_due_on`."""

    __tablename__ = "exchange"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String, unique=True)
    title: Mapped[str] = mapped_column(String)
    zone: Mapped[str] = mapped_column(String)
    effective_on: Mapped[date]
    cash_due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    terms: Mapped[list["ExchangeTerms"]] = relationship(order_by="ExchangeTerms.id", viewonly=True)


class ExchangeTerms(Base):
    """A class becomes another: `new_shares` for `old_shares`, with a rule for fractions by its name."""

    __tablename__ = "exchange_terms"
    __table_args__ = (
        UniqueConstraint("exchange_id", "old_class_id"),
        CheckConstraint("new_shares > 0 AND old_shares > 0 AND least >= 0", name="ratio_positive"),
        CheckConstraint("nominal_cents >= 0", name="nominal_not_negative"),
        CheckConstraint("old_class_id <> new_class_id", name="another_class"),
        CheckConstraint("most > 0", name="most_positive"),
        CheckConstraint("loan_rate_ppm >= 0 AND loan_years > 0", name="loan_repaid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"))
    old_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"), index=True)
    new_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"), index=True)
    new_shares: Mapped[int]
    old_shares: Mapped[int]
    fractions: Mapped[str] = mapped_column(String)
    least: Mapped[int]
    nominal_cents: Mapped[int | None]
    beyond: Mapped[str] = mapped_column(String)
    most: Mapped[int | None]
    loan_rate_ppm: Mapped[int | None]
    loan_years: Mapped[int | None]

    old_class: Mapped[ShareClass] = relationship(foreign_keys=[old_class_id])
    new_class: Mapped[ShareClass] = relationship(foreign_keys=[new_class_id])

    @property
    def said(self) -> Terms:
        """The terms as the exchange reckons with them."""
        return Terms(
            Ratio(self.new_shares, self.old_shares),
            Fractions[self.fractions],
            self.least,
            self.nominal_cents,
            Beyond[self.beyond],
            self.most,
            self.loan_rate_ppm or 0,
            self.loan_years or 0,
        )


class ExchangeLine(Base):
    """What a lot becomes; working rows that each reckoning writes anew, held by the hash of their list."""

    __tablename__ = "exchange_line"
    __table_args__ = (Index(None, "exchange_id", "membership_id"),)

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), primary_key=True, autoincrement=False)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, autoincrement=False, index=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    terms_id: Mapped[int] = mapped_column(ForeignKey("exchange_terms.id"), index=True)
    shares: Mapped[int]
    paid_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    new_shares: Mapped[int]
    new_paid_cents: Mapped[int]
    cash_cents: Mapped[int]
    reserve_cents: Mapped[int]
    loan_cents: Mapped[int] = mapped_column(server_default="0")


class ExchangeReckoning(Base):
    """The whole list of an exchange as it was reckoned: the SHA-256 of its lines, and their sums."""

    __tablename__ = "exchange_reckoning"

    id: Mapped[int] = mapped_column(primary_key=True)
    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    holders: Mapped[int]
    lots: Mapped[int]
    totals: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reckoned_at: Mapped[datetime]


class ExchangeApproval(Base):
    """Two people approved a list; it is carried out on the effective date."""

    __tablename__ = "exchange_approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    reckoning_id: Mapped[int] = mapped_column(ForeignKey("exchange_reckoning.id"), unique=True)
    approved_at: Mapped[datetime]
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    reckoning: Mapped[ExchangeReckoning] = relationship()


class ExchangeHalt(Base):
    """An approved list could not be carried out, and why; it must be reckoned and approved anew."""

    __tablename__ = "exchange_halt"

    approval_id: Mapped[int] = mapped_column(ForeignKey("exchange_approval.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String)
    halted_at: Mapped[datetime]


class ExchangeExecution(Base):
    """The exchange took effect: one row, written with every lot, entry and payout of it or not at all."""

    __tablename__ = "exchange_execution"

    exchange_id: Mapped[int] = mapped_column(ForeignKey("exchange.id"), primary_key=True, autoincrement=False)
    approval_id: Mapped[int] = mapped_column(ForeignKey("exchange_approval.id"), unique=True)
    executed_at: Mapped[datetime]
    acts: Mapped[int]


for _table in (Exchange, ExchangeTerms, ExchangeReckoning, ExchangeApproval, ExchangeHalt, ExchangeExecution):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
