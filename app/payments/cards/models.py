"""What is kept of card payments: saved ways to pay, pages visited, attempts and their outcomes, payments and fees."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.core.money import Money
from app.payments.models import Instalment, PaymentRequest

PROCESSOR = "stripe"


class Trigger(StrEnum):
    """What began an attempt; those of `AUTOMATIC` count towards the most that are made without the person."""

    RUN = "run"
    RETRY = "retry"
    CUSTOMER = "customer"
    AUTHENTICATION = "authentication"


AUTOMATIC = frozenset({Trigger.RUN, Trigger.RETRY})


class Outcome(StrEnum):
    """What is known of an attempt; before its first outcome nothing was sent, or no answer came yet."""

    SUCCEEDED = N_("succeeded")
    REQUIRES_ACTION = N_("waits for the person")
    PROCESSING = N_("on its way")
    DECLINED = N_("declined")
    CANCELED = N_("canceled")
    UNKNOWN = N_("no answer")
    NOT_CHARGED = N_("not charged")


FINAL = frozenset({Outcome.SUCCEEDED, Outcome.DECLINED, Outcome.CANCELED, Outcome.NOT_CHARGED})


class DeclineKind(StrEnum):
    """What a decline asks for: another card, time, the person, or nobody's trying again."""

    HARD = "hard"
    SOFT = "soft"
    AUTHENTICATION = "authentication"
    FRAUD = "fraud"


class Source(StrEnum):
    """How an outcome became known."""

    ANSWER = "answer"
    WEBHOOK = "webhook"
    POLL = "poll"
    RETURN = "return"


class MethodEnd(StrEnum):
    """Why a saved way to pay is not charged any more."""

    DETACHED = N_("removed")
    DISPUTED = N_("disputed")
    REPLACED = N_("replaced")
    EXPIRED = N_("expired")


class ProcessorCustomer(Base):
    """The processor's own name of a person, under which ways to pay are saved."""

    __tablename__ = "processor_customer"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    customer: Mapped[str] = mapped_column(String, unique=True)
    made_at: Mapped[datetime]


class Checkout(Base):
    """A visit to the processor's page, to save a way to pay (no attempt) or to pay; `id` is in the page's metadata."""

    __tablename__ = "checkout"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    payment_request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"), index=True)
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("charge_attempt.id"), unique=True)
    kind: Mapped[str] = mapped_column(String)
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    begun_at: Mapped[datetime]

    request: Mapped[PaymentRequest] = relationship()


class CheckoutOpened(Base):
    """The page that the processor opened for a visit."""

    __tablename__ = "checkout_opened"

    checkout_id: Mapped[UUID] = mapped_column(ForeignKey("checkout.id"), primary_key=True)
    session: Mapped[str] = mapped_column(String, unique=True)
    expires_at: Mapped[datetime]


class SavedMethod(Base):
    """A card or account that may be charged for one payment request; the last one that has not ended counts."""

    __tablename__ = "saved_method"
    __table_args__ = (
        UniqueConstraint("payment_request_id", "setup_id"),
        Index(None, "processor_method"),
        Index(None, "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    payment_request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"))
    processor_customer: Mapped[str] = mapped_column(String)
    processor_method: Mapped[str] = mapped_column(String)
    kind: Mapped[str] = mapped_column(String)
    brand: Mapped[str] = mapped_column(String)
    last4: Mapped[str] = mapped_column(String)
    exp_month: Mapped[int | None]
    exp_year: Mapped[int | None]
    mandate: Mapped[str] = mapped_column(String)
    setup_id: Mapped[str] = mapped_column(String)
    saved_at: Mapped[datetime]

    request: Mapped[PaymentRequest] = relationship()


class SavedMethodEnd(Base):
    """From here on a saved way to pay is not charged."""

    __tablename__ = "saved_method_end"

    saved_method_id: Mapped[int] = mapped_column(ForeignKey("saved_method.id"), primary_key=True, autoincrement=False)
    ended_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String)


