"""Asking for money: a payment request under a reference, what is held of it, and its end."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from app.core import clock
from app.core.money import Money
from app.ledger import journal
from app.members.models import Person
from app.payments.models import Instalment, PaymentRequest, PaymentRequestAmount, PaymentRequestEnd
from app.payments.references import new_reference


def request_payment(session: Session, purpose: str, person: Person, amount: Money) -> PaymentRequest:
    """Ask a person for an amount; the same purpose again gives the same request."""
    existing = session.scalars(select(PaymentRequest).where(PaymentRequest.purpose == purpose)).first()
    if existing is not None:
        return existing
    reference = new_reference()
    while session.scalars(select(PaymentRequest.id).where(PaymentRequest.reference == reference)).first():
        reference = new_reference()
    row = PaymentRequest(
        reference=reference,
        purpose=purpose,
        person_id=person.id,
        amount_cents=amount.minor,
        currency=amount.currency,
        requested_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row


def locked_request(session: Session, request_id: int) -> PaymentRequest:
    """The request under lock: whoever judges what is held of it takes this first."""
    return session.scalars(
        select(PaymentRequest).where(PaymentRequest.id == request_id).with_for_update(key_share=True)
    ).one()


def has_ended(session: Session, request: PaymentRequest) -> bool:
    """Whether nothing is asked any more."""
    return session.get(PaymentRequestEnd, request.id) is not None


def end_request(session: Session, request: PaymentRequest, reason: str) -> None:
    """Ask no more; harmless when it has ended. Take `locked_request` first."""
    if not has_ended(session, request):
        session.add(PaymentRequestEnd(payment_request_id=request.id, ended_at=clock.now(), reason=reason))
        session.flush()


def held(session: Session, request: PaymentRequest) -> Money:
    """What is held of the amount asked for, by the books."""
    minor = journal.balance(session, *held_account(request), request.currency)
    return Money(minor, request.currency)


def held_account(request: PaymentRequest) -> tuple[str, str]:
    """The account that holds what was received for a request."""
    return "subscriptions_held", f"request:{request.id}"


def asked(request: PaymentRequest) -> Money:
    """The amount asked for, which may have been lowered since."""
    session = object_session(request)
    assert session is not None, "a request is read in a session"
    lowered = session.scalars(
        select(PaymentRequestAmount.amount_cents)
        .where(PaymentRequestAmount.payment_request_id == request.id)
        .order_by(PaymentRequestAmount.id.desc())
        .limit(1)
    ).first()
    return Money(request.amount_cents if lowered is None else lowered, request.currency)


def lower_request(session: Session, request: PaymentRequest, amount: Money, reason: str) -> None:
    """Ask for less from now on; the same amount again changes nothing. Take `locked_request` first."""
    present = asked(request)
    assert Money(0, amount.currency) < amount <= present, "a request is lowered, and to more than nothing"
    if amount == present:
        return
    row = PaymentRequestAmount(
        payment_request_id=request.id,
        amount_cents=amount.minor,
        currency=amount.currency,
        reason=reason,
        lowered_at=clock.now(),
    )
    session.add(row)
    session.flush()


def schedule(session: Session, request: PaymentRequest, parts: Sequence[tuple[date, Money]]) -> list[Instalment]:
    """Say when the parts of a request are due; they sum to what is asked. The same request again gives its parts."""
    existing = instalments_of(session, request)
    if existing:
        return existing
    assert sum(part.minor for _, part in parts) == asked(request).minor, "the parts of a request sum to what is asked"
    rows = [
        Instalment(
            payment_request_id=request.id,
            number=number,
            due_on=due_on,
            amount_cents=part.minor,
            currency=part.currency,
            scheduled_at=clock.now(),
        )
        for number, (due_on, part) in enumerate(parts, 1)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def instalments_of(session: Session, request: PaymentRequest) -> list[Instalment]:
    """The parts of a request in the order of their days; none before it is scheduled."""
    return list(
        session.scalars(
            select(Instalment).where(Instalment.payment_request_id == request.id).order_by(Instalment.number)
        )
    )
