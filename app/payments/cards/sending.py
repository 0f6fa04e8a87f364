"""Sending attempts to the processor and finding out what became of them, each step in a transaction of its own.

Nothing here runs inside of a transaction: the attempt is committed, then the call is made, then its outcome is kept.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, jobs
from app.core.database import reading, transaction
from app.core.errors import Refusal
from app.payments.cards import stripe
from app.payments.cards.answers import Busy, Intent, NoAnswer, Page, Rejected
from app.payments.cards.attempting import begin_attempt, is_final, outcome_of
from app.payments.cards.booking import book_fee
from app.payments.cards.declines import RESEND_WITHIN
from app.payments.cards.models import (
    ChargeAttempt,
    ChargeOutcome,
    ChargeRetry,
    Checkout,
    CheckoutOpened,
    OpenAttempt,
    Outcome,
    Source,
    Trigger,
)
from app.payments.cards.outcomes import record_not_charged, record_outcome, record_unknown

RESOLVE_JOB, RETRY_JOB = "cards.resolve", "cards.retry"
SWEPT = 200
WAITS_FOR_PERSON = timedelta(days=1)
log = structlog.stdlib.get_logger("costake")


class Known(NamedTuple):
    """What is known of an attempt: itself, its present outcome, the payment's name, its page if it is paid on one."""

    attempt: ChargeAttempt
    outcome: ChargeOutcome | None
    intent: str
    checkout: Checkout | None
    session: str


def send_attempt(attempt_id: UUID) -> tuple[Outcome | None, Intent | None]:
    """Send an attempt, or send it again with the same key: its outcome, and the payment as it was answered.

    Raises `Busy` when the processor took nothing, and may be asked the same again; `KeyRefused` when our key is bad.
    """
    known = _known(attempt_id)
    if is_final(known.outcome):
        return Outcome(known.outcome.outcome) if known.outcome else None, None
    if clock.now() - known.attempt.created_at >= RESEND_WITHIN:
        return resolve(attempt_id), None
    try:
        seen = stripe.charge(attempt_id, known.attempt.params)
    except NoAnswer:
        with transaction() as session:
            record_unknown(session, attempt_id)
        return Outcome.UNKNOWN, None
    except Rejected as refusal:
        with transaction() as session:
            record_not_charged(session, attempt_id, Source.ANSWER, refusal.code)
        return Outcome.NOT_CHARGED, None
    return _record(attempt_id, seen, Source.ANSWER), seen


def resolve(attempt_id: UUID, source: Source = Source.POLL) -> Outcome | None:
    """Find out what became of an attempt: look it up, and only while its key is remembered send it again."""
    known = _known(attempt_id)
    if is_final(known.outcome):
        return Outcome(known.outcome.outcome) if known.outcome else None
    if known.checkout is not None:
        return _resolve_page(known, source)
    seen = stripe.find_intent(known.intent) if known.intent else _looked_up(known.attempt)
    if seen is None:
        return _never_seen(known)
    if seen.status == "requires_action" and clock.now() - known.attempt.created_at > WAITS_FOR_PERSON:
        seen = stripe.cancel_intent(seen.id)
    return _record(attempt_id, seen, source)


def give_up(attempt_id: UUID) -> Outcome | None:
    """Cancel an attempt that waits for its person, so that another can begin; its outcome, which may be a success."""
    known = _known(attempt_id)
    if is_final(known.outcome):
        return Outcome(known.outcome.outcome) if known.outcome else None
    if known.session:
        stripe.close_page(known.session)
    elif known.intent:
        _record(attempt_id, stripe.cancel_intent(known.intent), Source.ANSWER)
    return resolve(attempt_id)


def resolve_job(session: Session, attempt_id: str) -> None:
    """Resolve an attempt in the worker; an answer that does not come is asked for again later."""
    try:
        resolve(UUID(attempt_id))
    except (NoAnswer, Busy) as error:
        log.info("attempt not resolved", attempt=attempt_id, reason=str(error))
        with transaction() as own:
            record_unknown(own, UUID(attempt_id))


