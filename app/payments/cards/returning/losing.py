"""Losing a dispute: its person has the money back, so that it is held for them no more, and owed to them no more."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_
from app.core.identifiers import uuid7
from app.core.money import Money
from app.ledger import journal
from app.payments.cards.hearing.parking import park
from app.payments.cards.models import Source
from app.payments.cards.returning.asking import locked_refund
from app.payments.cards.returning.disputing import receivable, settle
from app.payments.cards.returning.models import Dispute, ProcessorRefund, ProcessorRefundMove, RefundState
from app.payments.models import PaymentCarry, PaymentRequest, Refund
from app.payments.requesting import held, held_account, locked_request
from app.payments.settled import is_open, settlement_of


def taken(session: Session, row: Dispute) -> Money:
    """What the bank has taken by a dispute and nobody has borne yet, by the books."""
    return Money(journal.balance(session, *receivable(row), row.currency), row.currency)


def requests_behind(session: Session, row: Dispute) -> list[PaymentRequest]:
    """The request that the charge was for, and those that took its place, in their order."""
    found = [session.get_one(PaymentRequest, row.payment.payment_request_id)]
    while True:
        following = session.scalars(
            select(PaymentCarry.to_request_id).where(PaymentCarry.from_request_id == found[-1].id)
        ).first()
        if following is None:
            return found
        found.append(session.get_one(PaymentRequest, following))


def take_back(session: Session, row: Dispute) -> Money:
    """Take what a lost dispute cost from what is held or owed for its payment; what is left to be borne."""
    for request in requests_behind(session, row):
        locked_request(session, request.id)
        _from_held(session, row, request)
        refunds = select(Refund.id).where(Refund.payment_request_id == request.id, is_open()).order_by(Refund.id)
        for refund_id in session.scalars(refunds).all():
            _from_owed(session, row, refund_id)
    return taken(session, row)


def conclude(session: Session, row: Dispute) -> None:
    """A lost dispute is settled; what nobody has borne stays receivable from its person, and waits for a decision."""
    left = taken(session, row)
    settle(session, row)
    if left.minor:
        reason = N_("a dispute is lost, and the shares or money behind it are gone")
        park(session, "dispute", row.processor_id, reason, left=left.minor, currency=left.currency)


def _from_held(session: Session, row: Dispute, request: PaymentRequest) -> None:
    amount = min(taken(session, row).minor, held(session, request).minor)
    if amount <= 0:
        return
    legs = (
        journal.Leg(*held_account(request), row.currency, amount),
        journal.Leg(*receivable(row), row.currency, -amount),
    )
    draft = journal.Draft(f"dispute-lost:{row.id}:request:{request.id}", "dispute lost", clock.today(), legs)
    journal.post(session, draft, by=None)


def _from_owed(session: Session, row: Dispute, refund_id: int) -> None:
    """The bank has paid a refund that was due: it went back on the charge, by the dispute."""
    refund = locked_refund(session, refund_id)
    amount = min(taken(session, row).minor, settlement_of(session, refund).to_send.minor)
    if amount <= 0:
        return
    legs = (
        journal.Leg("refunds_payable", f"request:{refund.payment_request_id}", row.currency, amount),
        journal.Leg(*receivable(row), row.currency, -amount),
    )
    draft = journal.Draft(f"dispute-lost:{row.id}:refund:{refund_id}", "refund by dispute", clock.today(), legs)
    sent = ProcessorRefund(
        id=uuid7(), refund_id=refund_id, card_payment_id=row.card_payment_id, charge=row.charge, amount_cents=amount,
        currency=row.currency, asked_at=clock.now(),
    )  # fmt: skip
    session.add(sent)
    session.flush()
    move = ProcessorRefundMove(
        processor_refund_id=sent.id, processor_id=row.processor_id, status=RefundState.SUCCEEDED, reason="dispute",
        source=Source.POLL, at=clock.now(), entry_id=journal.post(session, draft, by=None),
    )  # fmt: skip
    session.add(move)
    session.flush()
    audit.record(session, audit.Tag.REFUND_WENT, f"refund:{refund_id}", by=None, amount_cents=amount)
