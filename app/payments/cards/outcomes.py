"""Outcomes: the one act that every way of hearing of an attempt comes to; whichever comes first wins.

The answer to our call, a webhook, the return page and the worker's own looking all call `record_outcome`.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.core.settings import settings
from app.payments.cards.answers import Decline, Intent
from app.payments.cards.attempting import automatic_attempts, is_final, outcome_of
from app.payments.cards.booking import book_fee, book_payment
from app.payments.cards.declines import WAIT_FIRST, kind_of, next_try
from app.payments.cards.hearing.parking import park
from app.payments.cards.models import (
    CardPayment,
    ChargeAttempt,
    ChargeOutcome,
    ChargeRetry,
    Checkout,
    DeclineKind,
    OpenAttempt,
    Outcome,
    Source,
)
from app.payments.cards.telling import tell_declined
from app.payments.models import Instalment
from app.payments.requesting import locked_request

LOOK_AGAIN = {Outcome.PROCESSING: timedelta(hours=6), Outcome.REQUIRES_ACTION: timedelta(hours=1)}
PARKED_FOR = timedelta(days=1)
NOTHING = Decline("")

_STATES = {
    "succeeded": Outcome.SUCCEEDED,
    "processing": Outcome.PROCESSING,
    "requires_action": Outcome.REQUIRES_ACTION,
    "canceled": Outcome.CANCELED,
}


def record_outcome(session: Session, attempt_id: UUID, seen: Intent, source: Source) -> Outcome | None:
    """Record what the processor says of an attempt, with all that follows, once; the present outcome.

    A success is never lost, whatever was known before; nothing else changes an attempt that is over.
    """
    attempt = locked_attempt(session, attempt_id)
    present = outcome_of(session, attempt_id)
    if not _belongs(session, attempt, seen):
        return Outcome(present.outcome) if present else None
    now = _outcome_of(session, attempt, seen)
    if present is not None and present.outcome == Outcome.SUCCEEDED:
        _late_fee(session, attempt, seen)
        return Outcome.SUCCEEDED
    if now is None or (is_final(present) and now != Outcome.SUCCEEDED):
        return Outcome(present.outcome) if present else None
    if present is not None and present.outcome == now:
        look_again(session, attempt_id, now)
        return now
    kept = _append(session, attempt, present, now, source, seen)
    was_under_way = present is not None and present.outcome == Outcome.PROCESSING
    _follow(session, attempt, kept, seen, tell=attempt.off_session or was_under_way)
    return now


def record_unknown(session: Session, attempt_id: UUID) -> None:
    """Note that no answer came, unless something is known; the worker looks again, ever later."""
    attempt = locked_attempt(session, attempt_id)
    if outcome_of(session, attempt_id) is None:
        _append(session, attempt, None, Outcome.UNKNOWN, Source.ANSWER, None)
    look_again(session, attempt_id, Outcome.UNKNOWN)


def record_not_charged(session: Session, attempt_id: UUID, source: Source, code: str = "") -> None:
    """Note that an attempt charged nothing and never will: it was refused before, or is not found too long after."""
    attempt = locked_attempt(session, attempt_id)
    present = outcome_of(session, attempt_id)
    if not is_final(present):
        kept = _append(session, attempt, present, Outcome.NOT_CHARGED, source, None, code)
        _follow(session, attempt, kept, None, tell=False)


def locked_attempt(session: Session, attempt_id: UUID) -> ChargeAttempt:
    """An attempt, with its payment request under lock: whoever judges or records an outcome takes this first."""
    request_id = session.scalars(
        select(Instalment.payment_request_id)
        .join(ChargeAttempt, ChargeAttempt.instalment_id == Instalment.id)
        .where(ChargeAttempt.id == attempt_id)
    ).one()
    locked_request(session, request_id)
    return session.get_one(ChargeAttempt, attempt_id)


def look_again(session: Session, attempt_id: UUID, outcome: Outcome) -> None:
    """Look at an open attempt later: the longer it is open, the later."""
    row = session.get(OpenAttempt, attempt_id)
    if row is not None:
        age = clock.now() - session.get_one(ChargeAttempt, attempt_id).created_at
        wait = LOOK_AGAIN.get(outcome) or min(max(age, WAIT_FIRST), timedelta(hours=1))
        row.look_at = clock.now() + wait
        session.flush()


def _belongs(session: Session, attempt: ChargeAttempt, seen: Intent) -> bool:
    """Whether a payment is what the attempt asked for; else it is parked, and nothing follows from it."""
    wrong = [
        name
        for name, is_so in (
            ("metadata", seen.attempt == str(attempt.id)),
            ("amount", seen.amount.minor == attempt.amount_cents),
            ("currency", seen.amount.currency == attempt.currency),
            ("customer", seen.customer == attempt.customer),
            ("livemode", seen.livemode == settings().stripe_live),
        )
        if not is_so
    ]
    if not wrong:
        return True
    reason = N_("the payment is not what was asked for")
    said = {"amount": seen.amount.minor, "currency": seen.amount.currency, "status": seen.status, "wrong": wrong}
    park(session, "payment", seen.id, reason, attempt=str(attempt.id), **said)
    row = session.get(OpenAttempt, attempt.id)
    if row is not None:
        row.look_at = clock.now() + PARKED_FOR
    return False


def _outcome_of(session: Session, attempt: ChargeAttempt, seen: Intent) -> Outcome | None:
    """What a payment's state says of the attempt; None while it says nothing, as before a card was given on a page."""
    if seen.status != "requires_payment_method":
        return _STATES.get(seen.status)
    on_page = session.scalars(select(Checkout.id).where(Checkout.attempt_id == attempt.id)).first() is not None
    if seen.decline is None or (on_page and outcome_is_not_under_way(session, attempt)):
        return None  # on a page somebody can give another card for the same payment
    return Outcome.DECLINED


