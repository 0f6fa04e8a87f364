"""What is kept of batches: the file's terms, each order with its own end-to-end id, and orders that came to nothing."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.members.models import Person


class PayoutBatch(Base):
    """Orders that left together as one file of a `form`, out of the account in `payer`, to be done on a day."""

    __tablename__ = "payout_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    form: Mapped[str] = mapped_column(String)
    currency: Mapped[str] = mapped_column(String(3))
    payer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    execute_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    made_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class PayoutOrder(Base):
    """One payment of a batch: of a payout or a refund; `attempt` counts the orders of the same, the first being 1.

    `bank_account_id` is the record of the account that was approved; its row goes when the person is erased.
    """

    __tablename__ = "payout_order"
    __table_args__ = (
        CheckConstraint("(payout_id IS NULL) <> (refund_id IS NULL)", name="of_one_debt"),
        CheckConstraint("amount_cents > 0 AND attempt > 0", name="amount_positive"),
        UniqueConstraint("payout_id", "attempt"),
        UniqueConstraint("refund_id", "attempt"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("payout_batch.id"), index=True)
    end_to_end_id: Mapped[str] = mapped_column(String, unique=True)
    payout_id: Mapped[int | None] = mapped_column(ForeignKey("payout.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"))
    attempt: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    amount_cents: Mapped[int]
    bank_account_id: Mapped[int]

    batch: Mapped[PayoutBatch] = relationship()
    person: Mapped[Person] = relationship()


class PayoutOrderEnd(Base):
    """The bank did not do the order, or the money came back before it was recorded as paid: it may be ordered anew."""

    __tablename__ = "payout_order_end"

    order_id: Mapped[int] = mapped_column(ForeignKey("payout_order.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String)
    ended_at: Mapped[datetime]
    ended_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class PayoutOrderReturn(Base):
    """The payee's bank sent a paid order back, and by what `code`; the bank line that brings it makes it owed again."""

    __tablename__ = "payout_order_return"

    order_id: Mapped[int] = mapped_column(ForeignKey("payout_order.id"), primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String)
    told_at: Mapped[datetime]
    told_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


for _table in (PayoutBatch, PayoutOrder, PayoutOrderEnd, PayoutOrderReturn):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
