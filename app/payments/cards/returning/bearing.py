"""Bearing: money that went back on a charge without our sending it is taken from what is owed or held for its payer."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.identifiers import uuid7
from app.ledger import journal
from app.payments.cards.models import CardPayment, Source
from app.payments.cards.returning.models import (
    AdoptedRefund,
    AdoptedRefundMove,
    ProcessorRefund,
    ProcessorRefundMove,
    RefundState,
)
from app.payments.models import PaymentCarry, PaymentRequest, Refund
from app.payments.refunding import locked_refund
from app.payments.settled import is_open, settlement_of

BACK = (RefundState.FAILED, RefundState.CANCELED)


class Gone(NamedTuple):
    """Money that is gone: the account that carries it, the charge it went back on, and by what at the processor.

    `key` begins the keys of its entries, `nature` is that of entries that settle refunds with it, `why` is noted there.
    """

    account: tuple[str, str]
    payment: CardPayment
    processor_id: str
    key: str
    nature: str
    why: str


def left(session: Session, gone: Gone) -> int:
    """What nobody has borne yet, by the books."""
    return journal.balance(session, *gone.account, gone.payment.currency)


def requests_of(session: Session, payment: CardPayment) -> list[PaymentRequest]:
    """The request that a charge was for, and those that took its place, in their order."""
    found = [session.get_one(PaymentRequest, payment.payment_request_id)]
    while True:
        following = session.scalars(
            select(PaymentCarry.to_request_id).where(PaymentCarry.from_request_id == found[-1].id)
        ).first()
        if following is None:
            return found
        found.append(session.get_one(PaymentRequest, following))


def from_owed(session: Session, gone: Gone, request: PaymentRequest) -> list[ProcessorRefund]:
    """Settle the refunds that are due on a request with the money that is gone, the oldest first."""
    due = select(Refund.id).where(Refund.payment_request_id == request.id, is_open()).order_by(Refund.id)
    settled = [_settle(session, gone, refund_id) for refund_id in session.scalars(due).all()]
    return [row for row in settled if row is not None]


def unsettled(session: Session, payment: CardPayment) -> int:
    """What of adopted refunds on a charge no refund here stands for; it can not go back once more."""
    back = select(AdoptedRefundMove.id).where(
        AdoptedRefundMove.adopted_refund_id == AdoptedRefund.id, AdoptedRefundMove.status.in_(BACK)
    )
    rows = session.scalars(
        select(AdoptedRefund).where(AdoptedRefund.card_payment_id == payment.id, ~back.exists())
    ).all()
    settled = select(func.coalesce(func.sum(ProcessorRefund.amount_cents), 0)).where(settles(rows))
    return sum(row.amount_cents for row in rows) - int(session.execute(settled).scalar_one()) if rows else 0


def settles(rows: Sequence[AdoptedRefund]) -> ColumnElement[bool]:
    """Which refunds stand for adopted ones."""
    moves = select(ProcessorRefundMove.processor_refund_id).where(
        ProcessorRefundMove.processor_id.in_([row.processor_id for row in rows]),
        ProcessorRefundMove.status == RefundState.SUCCEEDED,
    )
    return ProcessorRefund.id.in_(moves)


def _settle(session: Session, gone: Gone, refund_id: int) -> ProcessorRefund | None:
    refund, payment = locked_refund(session, refund_id), gone.payment
    amount = min(left(session, gone), settlement_of(session, refund).to_send.minor)
    if amount <= 0:
        return None
    legs = (
        journal.Leg("refunds_payable", f"request:{refund.payment_request_id}", payment.currency, amount),
        journal.Leg(*gone.account, payment.currency, -amount),
    )
    draft = journal.Draft(f"{gone.key}:refund:{refund_id}", gone.nature, clock.today(), legs)
    sent = ProcessorRefund(
        id=uuid7(), refund_id=refund_id, card_payment_id=payment.id, charge=payment.charge, amount_cents=amount,
        currency=payment.currency, asked_at=clock.now(),
    )  # fmt: skip
    session.add(sent)
    session.flush()
    move = ProcessorRefundMove(
        processor_refund_id=sent.id, processor_id=gone.processor_id, status=RefundState.SUCCEEDED, reason=gone.why,
        source=Source.POLL, at=clock.now(), entry_id=journal.post(session, draft, by=None),
    )  # fmt: skip
    session.add(move)
    session.flush()
    audit.record(session, audit.Tag.REFUND_WENT, f"refund:{refund_id}", by=None, amount_cents=amount)
    return sent
