"""Noting that a paid order came back from the payee's bank; what is owed again follows from the line that brings it."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.payments.payouts.batches.models import PayoutOrder, PayoutOrderReturn
from app.payments.payouts.batches.ordering import orders_of


class ReturnedUnpaid(Refusal):
    """The books do not know yet that the money left."""

    message = N_("{order} was sent back, but is not recorded as paid. Take in the bank statement that shows it first.")
    status = 409
    field = "answer"


class OtherAmount(Refusal):
    """The order was about another amount."""

    message = N_("{order} was for {amount}, not for {given}. Nothing of this file was taken.")
    status = 409
    field = "answer"


def note_return(session: Session, order: PayoutOrder, cents: int, code: str, *, by: int) -> bool:
    """Note that an order came back; whether that is new. Raises `ReturnedUnpaid` and `OtherAmount`."""
    amount = Money(order.amount_cents, order.batch.currency)
    if amount.minor != cents:
        raise OtherAmount(order=order.end_to_end_id, amount=amount, given=Money(cents, amount.currency))
    session.execute(select(PayoutOrder.id).where(PayoutOrder.id == order.id).with_for_update(key_share=True))
    if session.get(PayoutOrderReturn, order.id) is not None:
        return False
    ((_, _, paid),) = orders_of(session, order.batch, only=order)
    if paid is None:
        raise ReturnedUnpaid(order=order.end_to_end_id)
    session.add(PayoutOrderReturn(order_id=order.id, code=code, told_at=clock.now(), told_by=by))
    session.flush()
    audit.record(session, audit.Tag.PAYOUT_RETURNED, f"payout_order:{order.id}", by=by, code=code)
    return True


def returns_of(session: Session, orders: Iterable[PayoutOrder]) -> dict[int, PayoutOrderReturn]:
    """The returns of those among some orders that came back, by the order's id."""
    ids = [each.id for each in orders]
    rows = session.scalars(select(PayoutOrderReturn).where(PayoutOrderReturn.order_id.in_(ids)))
    return {row.order_id: row for row in rows}
