"""Saving ways to pay: what was saved on the processor's page becomes the one that is charged; old ones are removed."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import reading
from app.core.errors import N_
from app.core.settings import settings
from app.payments.cards import stripe
from app.payments.cards.answers import Method, Setup
from app.payments.cards.attempting import automatic_attempts, present_method
from app.payments.cards.declines import AUTOMATIC_MOST, AUTOMATIC_WITHIN, WAIT_NEW_CARD
from app.payments.cards.hearing.parking import park
from app.payments.cards.models import (
    ChargeRetry,
    Checkout,
    MethodEnd,
    OpenAttempt,
    ProcessorCustomer,
    SavedMethod,
    SavedMethodEnd,
)
from app.payments.models import PaymentRequest
from app.payments.requesting import has_ended, instalments_of, locked_request

DETACH_JOB = "cards.detach"


def record_setup(session: Session, checkout_id: UUID, seen: Setup) -> SavedMethod | None:
    """Keep what a person saved on a visit, once; None when nothing was, or when it comes too late and is removed again.

    Webhook, return page and repair all call this.
    """
    visit = session.get(Checkout, checkout_id)
    if visit is None or seen.status != "succeeded" or seen.method is None:
        return None
    request = locked_request(session, visit.payment_request_id)
    known = session.scalars(
        select(SavedMethod).where(SavedMethod.payment_request_id == request.id, SavedMethod.setup_id == seen.id)
    ).first()
    if known is not None:
        return known
    customer = session.get(ProcessorCustomer, request.person_id)
    if customer is None or seen.customer != customer.customer or seen.livemode != settings().stripe_live:
        park(session, "setup", seen.id, N_("what was saved belongs to another account"), checkout=str(checkout_id))
        return None
    if has_ended(session, request):
        reason = N_("a card or account was saved for something that is over")
        if park(session, "setup", seen.id, reason, checkout=str(checkout_id)):
            jobs.defer(session, DETACH_JOB, method=seen.method.id)
        return None
    return _keep(session, request, seen)


def end_method(session: Session, saved: SavedMethod, reason: MethodEnd) -> None:
    """Charge a saved card or account no more, once; automatic tries stop with it."""
    if session.get(SavedMethodEnd, saved.id) is not None:
        return
    session.add(SavedMethodEnd(saved_method_id=saved.id, ended_at=clock.now(), reason=reason))
    session.flush()
    audit.record(session, audit.Tag.CARD_ENDED, f"saved-method:{saved.id}", by=None, reason=reason)
    for part in instalments_of(session, saved.request):
        retry = session.get(ChargeRetry, part.id)
        if retry is not None:
            session.delete(retry)
    session.flush()


def end_everywhere(session: Session, processor_method: str, reason: MethodEnd) -> int:
    """Charge a card or account no more wherever it is saved, as after a dispute; how many ended."""
    found = session.scalars(select(SavedMethod).where(SavedMethod.processor_method == processor_method)).all()
    standing = [each for each in found if session.get(SavedMethodEnd, each.id) is None]
    for each in sorted(standing, key=lambda saved: saved.payment_request_id):
        locked_request(session, each.payment_request_id)
        end_method(session, each, reason)
    return len(standing)


def renew_method(session: Session, seen: Method) -> int:
    """A bank has sent a new card in place of a saved one: wherever that is saved, its new digits and expiry count.

    What was declined may be tried again with it; told again it changes nothing. Answers how many were renewed.
    """
    told = {"brand": seen.brand, "last4": seen.last4, "exp_month": seen.exp_month, "exp_year": seen.exp_year}
    found = session.scalars(select(SavedMethod).where(SavedMethod.processor_method == seen.id)).all()
    renewed = 0
    for each in sorted(found, key=lambda saved: saved.payment_request_id):
        request = locked_request(session, each.payment_request_id)
        same = all(getattr(each, name) == value for name, value in told.items())
        if same or session.get(SavedMethodEnd, each.id) is not None:
            continue
        facts = {name: getattr(each, name) for name in _CARRIED} | told
        facts |= {"setup_id": f"{each.setup_id}:renewed-after-{each.id}", "saved_at": clock.now()}
        row = SavedMethod(payment_request_id=request.id, **facts)
        session.add(row)
        session.flush()
        audit.record(session, audit.Tag.CARD_SAVED, f"saved-method:{row.id}", by=None, kind=row.kind, renewed=each.id)
        end_method(session, each, MethodEnd.REPLACED)
        _try_again(session, request)
        renewed += 1
    return renewed


def remove_method(session: Session, request: PaymentRequest) -> None:
    """Remove the card or account of a request at its person's wish; also at the processor."""
    release_method(session, locked_request(session, request.id))


