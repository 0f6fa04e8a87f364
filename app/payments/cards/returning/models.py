"""What is kept of refunds by the processor and of disputes, with each change of their state."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.core.money import Money
from app.payments.cards.models import CardPayment
from app.payments.models import Refund


class RefundState(StrEnum):
    """What is known of a refund at the processor; before its first move nothing was sent, or no answer came yet."""

    UNKNOWN = N_("no answer")
    REFUSED = N_("refused")
    PENDING = N_("pending")
    REQUIRES_ACTION = N_("requires action")
    SUCCEEDED = N_("succeeded")
    FAILED = N_("failed")
    CANCELED = N_("canceled")


RANK = {
    RefundState.UNKNOWN: 0,
    RefundState.REFUSED: 1,
    RefundState.PENDING: 2,
    RefundState.REQUIRES_ACTION: 2,
    RefundState.SUCCEEDED: 3,
    RefundState.FAILED: 4,
    RefundState.CANCELED: 4,
}
"""A refund only moves on: what was seen earlier and is recorded later says nothing new."""
NOT_SENT = (RefundState.REFUSED, RefundState.FAILED, RefundState.CANCELED)


class ProcessorRefund(Base):
    """A refund, or a part of one, sent back on a charge; `id` is the idempotency key, written before the call."""

    __tablename__ = "processor_refund"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), index=True)
    card_payment_id: Mapped[int] = mapped_column(ForeignKey("card_payment.id"), index=True)
    charge: Mapped[str] = mapped_column(String, index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    asked_at: Mapped[datetime]
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    refund: Mapped[Refund] = relationship()
    payment: Mapped[CardPayment] = relationship()

    @property
    def amount(self) -> Money:
        """What goes back on the charge."""
        return Money(self.amount_cents, self.currency)


class ProcessorRefundMove(Base):
    """What became known of a refund at the processor; the last row counts."""

    __tablename__ = "processor_refund_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    processor_refund_id: Mapped[UUID] = mapped_column(ForeignKey("processor_refund.id"), index=True)
    processor_id: Mapped[str] = mapped_column(String, index=True)
    status: Mapped[str] = mapped_column(String)
    reason: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)


class AdoptedRefund(Base):
    """A refund that somebody made on the processor's own pages, taken into the books once it has gone."""

    __tablename__ = "adopted_refund"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    processor_id: Mapped[str] = mapped_column(String, unique=True)
    card_payment_id: Mapped[int] = mapped_column(ForeignKey("card_payment.id"), index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    found_at: Mapped[datetime]

    payment: Mapped[CardPayment] = relationship()


class AdoptedRefundMove(Base):
    """What became known of an adopted refund; the last row counts."""

    __tablename__ = "adopted_refund_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    adopted_refund_id: Mapped[int] = mapped_column(ForeignKey("adopted_refund.id"), index=True)
    status: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)


class Dispute(Base):
    """A person disputed a charge at their bank."""

    __tablename__ = "dispute"

    id: Mapped[int] = mapped_column(primary_key=True)
    processor_id: Mapped[str] = mapped_column(String, unique=True)
    card_payment_id: Mapped[int] = mapped_column(ForeignKey("card_payment.id"), index=True)
    charge: Mapped[str] = mapped_column(String)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String)
    evidence_due_by: Mapped[datetime | None]
    opened_at: Mapped[datetime]

    payment: Mapped[CardPayment] = relationship()


class DisputeMove(Base):
    """A dispute changed its state, as the processor names it; states not known here are kept as they are."""

    __tablename__ = "dispute_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), index=True)
    status: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)


for _table in (ProcessorRefund, ProcessorRefundMove, AdoptedRefund, AdoptedRefundMove, Dispute, DisputeMove):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
