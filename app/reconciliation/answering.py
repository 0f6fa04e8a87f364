"""Taking the bank's answer to a batch of orders: what it refused may be ordered anew, and nothing is paid twice."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import N_, Refusal
from app.payments.payouts.batches.models import PayoutBatch, PayoutOrder, PayoutOrderEnd
from app.payments.payouts.batches.ordering import end_order, orders_of
from app.payments.payouts.batches.returning import note_return
from app.reconciliation.reading.answers import Answer, read_answers
from app.reconciliation.reading.detecting import refuse_large
from app.reconciliation.reading.returns import is_nacha, read_returns

HEAD = 94


class NoSuchOrder(Refusal):
    """The answer is about an order of somebody else."""

    message = N_("Line {line}: {order} is no order of ours. Nothing of this file was taken.")
    status = 409
    field = "answer"


class RefusedAfterPayment(Refusal):
    """The books and the bank disagree."""

    message = N_("Line {line}: the bank refuses {order}, which is recorded as paid. Look at the bank statement first.")
    status = 409
    field = "answer"


@dataclass
class Answered:
    """What an answer said: how many orders were ended, known as ended or returned before, taken by the bank, returned.

    `notices` tell orders that arrived although their payee's bank details are written wrongly, each with the code.
    """

    ended: int = 0
    known: int = 0
    taken: int = 0
    returned: int = 0
    notices: list[str] = field(default_factory=list)


def take_answer(session: Session, stream: IO[bytes], name: str, *, by: int) -> Answered:
    """Take a pain.002 or a NACHA file of returns, all of it or nothing.

    Each order that the bank refused is ended with its reason; one that came back after it was paid is noted as
    returned, and owed again when a bank line brings the money. What the bank took changes nothing: it is paid when a
    bank line says so. The same file again changes nothing more.
    """
    refuse_large(stream)
    head = stream.read(HEAD)
    stream.seek(0)
    answered = _returns(session, stream, by) if is_nacha(head) else _answers(session, stream, by)
    tag, ended, returned, notices = audit.Tag.PAYOUT_ANSWER_TAKEN, answered.ended, answered.returned, answered.notices
    facts: dict[str, Any] = {"file": name[:200], "ended": ended, "returned": returned, "notices": len(notices)}
    audit.record(session, tag, "payout-orders", by=by, **facts)
    return answered


def _returns(session: Session, stream: IO[bytes], by: int) -> Answered:
    answered = Answered()
    for each in read_returns(stream):
        order = _order_named(session, each.end_to_end, each.line)
        if each.notice:
            answered.notices.append(f"{order.end_to_end_id} {each.code}")
        elif note_return(session, order, each.cents, each.code, by=by):
            answered.returned += 1
        else:
            answered.known += 1
    return answered


def _answers(session: Session, stream: IO[bytes], by: int) -> Answered:
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
    order = _order_named(session, answer.end_to_end, answer.line)
    return orders_of(session, order.batch, only=order)


def _order_named(session: Session, end_to_end: str, at: int) -> PayoutOrder:
    order = session.scalars(select(PayoutOrder).where(PayoutOrder.end_to_end_id == end_to_end)).first()
    if order is None:
        raise NoSuchOrder(line=at, order=end_to_end[:40] or "–")
    return order
