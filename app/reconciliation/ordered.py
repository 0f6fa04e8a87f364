"""What a bank line may be of what was ordered from the bank: single orders by their ids, batches by sums, returns."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from app.payments.models import RefundPayment
from app.payments.payouts.batches.models import PayoutBatch, PayoutOrder, PayoutOrderEnd, PayoutOrderReturn
from app.payments.payouts.models import PayoutPayment
from app.reconciliation.asking import any_of
from app.reconciliation.lines import Said, standing_match
from app.reconciliation.matching.judging import Batch, Open, What
from app.reconciliation.models import BankMatch

OWN = "bank-line:"
"""How the bank's references of what was booked from lines begin; what else was paid was recorded by hand."""
ORDER_ID = re.compile(r"PO[0-9]{10}")


def order_ids(said: Said) -> set[str]:
    """The end-to-end ids of orders of ours that a line names."""
    return set(ORDER_ID.findall(" ".join([said.text, *(value for _, value in said.references)]).upper()))


def orders_leaving(session: Session, said: Iterable[Said]) -> dict[str, Open]:
    """Orders that lines name and that no line shows leaving yet, by their end-to-end ids."""
    names = {name for each in said for name in order_ids(each)}
    if not names:
        return {}
    rows = session.execute(_unseen().where(PayoutOrder.end_to_end_id == any_of(names)))
    return {order.end_to_end_id: _open(order, recorded) for order, recorded in rows}


def batches_leaving(session: Session, amounts: Collection[tuple[str, int]]) -> dict[tuple[str, int], list[Batch]]:
    """Batches of which no line shows anything leaving yet, by currency and sum (positive), among some of these."""
    if not amounts:
        return {}
    total = func.sum(PayoutOrder.amount_cents)
    fitting = session.execute(
        select(PayoutBatch.id, PayoutBatch.number, PayoutBatch.currency, cast(total, BigInteger))
        .join(PayoutOrder, PayoutOrder.batch_id == PayoutBatch.id)
        .outerjoin(PayoutPayment, PayoutPayment.payout_id == PayoutOrder.payout_id)
        .outerjoin(RefundPayment, RefundPayment.refund_id == PayoutOrder.refund_id)
        .where(_is_unseen())
        .group_by(PayoutBatch.id)
        .having(cast(total, BigInteger).in_({cents for _, cents in amounts}))
        .order_by(PayoutBatch.id)
    ).all()
    found: dict[tuple[str, int], list[Batch]] = defaultdict(list)
    for batch_id, number, currency, cents in fitting:
        orders = session.execute(_unseen().where(PayoutOrder.batch_id == batch_id).order_by(PayoutOrder.id))
        items = tuple(_open(order, recorded) for order, recorded in orders)
        found[currency, cents].append(Batch(f"COSTAKE-{number:06d}", items))
    return found


def orders_back(session: Session, said: Iterable[Said]) -> dict[str, list[Open]]:
    """Paid orders that no line brought back: those that lines name, and those that their bank returned; by currency."""
    names = {name for each in said for name in order_ids(each)}
    back = exists().where(BankMatch.subject == func.concat("order:", PayoutOrder.id), standing_match())
    paid = or_(
        exists().where(PayoutPayment.payout_id == PayoutOrder.payout_id),
        exists().where(RefundPayment.refund_id == PayoutOrder.refund_id),
    )
    returned = PayoutOrder.id.in_(select(PayoutOrderReturn.order_id))
    named = or_(PayoutOrder.end_to_end_id == any_of(names), returned) if names else returned
    rows = session.execute(
        select(PayoutOrder, PayoutBatch.currency, returned)
        .join(PayoutBatch, PayoutBatch.id == PayoutOrder.batch_id)
        .where(named, paid, _stands(), ~back)
        .order_by(PayoutOrder.id)
    )
    found: dict[str, list[Open]] = defaultdict(list)
    for order, currency, was_returned in rows:
        reference = order.end_to_end_id
        found[currency].append(
            Open(What.CAME_BACK, f"order:{order.id}", reference, order.amount_cents, told=was_returned)
        )
    return found


def _stands() -> ColumnElement[bool]:
    return ~exists().where(PayoutOrderEnd.order_id == PayoutOrder.id)


def _is_unseen() -> ColumnElement[bool]:
    """An order that the bank may have done, or that was recorded as done by hand, and that no line shows."""
    line = func.coalesce(PayoutPayment.bank_reference, RefundPayment.bank_reference)
    subject = case(
        (PayoutOrder.payout_id.is_not(None), func.concat("payout:", PayoutOrder.payout_id)),
        else_=func.concat("refund:", PayoutOrder.refund_id),
    )
    seen = exists().where(BankMatch.subject == subject, standing_match())
    return and_(_stands(), or_(line.is_(None), and_(~line.startswith(OWN), ~seen)))


def _unseen() -> Select[PayoutOrder, bool]:
    recorded = func.coalesce(PayoutPayment.payout_id, RefundPayment.refund_id).is_not(None)
    return (
        select(PayoutOrder, recorded)
        .outerjoin(PayoutPayment, PayoutPayment.payout_id == PayoutOrder.payout_id)
        .outerjoin(RefundPayment, RefundPayment.refund_id == PayoutOrder.refund_id)
        .where(_is_unseen())
    )


def _open(order: PayoutOrder, recorded: bool) -> Open:
    kind, debt = ("payout", order.payout_id) if order.payout_id is not None else ("refund", order.refund_id)
    what = What.RECORDED if recorded else What.PAYOUT if kind == "payout" else What.REFUND
    return Open(what, f"{kind}:{debt}", order.end_to_end_id, order.amount_cents)
