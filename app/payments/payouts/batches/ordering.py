"""Ordering payments: one proposes a batch of what is owed, another approves exactly that; the file can be fetched."""

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock, series
from app.core.errors import N_, NotFound, Refusal
from app.core.language import fill, translator
from app.core.money import Money
from app.members.approvals.about import About, tell_of
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words, chosen, day
from app.members.models import Person
from app.members.people.bank.accounts import Account, Scheme
from app.members.people.bank.recording import bank_account_of
from app.members.roles import Role
from app.payments.models import RefundPayment
from app.payments.payouts.batches.gathering import Due, gather, is_open, lock_debts, ordered
from app.payments.payouts.batches.models import PayoutBatch, PayoutOrder, PayoutOrderEnd
from app.payments.payouts.files.orders import FORM_TITLES, File, Form, Order, Payer, refuse_payer, write_file
from app.payments.payouts.models import PayoutPayment
from app.payments.payouts.owing import pay_out
from app.payments.refunding import pay_refund

ACT = "payout-batch"


class NothingToOrder(Refusal):
    """Nothing that is owed can be paid by such a file on that day."""

    message = N_("Nothing of what is owed can be paid by such a file on that day.")
    status = 409


class BatchChanged(Refusal):
    """Between proposal and approval something was paid, or bank details changed."""

    message = N_("What is owed, or where it is paid to, has changed since this was proposed. Propose the batch anew.")
    status = 409


class OrderedInThePast(Refusal):
    """A bank does nothing yesterday."""

    message = N_("{day} is over. Choose the day on which the bank shall pay.")
    field = "execute_on"


class AccountChanged(Refusal):
    """The file says what was approved, or nothing."""

    message = N_("The bank details of order {order} have changed since. End that order, then order it anew.")
    status = 409


class OrderSettled(Refusal):
    """The order was recorded as paid, or ended."""

    message = N_("This order was recorded as paid, or ended, before. Nothing was changed.")
    status = 409


def propose_batch(
    session: Session,
    form: Form,
    payer: Payer,
    *,
    currency: str,
    execute_on: date,
    form_key: str,
    by: Person,
    reason: str,
) -> Proposal:
    """Propose to pay everything that a file of a form can pay on a day; refused when there is nothing."""
    refuse_payer(form, currency, payer)
    if execute_on < clock.today():
        raise OrderedInThePast(day=execute_on)
    payload = {
        "form": form.value,
        "currency": currency,
        "payer": asdict(payer),
        "execute_on": execute_on.isoformat(),
        "orders": [_said(due) for due in gather(session, form, currency, execute_on) if due.waits is None],
        "reason": reason.strip(),
        "proposed_by": by.id,
    }
    if not payload["orders"]:
        raise NothingToOrder
    trial = session.begin_nested()
    row = _make(session, payload, by.id)
    write_file(form, _file(session, row))
    trial.rollback()
    return propose(session, ACT, subject=f"payout-batch:{form_key}", payload=payload, by=by, reason=reason)


def batch_file(session: Session, batch_id: int, *, by: int) -> tuple[PayoutBatch, bytes]:
    """A batch with the bytes of its file, the same each time; noted, since it tells account numbers in full."""
    row = batch_numbered(session, batch_id)
    content = write_file(Form(row.form), _file(session, row))
    audit.record(session, audit.Tag.PAYOUT_FILE_READ, f"payout_batch:{row.id}", by=by)
    return row, content


def batch_numbered(session: Session, batch_id: int) -> PayoutBatch:
    """The batch of an id; else `NotFound`."""
    found = session.get(PayoutBatch, batch_id)
    if found is None:
        raise NotFound
    return found


def orders_of(
    session: Session, row: PayoutBatch, *, only: PayoutOrder | None = None
) -> list[tuple[PayoutOrder, PayoutOrderEnd | None, date | None]]:
    """The orders of a batch, or one of them, each with its end, and the day on which it was recorded as paid."""
    wanted = PayoutOrder.batch_id == row.id if only is None else PayoutOrder.id == only.id
    rows = session.execute(
        select(PayoutOrder, PayoutOrderEnd, func.coalesce(PayoutPayment.paid_on, RefundPayment.paid_on))
        .select_from(PayoutOrder)
        .outerjoin(PayoutOrderEnd, PayoutOrderEnd.order_id == PayoutOrder.id)
        .outerjoin(PayoutPayment, PayoutPayment.payout_id == PayoutOrder.payout_id)
        .outerjoin(RefundPayment, RefundPayment.refund_id == PayoutOrder.refund_id)
        .where(wanted)
        .order_by(PayoutOrder.id)
    )
    return [(order, end, paid) for order, end, paid in rows]


def record_batch_paid(session: Session, batch_id: int, *, paid_on: date, bank_reference: str, by: int) -> int:
    """Record that the bank has done a batch: every order that is open, under one line of the statement; how many."""
    row = batch_numbered(session, batch_id)
    done = 0
    for order, end, paid in orders_of(session, row):
        if end is not None or paid is not None:
            continue
        line = f"{bank_reference} {order.end_to_end_id}"
        if order.payout_id is not None:
            pay_out(session, order.payout_id, paid_on=paid_on, bank_reference=line, by=by)
        elif order.refund_id is not None:
            pay_refund(session, order.refund_id, paid_on=paid_on, bank_reference=line, by=by)
        done += 1
    if not done:
        raise OrderSettled
    return done


