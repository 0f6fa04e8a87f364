"""Visiting the processor's page: to save a card or account for later, or to pay at once. No card data touches us."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import N_, Refusal
from app.core.identifiers import uuid7
from app.core.settings import settings
from app.members.models import Person
from app.payments.cards import stripe
from app.payments.cards.answers import Page
from app.payments.cards.attempting import RequestOver, chargeable, keep_attempt, new_attempt
from app.payments.cards.currencies import to_processor
from app.payments.cards.models import Checkout, OpenAttempt, ProcessorCustomer, Trigger
from app.payments.cards.reading import TYPES
from app.payments.cards.sending import give_up, open_page_of, resolve
from app.payments.models import Instalment, PayBy, PaymentRequest
from app.payments.requesting import has_ended, instalments_of, locked_request

SAVE, PAY = "save", "pay"


class PayOtherwise(Refusal):
    """The way to pay is not offered for this."""

    message = N_("This way to pay is not offered here.")


def customer_for(person_id: int) -> str:
    """The processor's name of a person, made when there is none; nothing but our number and address is given to it."""
    with reading() as session:
        known = session.get(ProcessorCustomer, person_id)
        if known is not None:
            return known.customer
        person = session.get_one(Person, person_id)
        params: dict[str, Any] = {"metadata": {"person_id": str(person_id)}}
        if person.email:
            params["email"] = person.email
    made = stripe.make_customer(f"customer-{person_id}-{clock.today().isoformat()}", params)
    with transaction() as session:
        values = {"person_id": person_id, "customer": made, "made_at": clock.now()}
        session.execute(insert(ProcessorCustomer).values(**values).on_conflict_do_nothing())
        return session.get_one(ProcessorCustomer, person_id).customer


def visit_to_save(request_id: int, ways: list[PayBy], back: str) -> str:
    """Where a person saves a card or account for a payment request; `back` is the path to which they return."""
    if not ways:
        raise PayOtherwise
    customer = customer_for(_payer_of(request_id))
    with transaction() as session:
        request = locked_request(session, request_id)
        if has_ended(session, request):
            raise RequestOver
        visit = _visit(request, SAVE, None)
        named = {"checkout_id": str(visit.id)}
        visit.params = _params(visit, customer, ways, back) | {
            "mode": "setup",
            "currency": request.currency.lower(),
            "setup_intent_data": {"metadata": named, "description": request.reference},
        }
        session.add(visit)
    return open_page_of(visit.id).url


def visit_to_pay(request_id: int, instalment_id: int, ways: list[PayBy], back: str) -> str:
    """Where a person pays an instalment now; the way back when it turns out to be paid.

    A page that is open already is shown again: one instalment is never paid on two pages.
    """
    if not ways:
        raise PayOtherwise
    customer = customer_for(_payer_of(request_id))
    page = _page_open(instalment_id)
    if page is not None and page.status == "open":
        return page.url
    with transaction() as session:
        request = locked_request(session, request_id)
        instalment = session.get_one(Instalment, instalment_id)
        amount = chargeable(session, request, instalment)
        attempt = new_attempt(session, instalment, amount, customer, Trigger.CUSTOMER)
        visit = _visit(request, PAY, attempt.id)
        intent: dict[str, Any] = {"metadata": {"attempt_id": str(attempt.id)}, "description": request.reference}
        if len(instalments_of(session, request)) > 1:
            intent["setup_future_usage"] = "off_session"
        shown = {"currency": amount.currency.lower(), "product_data": {"name": request.reference}}
        line = {"quantity": 1, "price_data": shown | {"unit_amount": to_processor(amount)}}
        params = _params(visit, customer, ways, back)
        params |= {"mode": "payment", "line_items": [line], "payment_intent_data": intent}
        keep_attempt(session, attempt, params)
        visit.params = params
        session.add(visit)
    return open_page_of(visit.id).url


def _payer_of(request_id: int) -> int:
    with reading() as session:
        return session.get_one(PaymentRequest, request_id).person_id


def _visit(request: PaymentRequest, kind: str, attempt_id: UUID | None) -> Checkout:
    return Checkout(id=uuid7(), payment_request_id=request.id, attempt_id=attempt_id, kind=kind, begun_at=clock.now())


def _params(visit: Checkout, customer: str, ways: list[PayBy], back: str) -> dict[str, Any]:
    address = f"{settings().base_url.rstrip('/')}{back}"
    return {
        "customer": customer,
        "allowed_payment_method_types": [TYPES[way] for way in ways],
        "metadata": {"checkout_id": str(visit.id)},
        "success_url": f"{address}?visit={quote(str(visit.id))}",
        "cancel_url": address,
    }


def _page_open(instalment_id: int) -> Page | None:
    """The page on which an instalment is being paid; an attempt that waits elsewhere is given up first."""
    with reading() as session:
        waiting = session.scalars(select(OpenAttempt).where(OpenAttempt.instalment_id == instalment_id)).first()
        if waiting is None:
            return None
        visit = session.scalars(select(Checkout).where(Checkout.attempt_id == waiting.attempt_id)).first()
    if visit is None:
        give_up(waiting.attempt_id)
        return None
    page = open_page_of(visit.id)
    if page.status != "open":
        resolve(waiting.attempt_id)
    return page
