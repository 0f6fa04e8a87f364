"""Beginning an attempt: its row, with all that will be sent, is committed before the processor hears of it."""

import hashlib
import json
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.identifiers import uuid7
from app.core.money import Money
from app.core.settings import settings
from app.payments.cards.currencies import LEAST, MOST, to_processor
from app.payments.cards.declines import AUTOMATIC_MOST, AUTOMATIC_WITHIN, WAIT_FIRST
from app.payments.cards.models import (
    AUTOMATIC,
    FINAL,
    ChargeAttempt,
    ChargeOutcome,
    ChargeRetry,
    DeclineKind,
    OpenAttempt,
    Outcome,
    SavedMethod,
    SavedMethodEnd,
    Trigger,
)
from app.payments.cards.reading import TYPES
from app.payments.cards.stripe import EXPANDED
from app.payments.models import Instalment, PayBy, PaymentRequest
from app.payments.requesting import asked, has_ended, held, instalments_of, locked_request


class RequestOver(Refusal):
    """Nothing is asked any more."""

    message = N_("Nothing is to be paid here any more.")
    status = 409


class NothingOwed(Refusal):
    """The part is paid."""

    message = N_("This is paid already. Nothing was charged.")
    status = 409


class AttemptUnderWay(Refusal):
    """The outcome of the last attempt is not known yet."""

    message = N_("A payment is on its way already. Please wait for its outcome; nothing is charged twice.")
    status = 409


class NothingSaved(Refusal):
    """There is no card or account that may be charged."""

    message = N_("There is no saved card or account. Please save one first.")
    status = 409


class NotByItself(Refusal):
    """An automatic attempt would be one too many, or in vain."""

    message = N_("This is not tried again by itself. The supporter must act first.")
    status = 409


class AnotherNeeded(Refusal):
    """The bank does not take this card again."""

    message = N_("The bank does not accept this card or account. Please use another one.")
    status = 409


class BeyondProcessor(Refusal):
    """The processor takes no such amount."""

    message = N_("An amount like this cannot be paid by card or debit. Please pay by bank transfer.")
    status = 409


class Chargeable(Protocol):
    """What of a saved method is sent."""

    @property
    def processor_method(self) -> str:
        """The processor's name of it."""

    @property
    def kind(self) -> str:
        """The way to pay."""

    @property
    def mandate(self) -> str:
        """The mandate of a debit, or nothing."""


def begin_attempt(
    session: Session, instalment_id: int, *, trigger: Trigger, run_id: int | None = None, return_url: str = ""
) -> ChargeAttempt:
    """Begin to charge what is owed of an instalment to the saved method; `send_attempt` sends it after the commit.

    `return_url` is where somebody comes back who must authenticate: with it they are there, without it they are not.
    """
    instalment = session.get_one(Instalment, instalment_id)
    request = locked_request(session, instalment.payment_request_id)
    amount = chargeable(session, request, instalment)
    method = present_method(session, request)
    if method is None:
        raise NothingSaved
    _refuse_again(session, instalment, method, trigger)
    attempt = new_attempt(session, instalment, amount, method.processor_customer, trigger)
    attempt.method, attempt.saved_method_id = method.processor_method, method.id
    attempt.run_id, attempt.off_session = run_id, not return_url
    params = params_of(attempt.id, amount, attempt.customer, method, request.reference, return_url)
    return keep_attempt(session, attempt, params)


def chargeable(session: Session, request: PaymentRequest, instalment: Instalment) -> Money:
    """What may be charged for an instalment now; refuses when nothing may. Take `locked_request` first."""
    if has_ended(session, request):
        raise RequestOver
    amount = owed(session, request, instalment)
    if amount.minor <= 0:
        raise NothingOwed
    if session.scalars(select(OpenAttempt).where(OpenAttempt.instalment_id == instalment.id)).first() is not None:
        raise AttemptUnderWay
    if not LEAST <= to_processor(amount) <= MOST:
        raise BeyondProcessor
    return amount


def new_attempt(
    session: Session, instalment: Instalment, amount: Money, customer: str, trigger: Trigger
) -> ChargeAttempt:
    """The next attempt of an instalment, not kept yet."""
    last = session.execute(
        select(func.max(ChargeAttempt.n)).where(ChargeAttempt.instalment_id == instalment.id)
    ).scalar_one()
    return ChargeAttempt(
        id=uuid7(),
        instalment_id=instalment.id,
        n=(last or 0) + 1,
        amount_cents=amount.minor,
        currency=amount.currency,
        customer=customer,
        method="",
        trigger=trigger,
        off_session=False,
        created_at=clock.now(),
    )


