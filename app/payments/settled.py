"""Settled: how much of a refund went back by the bank and to cards, what is on its way, and what is left."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.core.money import Money
from app.payments.cards.models import CardPayment
from app.payments.cards.returning.models import (
    NOT_SENT,
    Dispute,
    DisputeMove,
    ProcessorRefund,
    ProcessorRefundMove,
    RefundState,
)
from app.payments.models import PaymentCarry, Refund, RefundPayment


def went() -> ColumnElement[bool]:
    """The condition that a part went back to a card; should it come back, it is owed anew by a refund of its own."""
    return _has(RefundState.SUCCEEDED)


def is_under_way() -> ColumnElement[bool]:
    """The condition that a part was sent to a card and its outcome is not known."""
    return ~_has(*NOT_SENT, RefundState.SUCCEEDED)


def is_open() -> ColumnElement[bool]:
    """The condition that a refund has not gone back in full."""
    by_card = select(func.coalesce(func.sum(ProcessorRefund.amount_cents), 0)).where(
        ProcessorRefund.refund_id == Refund.id, went()
    )
    paid = exists().where(RefundPayment.refund_id == Refund.id).correlate(Refund)
    return ~paid & (Refund.amount_cents > by_card.correlate(Refund).scalar_subquery())


class Part(NamedTuple):
    """A part of a refund that was sent to a card or account, what is known of it last, and since when."""

    sent: ProcessorRefund
    state: RefundState | None
    at: datetime

    @property
    def went(self) -> bool:
        """Whether it went back."""
        return self.state == RefundState.SUCCEEDED

    @property
    def under_way(self) -> bool:
        """Whether its outcome is not known."""
        return self.state not in (*NOT_SENT, RefundState.SUCCEEDED)

    @property
    def last4(self) -> str:
        """The last digits of the card or account, where it was saved."""
        return last4_of(self.sent)


class Settlement(NamedTuple):
    """How a refund stands: what was paid by the bank, sent to cards, and is left to send."""

    refund: Refund
    payment: RefundPayment | None
    parts: list[Part]
    by_bank: Money
    to_send: Money

    @property
    def under_way(self) -> bool:
        """Whether the outcome of a part is not known."""
        return any(part.under_way for part in self.parts)


def settlement_of(session: Session, refund: Refund) -> Settlement:
    """How a refund stands now; take its lock first to act upon that."""
    payment, parts = session.get(RefundPayment, refund.id), parts_sent(session, refund)
    left = refund.amount_cents - settled_by_card(session, refund).minor
    on_its_way = sum(part.sent.amount_cents for part in parts if part.under_way)
    paid, to_send = (0, left - on_its_way) if payment is None else (left, 0)
    return Settlement(refund, payment, parts, Money(paid, refund.currency), Money(to_send, refund.currency))


def settled_by_card(session: Session, refund: Refund) -> Money:
    """How much of a refund went back to cards."""
    total = select(func.coalesce(func.sum(ProcessorRefund.amount_cents), 0)).where(
        ProcessorRefund.refund_id == refund.id, went()
    )
    return Money(int(session.execute(total).scalar_one()), refund.currency)


def payments_behind(session: Session, refund: Refund) -> list[CardPayment]:
    """What was paid by card for the refund's request, or for those that it took the place of."""
    before = select(PaymentCarry.from_request_id).where(PaymentCarry.to_request_id == refund.payment_request_id)
    chain = before.cte("before", recursive=True)
    chain = chain.union(
        select(PaymentCarry.from_request_id).join(chain, PaymentCarry.to_request_id == chain.c.from_request_id)
    )
    behind = CardPayment.payment_request_id.in_(select(chain.c.from_request_id))
    own = CardPayment.payment_request_id == refund.payment_request_id
    return list(session.scalars(select(CardPayment).where(own | behind).order_by(CardPayment.id.desc())))


def is_disputed(session: Session, refund: Refund) -> bool:
    """Whether the bank of its person takes the money back by a dispute that is not decided, or not settled, yet."""
    decided = exists().where(
        DisputeMove.dispute_id == Dispute.id, DisputeMove.status.in_(("won", "warning_closed", "prevented", "settled"))
    )
    ids = [payment.id for payment in payments_behind(session, refund)]
    found = select(Dispute.id).where(Dispute.card_payment_id.in_(ids), ~decided.correlate(Dispute))
    return session.scalars(found.limit(1)).first() is not None


def parts_sent(session: Session, refund: Refund) -> list[Part]:
    """The parts of a refund that were sent to cards, in the order of their sending."""
    rows = session.scalars(
        select(ProcessorRefund).where(ProcessorRefund.refund_id == refund.id).order_by(ProcessorRefund.asked_at)
    )
    found = []
    for sent in rows:
        last = last_move(session, sent)
        known = (RefundState(last.status), last.at) if last else (None, sent.asked_at)
        found.append(Part(sent, *known))
    return found


def last_move(session: Session, sent: ProcessorRefund) -> ProcessorRefundMove | None:
    """What is known last of a part; None while nothing is."""
    return session.scalars(
        select(ProcessorRefundMove)
        .where(ProcessorRefundMove.processor_refund_id == sent.id)
        .order_by(ProcessorRefundMove.id.desc())
        .limit(1)
    ).first()


def last4_of(sent: ProcessorRefund) -> str:
    """The last digits of the card or account that was charged, where it was saved; else nothing."""
    saved = sent.payment.attempt.saved_method
    return saved.last4 if saved is not None else ""


def _has(*states: RefundState) -> ColumnElement[bool]:
    found = exists().where(
        ProcessorRefundMove.processor_refund_id == ProcessorRefund.id, ProcessorRefundMove.status.in_(states)
    )
    return found.correlate(ProcessorRefund)
