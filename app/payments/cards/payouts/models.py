"""What is kept of the processor's payouts: each with its moves, its lines, and what comparing them came to."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.core.money import Money


class PayoutState(StrEnum):
    """Where a payout is, as the processor names it."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


CAME_BACK = (PayoutState.FAILED, PayoutState.CANCELED)
RANK = {
    PayoutState.PENDING: 0,
    PayoutState.IN_TRANSIT: 1,
    PayoutState.PAID: 2,
    PayoutState.FAILED: 3,
    PayoutState.CANCELED: 3,
}
"""A payout only moves on: even one that was paid can fail, and none comes back from that."""
STATES = {
    PayoutState.PENDING: N_("about to leave"),
    PayoutState.IN_TRANSIT: N_("on its way to the bank"),
    PayoutState.PAID: N_("paid to the bank"),
    PayoutState.FAILED: N_("sent back by the bank"),
    PayoutState.CANCELED: N_("canceled"),
}


class ProcessorPayout(Base):
    """Money that left the processor for the bank (below zero: that it takes from the bank), booked when first seen.

    `fee_cents` is what the processor keeps for the payout itself, for example when it is instant.
    """

    __tablename__ = "processor_payout"
    __table_args__ = (CheckConstraint("amount_cents <> 0", name="amount_not_zero"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    processor_id: Mapped[str] = mapped_column(String, unique=True)
    amount_cents: Mapped[int]
    fee_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    automatic: Mapped[bool]
    arrives_on: Mapped[date] = mapped_column(index=True)
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)

    @property
    def amount(self) -> Money:
        """What is sent to the bank."""
        return Money(self.amount_cents, self.currency)


class ProcessorPayoutMove(Base):
    """A payout changed its state, or its bank gave it a reference (`trace`); the last row counts."""

    __tablename__ = "processor_payout_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("processor_payout.id"), index=True)
    status: Mapped[str] = mapped_column(String)
    reason: Mapped[str] = mapped_column(String)
    trace: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)


class ProcessorPayoutItem(Base):
    """A line of the processor's balance that a payout brings: `net_cents` is `amount_cents` less `fee_cents`."""

    __tablename__ = "processor_payout_item"
    __table_args__ = (CheckConstraint("net_cents = amount_cents - fee_cents", name="net_of_fee"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("processor_payout.id"), index=True)
    balance_transaction: Mapped[str] = mapped_column(String, unique=True)
    type: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String)
    amount_cents: Mapped[int]
    fee_cents: Mapped[int]
    net_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))


class ProcessorPayoutCheck(Base):
    """What comparing a payout with its lines and with the books came to; the last row counts.

    `remainder_cents` is the payout less every line that is named in the books; it is zero when `explained`.
    """

    __tablename__ = "processor_payout_check"
    __table_args__ = (
        CheckConstraint("NOT explained OR (remainder_cents = 0 AND reason = '')", name="nothing_remains"),
        Index(None, "payout_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("processor_payout.id"))
    explained: Mapped[bool]
    reason: Mapped[str] = mapped_column(String)
    about: Mapped[str] = mapped_column(String)
    remainder_cents: Mapped[int]
    at: Mapped[datetime]


for _table in (ProcessorPayout, ProcessorPayoutMove, ProcessorPayoutItem, ProcessorPayoutCheck):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
