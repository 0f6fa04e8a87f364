"""The treasurer's desk: receipts recorded from the bank statement, refunds due and paid."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.core import clock
from app.core.errors import N_
from app.core.money import UnknownCurrency, currency_code
from app.core.settings import settings
from app.members.access import Desk, Treasurer
from app.members.signin.access import Fresh
from app.payments.cards.returning.asking import possible_parts, send_back
from app.payments.models import PaymentRequest, Receipt
from app.payments.receiving import BankLine, record_receipt
from app.payments.refunding import count_unpaid, pay_refund, unpaid_refunds
from app.payments.reversing import reversals_of
from app.payments.settled import is_disputed, settlement_of
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect
from app.web.typed import Form

router = APIRouter(prefix="/desk")
SHOWN = 50


@router.get("/receipts")
def show_receipts(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """The form for a receipt, and the latest ones."""
    return page(request, "payments/receipts.html", **_receipts(session))


@router.post("/receipts")
def record(request: Request, session: Tx, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Record a receipt from the bank statement."""
    with shown_again(request, "payments/receipts.html", fields, **_receipts(session)):
        record_receipt(session, _bank_line(fields), by=viewer.person_id)
    return redirect(request, "/desk/receipts", N_("The receipt is recorded."))


@router.get("/refunds")
def show_refunds(request: Request, session: Snapshot, viewer: Desk, number: int = 1) -> Response:
    """What must go back, and to whom."""
    return page(request, "payments/refunds.html", **_refunds(session, number))


@router.post("/refunds/{refund_id}/payment")
def pay(request: Request, session: Tx, refund_id: Id, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Record that a refund was paid."""
    with shown_again(request, "payments/refunds.html", fields, **_refunds(session)):
        form = Form(fields)
        paid_on, bank_reference = form.day("paid_on"), form.text("bank_reference", max=140)
        form.done()
        pay_refund(session, refund_id, paid_on=paid_on, bank_reference=bank_reference, by=viewer.person_id)
    return redirect(request, "/desk/refunds", N_("The refund is recorded as paid."))


@router.post("/refunds/{refund_id}/card")
def to_card(request: Request, session: Tx, refund_id: Id, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Send a refund back to the card or account that paid; above the limit, propose it to a second person."""
    with shown_again(request, "payments/refunds.html", fields, **_refunds(session)):
        form = Form(fields)
        reason = form.text("reason", max=500)
        form.done()
        proposal = send_back(session, refund_id, by=viewer.person(session), reason=reason)
    said = N_("The refund is being sent back.") if proposal is None else N_("Proposed. A second person decides it.")
    return redirect(request, "/desk/refunds", said)


def _refunds(session: Session, number: int = 1) -> dict[str, Any]:
    """A page of refunds that have not gone back in full, with what of each can go back to cards."""
    due = count_unpaid(session)
    pages = max(1, -(-due // SHOWN))
    number = min(max(number, 1), pages)
    rows = [
        (settlement_of(session, refund), possible_parts(session, refund), is_disputed(session, refund))
        for refund in unpaid_refunds(session, most=SHOWN, skip=(number - 1) * SHOWN)
    ]
    limits = settings().refund_alone_cents_max
    paged = {"due_count": due, "page_number": number, "page_count": pages}
    return {"refunds": rows, "today": clock.today(), "alone_cents_max": limits, **paged}


def _receipts(session: Session) -> dict[str, Any]:
    whose = joinedload(Receipt.request).joinedload(PaymentRequest.person)
    latest = session.scalars(select(Receipt).options(whose).order_by(Receipt.id.desc()).limit(SHOWN)).all()
    return {"receipts": latest, "reversals": reversals_of(session, latest), "today": clock.today()}


def _bank_line(fields: Fields) -> BankLine:
    form = Form(fields)
    try:
        currency = currency_code(form.text("currency", max=3) or "USD")
    except UnknownCurrency as refusal:
        form.refuse("currency", refusal)
        currency = "USD"
    line = BankLine(
        reference=form.text("reference", max=60),
        amount=form.money("amount", currency),
        received_on=form.day("received_on"),
        payer_name=form.text("payer_name", max=140),
        bank_reference=form.text("bank_reference", max=140),
    )
    form.done()
    return line
