"""Sending back in one go what is owed for a purpose, such as an offer that failed: approved once, worked off by jobs.

What is approved is every refund that is due by then: none that falls due later is sent with it. The jobs wait for all
others, leave below the processor's limits, and go on where they were when a worker dies.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.errors import N_
from app.core.money import Money
from app.core.settings import settings
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words, money, whole
from app.members.models import Person
from app.payments.cards.models import CardPayment
from app.payments.cards.returning.asking import ROLES, CameOtherwise, NothingToSend, begin_refund
from app.payments.cards.returning.models import ProcessorRefund
from app.payments.cards.running.purposes import requests_of, title_of
from app.payments.models import PaymentCarry, Refund
from app.payments.refunding import locked_refund
from app.payments.settled import is_open, is_under_way, went

BEGIN_JOB = "cards.begin_refunds"
SEND_ALL = "refund:send-all-to-cards"


class Batch(NamedTuple):
    """What is owed for a purpose to people who paid by card: refunds to send, refunds on their way, and gone."""

    due: int
    amount: Money
    last_id: int
    under_way: int
    gone: int


def batch_of(session: Session, purpose: str) -> Batch:
    """How the refunds by card of a purpose stand; `amount` is the most that is sent."""
    mine = _by_card(session, purpose)
    left = Refund.amount_cents - _sent()
    sums = select(func.count(), func.coalesce(func.sum(left), 0), func.max(Refund.id), func.max(Refund.currency))
    count, amount, last, currency = session.execute(sums.where(mine, is_open(), left > 0)).one()
    parts = (
        select(func.count())
        .select_from(ProcessorRefund)
        .join(Refund, Refund.id == ProcessorRefund.refund_id)
        .where(mine)
    )
    under_way, gone = (session.execute(parts.where(state)).scalar_one() for state in (is_under_way(), went()))
    return Batch(count, Money(int(amount), currency or "USD"), last or 0, under_way, gone)


def propose_batch(session: Session, purpose: str, *, by: Person, reason: str) -> Proposal:
    """Propose to send back to cards everything that is due for a purpose now; a second person approves it once."""
    title_of(session, purpose)
    batch = batch_of(session, purpose)
    if batch.due == 0:
        raise NothingToSend
    payload = {
        "purpose": purpose,
        "count": batch.due,
        "amount_cents": batch.amount.minor,
        "currency": batch.amount.currency,
        "last_id": batch.last_id,
    }
    return propose(session, SEND_ALL, subject=purpose, payload=payload, by=by, reason=reason)


def begin_next(session: Session, purpose: str, after: int, last: int, by: int) -> None:
    """Begin the next refunds of a batch, and come back for the rest; what went otherwise meanwhile is passed over."""
    due = select(Refund.id).where(_by_card(session, purpose), is_open(), Refund.id > after, Refund.id <= last)
    numbers = session.scalars(due.order_by(Refund.id).limit(settings().settle_batch)).all()
    for number in numbers:
        try:
            begin_refund(session, locked_refund(session, number), by=by, patient=True)
        except (NothingToSend, CameOtherwise):  # it is on its way already, or went by bank: its own page says so
            continue
    if len(numbers) == settings().settle_batch:
        jobs.defer(session, BEGIN_JOB, purpose=purpose, after=numbers[-1], last=last, by=by)


def _by_card(session: Session, purpose: str) -> ColumnElement[bool]:
    """Which refunds are of a purpose, and of somebody who paid by card for that request or the one before it."""
    paid: Select[int] = select(CardPayment.payment_request_id)
    carried = select(PaymentCarry.to_request_id).where(PaymentCarry.from_request_id.in_(paid))
    by_card = or_(Refund.payment_request_id.in_(paid), Refund.payment_request_id.in_(carried))
    return Refund.payment_request_id.in_(requests_of(session, purpose)) & by_card


def _sent() -> Any:
    sent = select(func.coalesce(func.sum(ProcessorRefund.amount_cents), 0)).where(
        ProcessorRefund.refund_id == Refund.id, or_(went(), is_under_way())
    )
    return sent.correlate(Refund).scalar_subquery()


def _perform(session: Session, payload: dict[str, Any], by: int) -> None:
    jobs.defer(session, BEGIN_JOB, purpose=payload["purpose"], after=0, last=payload["last_id"], by=by)


def _purpose(told: Told) -> Words:
    return title_of(told.session, told.value)


_VALUES = (
    Value("purpose", N_("For"), _purpose),
    Value("count", N_("Refunds"), whole),
    Value("amount_cents", N_("In all"), money),
)
register(
    TwoPersonAct(
        SEND_ALL,
        N_("Send every refund of an offer to the cards that paid"),
        ROLES,
        _perform,
        values=_VALUES,
        unsaid=("currency", "last_id"),
    )
)