def carry_method(session: Session, old: PaymentRequest, new: PaymentRequest) -> SavedMethod | None:
    """What may be charged for a request may be charged for the one that replaces it. Take `locked_request` of both."""
    saved = present_method(session, old)
    if saved is None:
        return None
    facts = {name: getattr(saved, name) for name in _CARRIED}
    row = SavedMethod(payment_request_id=new.id, **facts)
    session.add(row)
    end_method(session, saved, MethodEnd.REPLACED)
    return row


def detach_job(session: Session, method: str) -> None:
    """Remove a card or account at the processor, unless it may still be charged for something."""
    with reading() as own:
        standing = own.scalars(
            select(SavedMethod.id)
            .outerjoin(SavedMethodEnd, SavedMethodEnd.saved_method_id == SavedMethod.id)
            .where(SavedMethod.processor_method == method, SavedMethodEnd.saved_method_id.is_(None))
        ).first()
    if standing is None:
        stripe.detach(method)


def release_method(session: Session, request: PaymentRequest) -> None:
    """Charge nothing more for a request that is over, and remove its card or account. Take `locked_request` first."""
    saved = present_method(session, request)
    if saved is not None:
        end_method(session, saved, MethodEnd.DETACHED)
        jobs.defer(session, DETACH_JOB, method=saved.processor_method)


_CARRIED = (
    "person_id",
    "processor_customer",
    "processor_method",
    "kind",
    "brand",
    "last4",
    "exp_month",
    "exp_year",
    "mandate",
    "setup_id",
    "saved_at",
)


def _keep(session: Session, request: PaymentRequest, seen: Setup) -> SavedMethod:
    assert seen.method is not None, "something was saved"
    before = present_method(session, request)
    row = SavedMethod(
        person_id=request.person_id,
        payment_request_id=request.id,
        processor_customer=seen.customer,
        processor_method=seen.method.id,
        kind=seen.method.kind,
        brand=seen.method.brand,
        last4=seen.method.last4,
        exp_month=seen.method.exp_month,
        exp_year=seen.method.exp_year,
        mandate=seen.mandate,
        setup_id=seen.id,
        saved_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.CARD_SAVED, f"saved-method:{row.id}", by=request.person_id, kind=seen.method.kind)
    if before is not None and before.processor_method != row.processor_method:
        end_method(session, before, MethodEnd.REPLACED)
        jobs.defer(session, DETACH_JOB, method=before.processor_method)
    _try_again(session, request)
    return row


def _try_again(session: Session, request: PaymentRequest) -> None:
    """Try what was declined with the new card a day later by itself, should its person not pay before."""
    now = clock.now()
    for part in instalments_of(session, request):
        before = automatic_attempts(session, part.id)
        if not before or len(before) >= AUTOMATIC_MOST or now > before[0].created_at + AUTOMATIC_WITHIN - WAIT_NEW_CARD:
            continue
        waiting = session.scalars(select(OpenAttempt).where(OpenAttempt.instalment_id == part.id)).first()
        if waiting is None and session.get(ChargeRetry, part.id) is None:
            session.add(ChargeRetry(instalment_id=part.id, next_at=now + WAIT_NEW_CARD))
    session.flush()