def sweep(session: Session) -> None:
    """Have every attempt looked at that was open for long enough, and every instalment tried again that is due."""
    now = clock.now()
    waiting = session.scalars(
        select(OpenAttempt).where(OpenAttempt.look_at <= now).order_by(OpenAttempt.look_at).limit(SWEPT)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    for row in waiting:
        row.look_at = now + timedelta(minutes=10)  # the job sets it anew
        jobs.defer(session, RESOLVE_JOB, attempt_id=str(row.attempt_id))
    due = session.scalars(
        select(ChargeRetry).where(ChargeRetry.next_at <= now).order_by(ChargeRetry.next_at).limit(SWEPT)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    for retry in due:
        jobs.defer(session, RETRY_JOB, instalment_id=retry.instalment_id)
        session.delete(retry)
    session.flush()


def retry_job(session: Session, instalment_id: int) -> None:
    """Try an instalment again by itself; a refusal (paid meanwhile, no card) ends that."""
    try:
        with transaction() as own:
            attempt_id = begin_attempt(own, instalment_id, trigger=Trigger.RETRY).id
    except Refusal as refusal:
        log.info("not tried again", instalment=instalment_id, reason=refusal.name)
        return
    try:
        send_attempt(attempt_id)
    except Busy:
        log.info("attempt waits", attempt=str(attempt_id))  # it is open: the sweep sends it again


def book_fee_job(session: Session, charge: str) -> None:
    """Ask for the fee of a charge, and book it; it is known once the money is there."""
    intent, _ = stripe.find_charge(charge)
    entered = stripe.find_intent(intent).entered
    if entered is None:
        raise NoAnswer("the fee is not known yet")
    with transaction() as own:
        book_fee(own, charge, entered)


def open_page_of(checkout_id: UUID) -> Page:
    """Open the page of a visit, or find it as it stands; the same visit has one page."""
    with reading() as session:
        visit, opened = session.get_one(Checkout, checkout_id), session.get(CheckoutOpened, checkout_id)
        attempt_id = visit.attempt_id
    if opened is not None:
        return stripe.find_page(opened.session)
    try:
        page = stripe.open_page(checkout_id, visit.params)
    except Rejected as refusal:
        if attempt_id is not None:
            with transaction() as session:
                record_not_charged(session, attempt_id, Source.ANSWER, refusal.code)
        raise
    with transaction() as session:
        if session.get(CheckoutOpened, checkout_id, with_for_update=False) is None:
            session.add(CheckoutOpened(checkout_id=checkout_id, session=page.id, expires_at=page.expires_at))
    return page


def _resolve_page(known: Known, source: Source) -> Outcome | None:
    assert known.checkout is not None, "an attempt on a page"
    old = clock.now() - known.attempt.created_at >= RESEND_WITHIN
    if not known.session and old:  # nobody was ever led to it
        with transaction() as session:
            record_not_charged(session, known.attempt.id, source)
        return Outcome.NOT_CHARGED
    page = open_page_of(known.checkout.id)
    if page.intent:
        outcome = _record(known.attempt.id, stripe.find_intent(page.intent), source)
        if outcome is not None and outcome not in (Outcome.UNKNOWN, Outcome.REQUIRES_ACTION):
            return outcome
    if page.status == "expired":
        if page.intent:
            return _record(known.attempt.id, stripe.cancel_intent(page.intent), source)
        with transaction() as session:
            record_not_charged(session, known.attempt.id, source)
        return Outcome.NOT_CHARGED
    with transaction() as session:
        record_unknown(session, known.attempt.id)
    return Outcome.UNKNOWN


def _never_seen(known: Known) -> Outcome | None:
    if clock.now() - known.attempt.created_at < RESEND_WITHIN:
        return send_attempt(known.attempt.id)[0]
    with transaction() as session:
        record_not_charged(session, known.attempt.id, Source.POLL)
    return Outcome.NOT_CHARGED


def _looked_up(attempt: ChargeAttempt) -> Intent | None:
    found: Iterable[Intent] = stripe.intents_of(attempt.customer, 0)
    for seen in found:
        if seen.attempt == str(attempt.id):
            return stripe.find_intent(seen.id)
    return None


def _record(attempt_id: UUID, seen: Intent, source: Source) -> Outcome | None:
    with transaction() as session:
        return record_outcome(session, attempt_id, seen, source)


def _known(attempt_id: UUID) -> Known:
    with reading() as session:
        attempt = session.get_one(ChargeAttempt, attempt_id)
        names = select(ChargeOutcome.intent).where(ChargeOutcome.attempt_id == attempt_id, ChargeOutcome.intent != "")
        visit = session.scalars(select(Checkout).where(Checkout.attempt_id == attempt_id)).first()
        opened = session.get(CheckoutOpened, visit.id) if visit is not None else None
        intent = session.scalars(names.limit(1)).first() or ""
        return Known(attempt, outcome_of(session, attempt_id), intent, visit, opened.session if opened else "")
