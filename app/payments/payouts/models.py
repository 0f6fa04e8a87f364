"""What is kept of payouts: what is owed to whom and why, its payment, or its end where the reason fell away."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.money import Money
from app.members.models import Person


class Payout(Base):
    """Money owed to a person; `source` names its cause for good, and is the subject of its account in the books."""

    __tablename__ = "payout"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String)
    due_on: Mapped[date]
    recorded_at: Mapped[datetime]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)

    person: Mapped[Person] = relationship()

    @property
    def amount(self) -> Money:
        """What is owed."""
        return Money(self.amount_cents, self.currency)


class PayoutPayment(Base):
    """The payment of a payout by bank transfer."""

    __tablename__ = "payout_payment"

    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id"), primary_key=True, autoincrement=False)
    paid_on: Mapped[date]
    bank_reference: Mapped[str] = mapped_column(String, unique=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)


class PayoutEnd(Base):
    """The payout is owed no more, since the act behind it was reversed by an entry."""

    __tablename__ = "payout_end"

    payout_id: Mapped[int] = mapped_column(ForeignKey("payout.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String)
    ended_at: Mapped[datetime]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)


for _table in (Payout, PayoutPayment, PayoutEnd):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
