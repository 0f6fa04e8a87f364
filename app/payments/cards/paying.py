"""Paying while the person is there: with what they saved, or on the processor's page; and their coming back from it."""

from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from app.core.database import reading, transaction
from app.payments.cards import stripe
from app.payments.cards.answers import Busy, NoAnswer
from app.payments.cards.attempting import begin_attempt, outcome_of
from app.payments.cards.hearing.handling import setup_seen
from app.payments.cards.models import Checkout, CheckoutOpened, Outcome, Source, Trigger
from app.payments.cards.sending import give_up, resolve, send_attempt
from app.payments.cards.standing import Standing, State, standing_of
from app.payments.cards.visiting import visit_to_pay
from app.payments.models import PayBy, PaymentRequest

log = structlog.stdlib.get_logger("costake")


def pay_now(request_id: int, ways: list[PayBy], back: str, address: str) -> str:
    """Pay the next part while its person is there; where they must go for it, or the empty word when that is nowhere.

    `back` is the path, and `address` the whole address, to which the processor leads them back.
    """
    standing = _standing(request_id)
    if standing.part is None:
        return ""
    if standing.saved is None:
        return visit_to_pay(request_id, standing.part.id, ways, back)
    if standing.waiting is not None:
        where = _go_on(standing.waiting)
        if where:
            return where
    trigger = Trigger.AUTHENTICATION if standing.state == State.AUTHENTICATE else Trigger.CUSTOMER
    with transaction() as session:
        attempt_id = begin_attempt(session, standing.part.id, trigger=trigger, return_url=address).id
    outcome, seen = send_attempt(attempt_id)
    return seen.next_url if seen is not None and outcome == Outcome.REQUIRES_ACTION else ""


def come_back(request_id: int, visit: str) -> None:
    """Ask once what became of what a person went away for; what is not answered now is heard later."""
    try:
        visit_id = _visit(request_id, visit)
        if visit_id is not None:
            _ask(visit_id)
        waiting = _standing(request_id).waiting
        if waiting is not None:
            resolve(waiting, Source.RETURN)
    except (NoAnswer, Busy) as error:
        log.info("nothing known yet", reason=str(error))


def _standing(request_id: int) -> Standing:
    with reading() as session:
        return standing_of(session, session.get_one(PaymentRequest, request_id))


def _go_on(waiting: UUID) -> str:
    """Where a person confirms a payment that waits for them; else it is given up, unless it is on its way."""
    outcome = resolve(waiting)
    if outcome == Outcome.REQUIRES_ACTION:
        with reading() as session:
            intent = _intent_of(session, waiting)
        url = stripe.find_intent(intent).next_url if intent else ""
        if url:
            return url
    if outcome in (Outcome.REQUIRES_ACTION, Outcome.UNKNOWN):
        give_up(waiting)
    return ""


def _intent_of(session: Session, waiting: UUID) -> str:
    present = outcome_of(session, waiting)
    return present.intent if present is not None else ""


def _visit(request_id: int, visit: str) -> UUID | None:
    try:
        visit_id = UUID(visit)
    except ValueError:
        return None
    with reading() as session:
        found = session.get(Checkout, visit_id)
        return visit_id if found is not None and found.payment_request_id == request_id else None


def _ask(visit_id: UUID) -> None:
    with reading() as session:
        visit, opened = session.get_one(Checkout, visit_id), session.get(CheckoutOpened, visit_id)
    if opened is None:
        return
    if visit.attempt_id is not None:
        resolve(visit.attempt_id, Source.RETURN)
        return
    page = stripe.find_page(opened.session)
    if page.setup and page.status == "complete":
        setup_seen(page.setup, page.checkout)