class ChargeRun(Base):
    """Everything of a purpose (such as `offer:3`) that is charged from a day on, as two people approved it."""

    __tablename__ = "charge_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String, index=True)
    total_count: Mapped[int]
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    charge_on: Mapped[date]
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class ChargeAttempt(Base):
    """One try to charge an instalment, written before the processor hears of it; `params` are what is sent, frozen.

    `id` is the idempotency key. The next attempt of an instalment is made once the outcome of the last one is final.
    """

    __tablename__ = "charge_attempt"
    __table_args__ = (
        UniqueConstraint("instalment_id", "n"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        Index(None, "run_id"),
        Index(None, "saved_method_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    instalment_id: Mapped[int] = mapped_column(ForeignKey("instalment.id"))
    n: Mapped[int]
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    customer: Mapped[str] = mapped_column(String)
    method: Mapped[str] = mapped_column(String)
    saved_method_id: Mapped[int | None] = mapped_column(ForeignKey("saved_method.id"))
    trigger: Mapped[str] = mapped_column(String)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("charge_run.id"))
    off_session: Mapped[bool]
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    params_sha256: Mapped[bytes] = mapped_column(BYTEA)
    created_at: Mapped[datetime]

    instalment: Mapped[Instalment] = relationship()
    saved_method: Mapped[SavedMethod | None] = relationship()

    @property
    def amount(self) -> Money:
        """What is charged."""
        return Money(self.amount_cents, self.currency)


class ChargeOutcome(Base):
    """What became known of an attempt; the last row is the present outcome, and a success happens once."""

    __tablename__ = "charge_outcome"
    __table_args__ = (
        Index("uq_charge_outcome_succeeded", "attempt_id", unique=True, postgresql_where=text("outcome = 'succeeded'")),
        Index(None, "intent"),
        Index(None, "at"),
    )

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("charge_attempt.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    outcome: Mapped[str] = mapped_column(String)
    code: Mapped[str] = mapped_column(String)
    decline_code: Mapped[str] = mapped_column(String)
    network_code: Mapped[str] = mapped_column(String)
    kind: Mapped[str | None] = mapped_column(String)
    intent: Mapped[str] = mapped_column(String)
    charge: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]


class OpenAttempt(Base):
    """An attempt whose outcome is not final, and when to look again; at most one of an instalment. Rows come and go."""

    __tablename__ = "open_attempt"

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("charge_attempt.id"), primary_key=True)
    instalment_id: Mapped[int] = mapped_column(ForeignKey("instalment.id"), unique=True)
    look_at: Mapped[datetime] = mapped_column(index=True)


class ChargeRetry(Base):
    """An instalment that is tried again by itself from a moment on. Rows come and go."""

    __tablename__ = "charge_retry"

    instalment_id: Mapped[int] = mapped_column(ForeignKey("instalment.id"), primary_key=True, autoincrement=False)
    next_at: Mapped[datetime] = mapped_column(index=True)


class CardPayment(Base):
    """Money that a charge brought, booked once."""

    __tablename__ = "card_payment"
    __table_args__ = (
        UniqueConstraint("processor", "charge"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    processor: Mapped[str] = mapped_column(String)
    charge: Mapped[str] = mapped_column(String)
    intent: Mapped[str] = mapped_column(String, index=True)
    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("charge_attempt.id"), unique=True)
    instalment_id: Mapped[int] = mapped_column(ForeignKey("instalment.id"), index=True)
    payment_request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"), index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    received_at: Mapped[datetime]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)

    attempt: Mapped[ChargeAttempt] = relationship()
    request: Mapped[PaymentRequest] = relationship()

    @property
    def amount(self) -> Money:
        """What arrived, before fees."""
        return Money(self.amount_cents, self.currency)


class ProcessorFee(Base):
    """What the processor kept, by its own line (`txn_…`) about a charge, dispute or refund; below zero: given back."""

    __tablename__ = "processor_fee"
    __table_args__ = (CheckConstraint("amount_cents <> 0", name="amount_not_zero"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    balance_transaction: Mapped[str] = mapped_column(String, unique=True)
    about: Mapped[str] = mapped_column(String, index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    booked_at: Mapped[datetime]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)


for _table in (
    ProcessorCustomer,
    Checkout,
    CheckoutOpened,
    SavedMethod,
    SavedMethodEnd,
    ChargeRun,
    ChargeAttempt,
    ChargeOutcome,
    CardPayment,
    ProcessorFee,
):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
