"""Taking the bank's answer to a batch of orders: what it refused may be ordered anew, and nothing is paid twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import N_, Refusal
from app.payments.payouts.batches.models import PayoutBatch, PayoutOrder, PayoutOrderEnd
from app.payments.payouts.batches.ordering import end_order, orders_of
from app.reconciliation.reading.answers import Answer, read_answers
from app.reconciliation.reading.detecting import refuse_large


class NoSuchOrder(Refusal):
    """The answer is about an order of somebody else."""

    message = N_("Line {line}: {order} is no order of ours. Nothing of this file was taken.")
    status = 409
    field = "file"


class RefusedAfterPayment(Refusal):
    """The books and the bank disagree."""

    message = N_("Line {line}: the bank refuses {order}, which is recorded as paid. Look at the bank statement first.")
    status = 409
    field = "file"


@dataclass
class Answered:
    """What an answer said: how many orders were ended now, ended before, and taken by the bank."""

    ended: int = 0
    known: int = 0
    taken: int = 0


def take_answer(session: Session, stream: IO[bytes], name: str, *, by: int) -> Answered:
    """Take a pain.002, all of it or nothing: each order that the bank refused is ended with its reason.

    What the bank took changes nothing: it is paid when a bank line says so. The same file again ends nothing more.
    """
    refuse_large(stream)
    answered = Answered()
    for answer in read_answers(stream):
        for order, end, paid in _meant(session, answer):
            if not answer.refused:
                answered.taken += 1
            elif paid is not None:
                raise RefusedAfterPayment(line=answer.line, order=order.end_to_end_id)
            elif end is not None:
                answered.known += 1
            else:
                end_order(session, order.id, reason=answer.reason, by=by)
                answered.ended += 1
    audit.record(session, audit.Tag.PAYOUT_ANSWER_TAKEN, "payout-orders", by=by, file=name[:200], ended=answered.ended)
    return answered


_Order = tuple[PayoutOrder, PayoutOrderEnd | None, date | None]


def _meant(session: Session, answer: Answer) -> Sequence[_Order]:
    """The orders that an answer is about."""
    if not answer.end_to_end:
        number = answer.message.removeprefix("COSTAKE-")
        wanted = select(PayoutBatch).where(PayoutBatch.number == int(number)) if number.isdecimal() else None
        batch = session.scalars(wanted).first() if wanted is not None else None
        if batch is None:
            raise NoSuchOrder(line=answer.line, order=answer.message[:40] or "–")
        return orders_of(session, batch)
    order = session.scalars(select(PayoutOrder).where(PayoutOrder.end_to_end_id == answer.end_to_end)).first()
    if order is None:
        raise NoSuchOrder(line=answer.line, order=answer.end_to_end[:40])
    return [each for each in orders_of(session, order.batch) if each[0].id == order.id]