def end_order(session: Session, order_id: int, *, reason: str, by: int, batch_id: int | None = None) -> PayoutOrderEnd:
    """Note that the bank did not do an order, so that it may be ordered anew under another end-to-end id.

    Raises `NotFound` for an order that is not there, or not of the batch that was said; `OrderSettled`.
    """
    order = session.scalars(
        select(PayoutOrder).where(PayoutOrder.id == order_id).with_for_update(key_share=True)
    ).first()
    if order is None or batch_id not in (None, order.batch_id):
        raise NotFound
    lock_debts(session, [_key(order)])
    [(_, end, paid)] = [each for each in orders_of(session, order.batch) if each[0].id == order.id]
    if end is not None or paid is not None:
        raise OrderSettled
    row = PayoutOrderEnd(order_id=order.id, reason=reason, ended_at=clock.now(), ended_by=by)
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.PAYOUT_ORDER_ENDED, f"payout_order:{order.id}", by=by, reason=reason)
    return row


def _perform(session: Session, payload: dict[str, Any], by: int) -> None:
    _make(session, payload, by)


def _make(session: Session, payload: dict[str, Any], by: int) -> PayoutBatch:
    """Write the batch that was proposed; refused when anything of it is not as it was."""
    form, currency = Form(payload["form"]), payload["currency"]
    on = max(date.fromisoformat(payload["execute_on"]), clock.today())
    lock_debts(session, [each["key"] for each in payload["orders"]])
    now = {due.key: due for due in gather(session, form, currency, on) if due.waits is None}
    wanted = [now.get(each["key"]) for each in payload["orders"]]
    found = [due for due in wanted if due is not None]
    if [_said(due) for due in found] != payload["orders"]:
        raise BatchChanged
    row = PayoutBatch(
        number=series.draw(session, "payout-batch"),
        form=form.value,
        currency=currency,
        payer=payload["payer"],
        execute_on=on,
        reason=payload["reason"],
        made_at=clock.now().replace(microsecond=0),
        proposed_by=payload["proposed_by"],
        approved_by=by,
    )
    session.add(row)
    session.flush()
    first = series.draw(session, "payout-order", len(found))
    session.add_all(_order(session, row, due, first + place) for place, due in enumerate(found))
    session.flush()
    total = sum(due.amount.minor for due in found)
    audit.record(session, audit.Tag.PAYOUTS_ORDERED, f"payout_batch:{row.id}", by=by, amount_cents=total)
    return row


def _said(due: Due) -> dict[str, Any]:
    assert due.account is not None, "what can be paid has an account"
    return {"key": due.key, "amount_cents": due.amount.minor, "bank_account": due.account.id}


def _order(session: Session, row: PayoutBatch, due: Due, number: int) -> PayoutOrder:
    assert due.account is not None, "what can be paid has an account"
    kind, _, debt = due.key.partition(":")
    before = session.scalar(select(func.count()).select_from(PayoutOrder).where(ordered(due.key))) or 0
    return PayoutOrder(
        batch_id=row.id,
        end_to_end_id=f"PO{number:010d}",
        payout_id=int(debt) if kind == "payout" else None,
        refund_id=int(debt) if kind == "refund" else None,
        attempt=before + 1,
        person_id=due.person.id,
        amount_cents=due.amount.minor,
        bank_account_id=due.account.id,
    )


def last_payer(session: Session) -> Payer | None:
    """The account that paid the last batch; None before the first."""
    last = session.scalars(select(PayoutBatch).order_by(PayoutBatch.id.desc()).limit(1)).first()
    return _payer(last) if last is not None else None


def _payer(row: PayoutBatch) -> Payer:
    account = row.payer["account"] | {"scheme": Scheme(row.payer["account"]["scheme"])}
    return Payer(Account(**account), row.payer["company_id"], row.payer["bank_name"])


def _file(session: Session, row: PayoutBatch) -> File:
    orders = session.scalars(
        select(PayoutOrder).where(PayoutOrder.batch_id == row.id, is_open()).order_by(PayoutOrder.id)
    )
    return File(
        message_id=f"COSTAKE-{row.number:06d}",
        made_at=row.made_at,
        execute_on=row.execute_on,
        payer=_payer(row),
        orders=[_line(session, row, order) for order in orders],
    )


def _line(session: Session, row: PayoutBatch, order: PayoutOrder) -> Order:
    known = bank_account_of(session, order.person_id)
    if known is None or known.id != order.bank_account_id:
        raise AccountChanged(order=order.end_to_end_id)
    amount = Money(order.amount_cents, row.currency)
    return Order(order.end_to_end_id, known.account, amount, f"{payer_name(row)} {order.end_to_end_id}")


def payer_name(row: PayoutBatch) -> str:
    """Whose account pays a batch."""
    return str(row.payer["account"]["holder_name"])


def _key(order: PayoutOrder) -> str:
    return f"payout:{order.payout_id}" if order.payout_id is not None else f"refund:{order.refund_id}"


tell_of(
    "payout-batch",
    lambda _session, _name, lang: About(translator(lang)(N_("Batches of payments")), "/desk/payouts/batches"),
)


def _payer_words(told: Told) -> Words:
    account = told.value["account"]
    return f"{account['holder_name']}, …{account['number'][-4:]}"


def _orders(told: Told) -> Words:
    amount = Money(sum(each["amount_cents"] for each in told.value), told.payload["currency"])
    return fill(N_("{count}, in all {amount}"), {"count": len(told.value), "amount": amount}, told.lang)


_VALUES = (
    Value("form", N_("Form of the file"), chosen(FORM_TITLES)),
    Value("payer", N_("Account that pays"), _payer_words),
    Value("execute_on", N_("Paid on"), day),
    Value("orders", N_("Payments"), _orders),
)
register(
    TwoPersonAct(
        ACT,
        N_("Order a batch of payments"),
        (Role.TREASURER, Role.ORGANIZER),
        _perform,
        values=_VALUES,
        unsaid=("currency",),
    )
)
