"""The desk of batches: what is owed and can be ordered, the files, and what became of each order."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.money import UnknownCurrency, currency_code
from app.members.access import Desk, SignedInViewer, Treasurer, holding
from app.members.people.bank.accounts import SCHEME_TITLES, Scheme, checked
from app.members.people.naming import names_of
from app.members.roles import Role
from app.members.signin.access import Fresh
from app.payments.payouts.batches.gathering import gather
from app.payments.payouts.batches.models import PayoutBatch
from app.payments.payouts.batches.ordering import (
    batch_file,
    batch_numbered,
    end_order,
    orders_of,
    propose_batch,
    record_batch_paid,
)
from app.payments.payouts.batches.returning import returns_of
from app.payments.payouts.files.nacha import RETURN_REASONS
from app.payments.payouts.files.orders import ENDINGS, FORM_TITLES, Payer
from app.payments.payouts.files.orders import Form as FileForm
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/payouts/batches")
INDEX, ONE = "payments/batches/index.html", "payments/batches/batch.html"
HERE = "/desk/payouts/batches"
DAY_FORMS = {"EUR": FileForm.SEPA, "USD": FileForm.NACHA}
Orderer = Annotated[SignedInViewer, Depends(holding(Role.TREASURER, Role.ORGANIZER))]


@router.get("")
def show_batches(request: Request, session: Snapshot, viewer: Desk, currency: str = "EUR") -> Response:
    """What is owed in a currency, what of it can be ordered today and why the rest waits; and the batches."""
    return page(request, INDEX, **_facts(session, currency))


@router.post("")
def propose(request: Request, session: Tx, viewer: Orderer, fresh: Fresh, fields: Fields) -> Response:
    """Propose to order everything that a file can pay on a day."""
    with shown_again(request, INDEX, fields, **_facts(session, fields.get("currency", ""))):
        form = Form(fields)
        key, currency = form.key(), form.choice("currency", [fields.get("currency", "")] if _known(fields) else [])
        kind = form.choice("form", [each.value for each in FileForm])
        execute_on, reason = form.day("execute_on"), form.text("reason", 500)
        payer = _payer(form)
        form.done()
        propose_batch(
            session,
            FileForm(kind),
            payer,
            currency=currency,
            execute_on=execute_on,
            form_key=key,
            by=viewer.person(session),
            reason=reason,
        )
    return redirect(request, HERE, N_("Proposed. Another person decides."))


@router.get("/{batch_id}")
def show_batch(request: Request, session: Snapshot, viewer: Desk, batch_id: Id) -> Response:
    """A batch: its orders, and what became of each."""
    return page(request, ONE, **_batch(session, batch_id))


@router.post("/{batch_id}/file")
def download(request: Request, session: Tx, viewer: Treasurer, fresh: Fresh, batch_id: Id, fields: Fields) -> Response:
    """The file of a batch for the bank, with account numbers in full; each reading is noted."""
    with shown_again(request, ONE, fields, **_batch(session, batch_id)):
        row, content = batch_file(session, batch_id, by=viewer.person_id)
    ending, media_type = ENDINGS[FileForm(row.form)]
    headers = {
        "Content-Disposition": f'attachment; filename="batch-{row.number}.{ending}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


@router.post("/{batch_id}/payment")
def record_paid(
    request: Request, session: Tx, viewer: Treasurer, fresh: Fresh, batch_id: Id, fields: Fields
) -> Response:
    """Record that the bank has done the batch."""
    with shown_again(request, ONE, fields, **_batch(session, batch_id)):
        form = Form(fields)
        paid_on, line = form.day("paid_on"), form.text("bank_reference", max=120)
        form.done()
        record_batch_paid(session, batch_id, paid_on=paid_on, bank_reference=line, by=viewer.person_id)
    return redirect(request, f"{HERE}/{batch_id}", N_("The batch is recorded as paid."))


@router.post("/{batch_id}/orders/{order_id}/end")
def end(
    request: Request, session: Tx, viewer: Treasurer, fresh: Fresh, batch_id: Id, order_id: Id, fields: Fields
) -> Response:
    """Note that the bank did not do an order, so that it can be ordered anew."""
    with shown_again(request, ONE, fields, **_batch(session, batch_id)):
        form = Form(fields)
        reason = form.text("reason", 300)
        form.done()
        end_order(session, order_id, batch_id=batch_id, reason=reason, by=viewer.person_id)
    return redirect(request, f"{HERE}/{batch_id}", N_("The order is ended. It can be ordered anew."))


def _known(fields: dict[str, str]) -> bool:
    try:
        return currency_code(fields.get("currency", "")) == fields.get("currency")
    except UnknownCurrency:
        return False


def _payer(form: Form) -> Payer:
    scheme, name = form.choice("payer_scheme", list(Scheme)), form.text("payer_name", 140)
    number, code = form.text("payer_number", 60), form.text("payer_code", 20, required=False)
    bic, bank = form.text("payer_bic", 20, required=False), form.text("bank_name", 60, required=False)
    company = form.text("company_id", 10, required=False)
    form.done()
    try:
        return Payer(checked(Scheme(scheme), name, number, code, bic), company, bank)
    except Refusal as refusal:
        fields = {"number": "payer_number", "bank_code": "payer_code", "bic": "payer_bic"}
        form.refuse(fields.get(refusal.field or "", "payer_number"), refusal)
        form.done()
        raise


def _facts(session: Session, currency: str) -> dict[str, Any]:
    known = currency if _known({"currency": currency}) else "EUR"
    form = DAY_FORMS.get(known, FileForm.CSV)
    owed = gather(session, form, known, clock.today())
    names = names_of(session, (due.person.id for due in owed))
    dues = [(due, names[due.person.id]) for due in owed]
    last = session.scalars(select(PayoutBatch).order_by(PayoutBatch.id.desc())).first()
    none = dict.fromkeys(("scheme", "holder_name", "number", "bank_code", "bic"), "")
    payer = last.payer if last else {"account": none, "company_id": "", "bank_name": ""}
    return {
        "dues": dues,
        "ready": [due for due, _ in dues if due.waits is None],
        "currency": known,
        "form_wanted": form,
        "forms": FORM_TITLES,
        "schemes": SCHEME_TITLES,
        "payer": payer,
        "batches": session.scalars(select(PayoutBatch).order_by(PayoutBatch.id.desc()).limit(50)).all(),
        "today": clock.today(),
    }


def _batch(session: Session, batch_id: int) -> dict[str, Any]:
    row = batch_numbered(session, batch_id)
    found = orders_of(session, row)
    names, returned = (
        names_of(session, (each.person_id for each, *_ in found)),
        returns_of(session, (each for each, *_ in found)),
    )
    orders = [(order, end, paid, names[order.person_id]) for order, end, paid in found]
    return {
        "row": row,
        "orders": orders,
        "returns": {order_id: (each, RETURN_REASONS.get(each.code, "")) for order_id, each in returned.items()},
        "open": [order for order, end, paid, _ in orders if end is None and paid is None],
        "forms": FORM_TITLES,
        "today": clock.today(),
    }