def keep_attempt(session: Session, attempt: ChargeAttempt, params: dict[str, Any]) -> ChargeAttempt:
    """Keep an attempt with the parameters that are sent, and look after it from now on."""
    attempt.params, attempt.params_sha256 = params, params_sha256(params)
    session.add(attempt)
    session.flush()
    session.add(
        OpenAttempt(attempt_id=attempt.id, instalment_id=attempt.instalment_id, look_at=clock.now() + WAIT_FIRST)
    )
    retry = session.get(ChargeRetry, attempt.instalment_id)
    if retry is not None and attempt.trigger in AUTOMATIC:
        session.delete(retry)
    session.flush()
    return attempt


def params_sha256(params: dict[str, Any]) -> bytes:
    """SHA-256 over canonical JSON of what is sent."""
    return hashlib.sha256(json.dumps(params, sort_keys=True, separators=(",", ":")).encode()).digest()


def owed(session: Session, request: PaymentRequest, instalment: Instalment) -> Money:
    """What of an instalment is not paid: money fills the instalments one by one, up to what is asked in all."""
    total, arrived = asked(request).minor, held(session, request).minor
    before = sum(each.amount_cents for each in instalments_of(session, request) if each.number < instalment.number)
    until = min(before + instalment.amount_cents, total)
    return Money(max(0, until - max(before, arrived)), instalment.currency)


def present_method(session: Session, request: PaymentRequest) -> SavedMethod | None:
    """The card or account that may be charged for a request: the last one saved that has not ended."""
    return session.scalars(
        select(SavedMethod)
        .outerjoin(SavedMethodEnd, SavedMethodEnd.saved_method_id == SavedMethod.id)
        .where(SavedMethod.payment_request_id == request.id, SavedMethodEnd.saved_method_id.is_(None))
        .order_by(SavedMethod.id.desc())
        .limit(1)
    ).first()


def outcome_of(session: Session, attempt_id: UUID) -> ChargeOutcome | None:
    """The present outcome of an attempt; None while nothing is known."""
    return session.scalars(
        select(ChargeOutcome).where(ChargeOutcome.attempt_id == attempt_id).order_by(ChargeOutcome.seq.desc()).limit(1)
    ).first()


def last_decline(session: Session, instalment_id: int) -> tuple[ChargeAttempt, ChargeOutcome] | None:
    """The latest attempt of an instalment that was declined, with its outcome."""
    row = session.execute(
        select(ChargeAttempt, ChargeOutcome)
        .join(ChargeOutcome, ChargeOutcome.attempt_id == ChargeAttempt.id)
        .where(ChargeAttempt.instalment_id == instalment_id, ChargeOutcome.outcome == Outcome.DECLINED)
        .order_by(ChargeAttempt.n.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row is not None else None


def automatic_attempts(session: Session, instalment_id: int) -> list[ChargeAttempt]:
    """The attempts of an instalment that nobody but the worker began, the oldest first."""
    return list(
        session.scalars(
            select(ChargeAttempt)
            .where(ChargeAttempt.instalment_id == instalment_id, ChargeAttempt.trigger.in_(AUTOMATIC))
            .order_by(ChargeAttempt.n)
        )
    )


def is_final(outcome: ChargeOutcome | None) -> bool:
    """Whether an attempt is over."""
    return outcome is not None and outcome.outcome in FINAL


def _refuse_again(session: Session, instalment: Instalment, method: SavedMethod, trigger: Trigger) -> None:
    declined = last_decline(session, instalment.id)
    same = declined is not None and is_same(declined[0], method)
    kind = declined[1].kind if declined is not None and same else None
    if kind in (DeclineKind.HARD, DeclineKind.FRAUD):
        raise AnotherNeeded
    if trigger not in AUTOMATIC:
        return
    before = automatic_attempts(session, instalment.id)
    late = bool(before) and clock.now() > before[0].created_at + AUTOMATIC_WITHIN
    if len(before) >= AUTOMATIC_MOST or late or kind == DeclineKind.AUTHENTICATION:
        raise NotByItself


def is_same(attempt: ChargeAttempt, method: SavedMethod) -> bool:
    """Whether a method is what an attempt was made with, and was not renewed by its bank since."""
    return attempt.method == method.processor_method and attempt.created_at >= method.saved_at


def params_of(
    attempt_id: UUID, amount: Money, customer: str, method: Chargeable, reference: str, return_url: str = ""
) -> dict[str, Any]:
    """What is sent for an attempt, frozen with it."""
    params: dict[str, Any] = {
        "amount": to_processor(amount),
        "currency": amount.currency.lower(),
        "customer": customer,
        "payment_method": method.processor_method,
        "allowed_payment_method_types": [TYPES[PayBy(method.kind)]],
        "confirm": True,
        "description": reference,
        "metadata": {"attempt_id": str(attempt_id)},
        "expand": EXPANDED,
    }
    if method.kind == PayBy.CARD:
        params["statement_descriptor_suffix"] = settings().stripe_descriptor
    if method.mandate:
        params["mandate"] = method.mandate
    return params | ({"return_url": return_url} if return_url else {"off_session": True})