def outcome_is_not_under_way(session: Session, attempt: ChargeAttempt) -> bool:
    """Whether a payment on a page has not left it: a debit that was on its way and came back is declined for good."""
    present = outcome_of(session, attempt.id)
    return present is None or present.outcome != Outcome.PROCESSING


def _append(
    session: Session,
    attempt: ChargeAttempt,
    before: ChargeOutcome | None,
    outcome: Outcome,
    source: Source,
    seen: Intent | None,
    code: str = "",
) -> ChargeOutcome:
    why = (seen.decline if seen is not None and outcome == Outcome.DECLINED else None) or NOTHING
    row = ChargeOutcome(
        attempt_id=attempt.id,
        seq=1 if before is None else before.seq + 1,
        outcome=outcome,
        code=why.code or code,
        decline_code=why.decline_code,
        network_code=why.network_code,
        kind=kind_of(why) if outcome == Outcome.DECLINED else None,
        intent=seen.id if seen is not None else "",
        charge=seen.charge if seen is not None else "",
        source=source,
        at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def _follow(session: Session, attempt: ChargeAttempt, kept: ChargeOutcome, seen: Intent | None, *, tell: bool) -> None:
    """What an outcome brings about, in its own transaction; `tell`: its person is not looking at it right now."""
    outcome = Outcome(kept.outcome)
    if not is_final(kept):
        look_again(session, attempt.id, outcome)
        return
    row = session.get(OpenAttempt, attempt.id)
    if row is not None:
        session.delete(row)
        session.flush()
    if outcome == Outcome.SUCCEEDED:
        assert seen is not None, "a success was seen"
        _cancel_retry(session, attempt.instalment_id)
        book_payment(session, attempt, seen)
    elif outcome == Outcome.DECLINED:
        kind = DeclineKind(str(kept.kind))
        again_at = _plan_retry(session, attempt, kind)
        if tell:
            tell_declined(session, attempt, kind, again_at)


def _plan_retry(session: Session, attempt: ChargeAttempt, kind: DeclineKind) -> datetime | None:
    moments = [each.created_at for each in automatic_attempts(session, attempt.instalment_id)]
    at = next_try(moments, kind)
    if at is None:
        _cancel_retry(session, attempt.instalment_id)
        return None
    statement = insert(ChargeRetry).values(instalment_id=attempt.instalment_id, next_at=at)
    session.execute(
        statement.on_conflict_do_update(index_elements=["instalment_id"], set_={"next_at": statement.excluded.next_at})
    )
    return at


def _cancel_retry(session: Session, instalment_id: int) -> None:
    row = session.get(ChargeRetry, instalment_id)
    if row is not None:
        session.delete(row)
        session.flush()


def _late_fee(session: Session, attempt: ChargeAttempt, seen: Intent) -> None:
    if seen.entered is not None and seen.status == "succeeded":
        payment = session.scalars(select(CardPayment).where(CardPayment.attempt_id == attempt.id)).one()
        book_fee(session, payment.charge, seen.entered)
