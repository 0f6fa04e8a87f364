"""What is kept of payments: requests with their reference, receipts, refunds due and refunds paid."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.core.money import Money
from app.members.models import Person


class PayBy(StrEnum):
    """A way of paying."""

    BANK_TRANSFER = N_("bank transfer")
    CARD = N_("card")
    US_BANK_DEBIT = N_("US bank debit")
    SEPA_DEBIT = N_("SEPA debit")


class PaymentRequest(Base):
    """An amount asked of a person under an ISO 11649 reference; `purpose` names its cause, such as `pledge:12`."""

    __tablename__ = "payment_request"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String, unique=True)
    purpose: Mapped[str] = mapped_column(String, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    requested_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class PaymentRequestAmount(Base):
    """Less is asked than at first, as fewer shares are allotted than were pledged; the last row counts."""

    __tablename__ = "payment_request_amount"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"), index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String)
    lowered_at: Mapped[datetime]


class Instalment(Base):
    """A part of a request that is due on a day; a request paid in one has one. Card charges name the part they pay."""

    __tablename__ = "instalment"
    __table_args__ = (
        UniqueConstraint("payment_request_id", "number"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"))
    number: Mapped[int]
    due_on: Mapped[date]
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    scheduled_at: Mapped[datetime]

    request: Mapped[PaymentRequest] = relationship()

    @property
    def amount(self) -> Money:
        """What this part is."""
        return Money(self.amount_cents, self.currency)


class PaymentRequestEnd(Base):
    """From here on nothing is asked any more: what still arrives goes back."""

    __tablename__ = "payment_request_end"

    payment_request_id: Mapped[int] = mapped_column(
        ForeignKey("payment_request.id"), primary_key=True, autoincrement=False
    )
    ended_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String)


class Receipt(Base):
    """Money that arrived by bank transfer; `bank_reference` is the bank's own id of the line, so it is taken once."""

    __tablename__ = "receipt"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"), index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    received_on: Mapped[date]
    payer_name: Mapped[str] = mapped_column(String)
    bank_reference: Mapped[str] = mapped_column(String, unique=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)

    request: Mapped[PaymentRequest] = relationship()


class Refund(Base):
    """Money that must go back to a person, and why; the books carry it as payable until it is paid."""

    __tablename__ = "refund"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"), index=True)
    source: Mapped[str] = mapped_column(String, unique=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String)
    due_at: Mapped[datetime]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"))

    request: Mapped[PaymentRequest] = relationship()


class RefundPayment(Base):
    """The payment of a refund by bank transfer."""

    __tablename__ = "refund_payment"

    refund_id: Mapped[int] = mapped_column(ForeignKey("refund.id"), primary_key=True, autoincrement=False)
    paid_on: Mapped[date]
    bank_reference: Mapped[str] = mapped_column(String, unique=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)


class PaymentCarry(Base):
    """What was held for one request is held for the one that replaces it, when what is bought was changed."""

    __tablename__ = "payment_carry"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"), unique=True)
    to_request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"), unique=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    carried_at: Mapped[datetime]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)


for _table in (
    PaymentRequest,
    PaymentRequestAmount,
    PaymentCarry,
    Instalment,
    PaymentRequestEnd,
    Receipt,
    Refund,
    RefundPayment,
):
    append_only(_table.__table__)  # type: ignore[arg-type]
