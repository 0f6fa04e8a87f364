"""Gathering what is owed: payouts and refunds, which of them a file can pay, and why the others wait."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.money import Money
from app.members.models import Person
from app.members.people.bank.recording import BankAccount, bank_account_for, bank_account_of
from app.payments.cards.returning.models import ProcessorRefund
from app.payments.models import Refund, RefundPayment
from app.payments.payouts.batches.models import PayoutOrder, PayoutOrderEnd, PayoutOrderReturn
from app.payments.payouts.files.orders import Form, takes
from app.payments.payouts.models import Payout
from app.payments.payouts.owing import is_owed

NO_DETAILS = N_("no bank details")
HELD = N_("bank details are too new to be paid to")
OTHER_FORM = N_("needs another form of file")
ORDERED = N_("in a batch already")
NOT_DUE = N_("not due by then")
RETURNED = N_("the bank sent the last payment to this account back: ask for other bank details")


@dataclass(frozen=True)
class Due:
    """A payout or refund that is owed; `key` is `payout:12` or `refund:7`; `waits` says why a file cannot pay it."""

    key: str
    person: Person
    amount: Money
    due_on: date
    reason: str
    account: BankAccount | None
    waits: str | None


def gather(session: Session, form: Form, currency: str, on: date) -> list[Due]:
    """Everything that is owed in a currency, and whether a file of a form can pay it on a day."""
    payouts = session.scalars(select(Payout).where(is_owed(), Payout.currency == currency).order_by(Payout.id))
    sent_back = exists().where(ProcessorRefund.refund_id == Refund.id)
    paid = exists().where(RefundPayment.refund_id == Refund.id)
    refunds = session.scalars(select(Refund).where(~paid, ~sent_back, Refund.currency == currency).order_by(Refund.id))
    debts = [(f"payout:{row.id}", row.person, row.amount, row.due_on, row.reason) for row in payouts]
    for row in refunds:
        amount = Money(row.amount_cents, row.currency)
        debts.append((f"refund:{row.id}", row.request.person, amount, row.due_at.date(), row.reason))
    return [_due(session, *debt, form, on) for debt in debts]


def lock_debts(session: Session, keys: Iterable[str]) -> None:
    """Lock payouts and refunds in one order, so that two batches cannot take the same."""
    for table, kind in ((Payout, "payout"), (Refund, "refund")):
        ids = sorted(int(key.partition(":")[2]) for key in keys if key.startswith(f"{kind}:"))
        session.execute(select(table.id).where(table.id.in_(ids)).order_by(table.id).with_for_update())


def ordered(key: str) -> ColumnElement[bool]:
    """Which orders are of a payout or refund."""
    kind, _, number = key.partition(":")
    return (PayoutOrder.payout_id if kind == "payout" else PayoutOrder.refund_id) == int(number)


def is_open() -> ColumnElement[bool]:
    """Which orders did not come to nothing."""
    return ~exists().where(PayoutOrderEnd.order_id == PayoutOrder.id)


def _due(
    session: Session, key: str, person: Person, amount: Money, due_on: date, reason: str, form: Form, on: date
) -> Due:
    known, account = bank_account_of(session, person.id), bank_account_for(session, person.id, on)
    waits = None
    if session.scalars(select(PayoutOrder.id).where(ordered(key), is_open())).first() is not None:
        waits = ORDERED
    elif due_on > on:
        waits = NOT_DUE
    elif known is None:
        waits = NO_DETAILS
    elif account is None:
        waits = HELD
    elif _came_back(session, person, account):
        waits = RETURNED
    elif not takes(form, amount.currency, account.account.scheme):
        waits = OTHER_FORM
    return Due(key, person, amount, due_on, reason, account, waits)


def _came_back(session: Session, person: Person, account: BankAccount) -> bool:
    """Whether a payment to the very account that a person has now was returned."""
    returned = (
        select(PayoutOrder.id)
        .join(PayoutOrderReturn, PayoutOrderReturn.order_id == PayoutOrder.id)
        .where(PayoutOrder.person_id == person.id, PayoutOrder.bank_account_id == account.id)
    )
    return session.scalars(returned).first() is not None
