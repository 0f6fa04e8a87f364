"""Sending refunds to the processor and finding out what became of them; nothing here runs inside of a transaction."""

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, jobs
from app.core.database import reading, transaction
from app.core.errors import N_
from app.payments.cards import stripe
from app.payments.cards.answers import NoAnswer, Rejected, Returned
from app.payments.cards.currencies import to_processor
from app.payments.cards.declines import RESEND_WITHIN
from app.payments.cards.hearing.models import StripeEvent
from app.payments.cards.hearing.parking import park
from app.payments.cards.models import CardPayment, Source
from app.payments.cards.returning.adopting import adopt, bear_rest
from app.payments.cards.returning.asking import SEND_JOB
from app.payments.cards.returning.models import NOT_SENT, ProcessorRefund, ProcessorRefundMove, RefundState
from app.payments.cards.returning.recording import record_returned, record_unanswered
from app.payments.cards.running.pacing import Pace
from app.payments.settled import is_under_way, last_move

LOOK_AFTER = timedelta(minutes=10)
SWEPT = 200
_PACE = Pace("POST /v1/refunds")
log = structlog.stdlib.get_logger("costake")


def send_refund(identifier: UUID) -> None:
    """Send a refund, or find out what became of it: looked up first, and sent again only while its key is remembered.

    Raises `NoAnswer` or `Busy` to be tried again.
    """
    row, name, last = _known(identifier)
    if last is not None and last.status in (*NOT_SENT, RefundState.SUCCEEDED):
        return
    old = clock.now() - row.asked_at >= RESEND_WITHIN
    if not name and (last is not None or old):
        name = next((seen.id for seen in stripe.refunds_of(row.charge) if seen.refund == str(row.id)), "")
    if name:
        _record(identifier, stripe.find_refund(name), Source.POLL)
    elif old:
        _unanswered(row.id, RefundState.REFUSED, "not found")
    else:
        _send(row)


def send_job(session: Session, identifier: str) -> None:
    """Send a refund in the worker, which tries again while no answer comes."""
    send_refund(UUID(identifier))


def sweep_refunds(session: Session) -> None:
    """Have every refund looked at that has been under way for a while, and adopted ones settle what fell due."""
    bear_rest(session)
    old = ProcessorRefund.asked_at <= clock.now() - LOOK_AFTER
    waiting = session.scalars(
        select(ProcessorRefund.id).where(is_under_way(), old).order_by(ProcessorRefund.asked_at).limit(SWEPT)
    )
    for identifier in waiting:
        jobs.defer(session, SEND_JOB, identifier=str(identifier))


def refund_seen(seen: Returned, source: Source) -> bool:
    """Record a refund that was told of or found, also one made on the processor's own pages; whether it is ours."""
    identifier = _identifier(seen)
    if identifier is not None:
        _record(identifier, seen, source)
        return True
    with transaction() as session:
        if adopt(session, seen, source):
            return True
        known = session.scalars(select(CardPayment.id).where(CardPayment.charge == seen.charge)).first()
        reason = N_("nobody here asked for this refund")
        park(session, "refund", seen.id, reason, charge=seen.charge, amount=seen.amount.minor, payment=known)
    return False


def refund_told(event: StripeEvent) -> str:
    """Record the refund that an event is about."""
    return _said(refund_seen(stripe.find_refund(event.object_id), Source.WEBHOOK))


def charge_refunded(event: StripeEvent) -> str:
    """Record the refunds of the charge that an event is about."""
    found = [refund_seen(stripe.find_refund(each.id), Source.WEBHOOK) for each in stripe.refunds_of(event.object_id)]
    return _said(all(found))


def repair_refunds(since: int) -> int:
    """Record every refund since a moment, and look after those under way; how many were walked."""
    walked = 0
    for seen in stripe.refunds_since(since):
        walked += 1
        refund_seen(seen, Source.POLL)
    with reading() as session:
        waiting = session.scalars(select(ProcessorRefund.id).where(is_under_way())).all()
    for identifier in waiting:
        send_refund(identifier)
    return walked


def _said(ours: bool) -> str:
    return N_("done") if ours else N_("waits for a person")


def _send(row: ProcessorRefund) -> None:
    params = {
        "charge": row.charge,
        "amount": to_processor(row.amount),
        "metadata": {"refund_id": str(row.id)},
        "expand": stripe.REFUND_EXPANDED,
    }
    try:
        _PACE.wait()
        seen = stripe.refund(row.id, params)
    except NoAnswer:
        _unanswered(row.id, RefundState.UNKNOWN)
        raise
    except Rejected as refusal:
        _unanswered(row.id, RefundState.REFUSED, refusal.code)
        return
    _record(row.id, seen, Source.ANSWER)


def _known(identifier: UUID) -> tuple[ProcessorRefund, str, ProcessorRefundMove | None]:
    """A refund's row, its name at the processor once that is known, and what is known last."""
    with reading() as session:
        row = session.get_one(ProcessorRefund, identifier)
        last = last_move(session, row)
        return row, last.processor_id if last else "", last


def _identifier(seen: Returned) -> UUID | None:
    """Our row of a refund, by its metadata."""
    try:
        identifier = UUID(seen.refund)
    except ValueError:
        return None
    with reading() as session:
        return identifier if session.get(ProcessorRefund, identifier) is not None else None


def _record(identifier: UUID, seen: Returned, source: Source) -> None:
    with transaction() as session:
        record_returned(session, identifier, seen, source)


def _unanswered(identifier: UUID, state: RefundState, reason: str = "") -> None:
    with transaction() as session:
        record_unanswered(session, identifier, state, reason)
