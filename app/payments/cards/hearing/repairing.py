"""Repairing after an outage: events and payments of a time are walked through, and all that is open is looked up."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.core.database import reading, transaction
from app.payments.cards import stripe
from app.payments.cards.hearing.handling import dispute_seen, handle_event, payment_seen, uuid_of
from app.payments.cards.hearing.models import StripeEvent, StripeEventHandled
from app.payments.cards.hearing.taking import take_event
from app.payments.cards.models import CardPayment, OpenAttempt, Source
from app.payments.cards.payouts.explaining import look_at_payouts
from app.payments.cards.returning.disputing import open_disputes
from app.payments.cards.returning.sending import repair_refunds
from app.payments.cards.sending import resolve


class Repaired(NamedTuple):
    """What a repair came to, in numbers."""

    events_seen: int
    events_new: int
    events_handled: int
    payments_seen: int
    payments_recorded: int
    attempts_resolved: int
    refunds_seen: int
    disputes_seen: int
    payouts_seen: int


def repair(since: datetime) -> Repaired:
    """Take in every event since a moment, handle what is not handled, and record payments and open attempts.

    Harmless at any time, also beside webhooks and the worker.
    """
    second, before = int(since.timestamp()), _payments()
    seen = new = 0
    for heard in stripe.events_since(second):
        seen += 1
        with transaction() as session:
            new += take_event(session, heard)
    handled = _handle_waiting()
    intents = 0
    for intent in stripe.intents_since(second):
        intents += 1
        if uuid_of(intent.attempt) is not None:
            payment_seen(stripe.find_intent(intent.id) if intent.status == "succeeded" else intent, Source.POLL)
    with reading() as session:
        waiting = session.scalars(select(OpenAttempt.attempt_id)).all()
    for attempt_id in waiting:
        resolve(attempt_id)
    refunds = repair_refunds(second)
    disputes = _disputes(second)
    payouts = look_at_payouts(since)
    return Repaired(seen, new, handled, intents, _payments() - before, len(waiting), refunds, disputes, payouts)


def _handle_waiting() -> int:
    with reading() as session:
        waiting = session.scalars(
            select(StripeEvent.id)
            .outerjoin(StripeEventHandled, StripeEventHandled.event_id == StripeEvent.id)
            .where(StripeEventHandled.event_id.is_(None))
            .order_by(StripeEvent.created)
        ).all()
    for event_id in waiting:
        with reading() as session:
            handle_event(session, event_id)
    return len(waiting)


def _disputes(since: int) -> int:
    """Record every dispute since a moment, and those that are open here; how many were walked."""
    walked = 0
    for seen in stripe.disputes_since(since):
        walked += 1
        dispute_seen(seen, Source.POLL)
    with reading() as session:
        names = [each.processor_id for each in open_disputes(session)]
    for name in names:
        dispute_seen(stripe.find_dispute(name), Source.POLL)
    return walked


def _payments() -> int:
    with reading() as session:
        return session.query(CardPayment).count()
