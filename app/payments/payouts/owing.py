"""Owing: an act makes money payable to a person; the treasurer pays it; a reversal of the act ends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.bulk import batched, new_ids, write_rows
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger import journal
from app.ledger.closing import open_day
from app.payments.payouts.batches.models import PayoutOrder, PayoutOrderEnd
from app.payments.payouts.models import Payout, PayoutEnd, PayoutPayment

AT_ONCE = 5_000


class NoSuchPayout(Refusal):
    """The payout does not exist."""

    message = N_("There is no such payout.")
    status = 404


class PayoutEnded(Refusal):
    """The act behind the payout was reversed."""

    message = N_("This payout is owed no more: the act behind it was reversed.")
    status = 409


class PaidOutAlready(Refusal):
    """The payout has left the bank."""

    message = N_("This payout was paid on {day} already. Nothing was changed.")
    status = 409


class OrderedAlready(Refusal):
    """The bank was told to pay it."""

    message = N_("This is ordered from the bank as {order}. End that order first, or wait until it is paid.")
    status = 409


class PayoutLineUsed(Refusal):
    """Another payout was recorded with this line of the bank statement."""

    message = N_("The bank line “{bank_reference}” was recorded for another payout already.")
    status = 409
    field = "bank_reference"


class PaidOutInTheFuture(Refusal):
    """The day lies in the future."""

    message = N_("{day} lies in the future. Record a payout when it has been paid.")
    field = "paid_on"


class PaidOutBeforeOwed(Refusal):
    """The day lies before the payout was owed."""

    message = N_("{day} lies before {owed}, from which this is owed. Compare it with the bank statement.")
    field = "paid_on"


def payable(source: str) -> tuple[str, str]:
    """The account that carries a payout until it is paid: kind and subject."""
    return "payouts_payable", source


def owe(
    session: Session, source: str, person_id: int, amount: Money, reason: str, *, due_on: date, entry_id: int
) -> Payout:
    """Note a payout that an entry has made payable by crediting `payable(source)`; the same source once."""
    row = Payout(
        source=source,
        person_id=person_id,
        amount_cents=amount.minor,
        currency=amount.currency,
        reason=reason,
        due_on=due_on,
        recorded_at=clock.now(),
        entry_id=entry_id,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.PAYOUT_DUE, f"payout:{row.id}", by=None, reason=reason, amount_cents=amount.minor)
    return row


@dataclass(frozen=True)
class Debt:
    """What is owed to a person: `source` names its cause for good, and `payable(source)` is its account."""

    source: str
    person_id: int
    amount: Money
    due_on: date


def owe_many(session: Session, debts: Sequence[Debt], reason: str, *, entry_id: int) -> None:
    """Note many payouts that one entry has made payable, as `owe` notes one."""
    now = clock.now()
    for few in batched(debts, AT_ONCE):
        rows = [
            {
                "id": id_,
                "source": debt.source,
                "person_id": debt.person_id,
                "amount_cents": debt.amount.minor,
                "currency": debt.amount.currency,
                "reason": reason,
                "due_on": debt.due_on,
                "recorded_at": now,
                "entry_id": entry_id,
            }
            for debt, id_ in zip(few, new_ids(session, Payout, len(few)), strict=True)
        ]
        write_rows(session, Payout, rows)
        lines = [(audit.Tag.PAYOUT_DUE, f"payout:{row['id']}", {"amount_cents": row["amount_cents"]}) for row in rows]
        audit.record_many(session, lines, by=None, reason=reason)


def pay_out(session: Session, payout_id: int, *, paid_on: date, bank_reference: str, by: int | None) -> PayoutPayment:
    """Record that a payout has left the bank."""
    payout = session.scalars(select(Payout).where(Payout.id == payout_id).with_for_update()).first()
    if payout is None:
        raise NoSuchPayout
    if session.get(PayoutEnd, payout_id) is not None:
        raise PayoutEnded
    paid = session.get(PayoutPayment, payout_id)
    if paid is not None:
        raise PaidOutAlready(day=paid.paid_on)
    if paid_on > clock.latest_today():
        raise PaidOutInTheFuture(day=paid_on)
    if paid_on < payout.due_on:
        raise PaidOutBeforeOwed(day=paid_on, owed=payout.due_on)
    one_at_a_time(session, f"payout by bank line {bank_reference}")
    if session.scalars(select(PayoutPayment).where(PayoutPayment.bank_reference == bank_reference)).first():
        raise PayoutLineUsed(bank_reference=bank_reference)
    legs = (
        journal.Leg(*payable(payout.source), payout.currency, payout.amount_cents),
        journal.Leg("bank", "", payout.currency, -payout.amount_cents),
    )
    draft = journal.Draft(f"payout-paid:{payout_id}", "payout paid", open_day(session, paid_on), legs)
    row = PayoutPayment(
        payout_id=payout_id,
        paid_on=paid_on,
        bank_reference=bank_reference,
        recorded_at=clock.now(),
        recorded_by=by,
        entry_id=journal.post(session, draft, by=by),
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.PAYOUT_PAID, f"payout:{payout_id}", by=by, amount_cents=payout.amount_cents)
    return row


def refuse_paid(session: Session, entry_id: int) -> None:
    """Refuse when a payout that an entry made payable has left the bank or is ordered from it; they stay locked."""
    owed = _locked_of_entry(session, entry_id)
    paid = session.scalars(select(PayoutPayment).where(PayoutPayment.payout_id == func.any(owed)).limit(1)).first()
    if paid is not None:
        raise PaidOutAlready(day=paid.paid_on)
    ended = exists().where(PayoutOrderEnd.order_id == PayoutOrder.id)
    order = session.scalars(select(PayoutOrder).where(PayoutOrder.payout_id == func.any(owed), ~ended).limit(1)).first()
    if order is not None:
        raise OrderedAlready(order=order.end_to_end_id)


def end_payouts(session: Session, entry_id: int, *, by_entry: int, reason: str) -> None:
    """End the payouts that an entry made payable, since another entry has undone it."""
    ended_at = clock.now()
    for few in batched(_locked_of_entry(session, entry_id), AT_ONCE):
        rows = [{"payout_id": id_, "reason": reason, "ended_at": ended_at, "entry_id": by_entry} for id_ in few]
        write_rows(session, PayoutEnd, rows)


def unpaid_payouts(session: Session) -> list[Payout]:
    """Payouts that are owed, in the order of their days."""
    return list(session.scalars(select(Payout).where(is_owed()).order_by(Payout.due_on, Payout.id)))


def is_owed() -> ColumnElement[bool]:
    """The condition that a payout is neither paid nor ended."""
    return ~exists().where(PayoutPayment.payout_id == Payout.id) & ~exists().where(PayoutEnd.payout_id == Payout.id)


def _locked_of_entry(session: Session, entry_id: int) -> list[int]:
    owed = select(Payout.id).where(Payout.entry_id == entry_id).order_by(Payout.id).with_for_update()
    return list(session.scalars(owed))
