"""The treasurer's page of payouts: what is owed, and what was paid."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.members.access import Desk, Treasurer
from app.members.people.naming import names_of
from app.members.signin.access import Fresh
from app.payments.payouts.models import Payout
from app.payments.payouts.owing import pay_out, unpaid_payouts
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect
from app.web.typed import Form

router = APIRouter(prefix="/desk/payouts")


@router.get("")
def show(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """What is owed out of redemptions, interest and the like, and to whom."""
    return page(request, "payments/payouts.html", payouts=_owed(session), today=clock.today())


@router.post("/{payout_id}/payment")
def pay(request: Request, session: Tx, payout_id: Id, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Record that a payout was paid."""
    with shown_again(request, "payments/payouts.html", fields, payouts=_owed(session), today=clock.today()):
        form = Form(fields)
        paid_on, bank_reference = form.day("paid_on"), form.text("bank_reference", max=140)
        form.done()
        pay_out(session, payout_id, paid_on=paid_on, bank_reference=bank_reference, by=viewer.person_id)
    return redirect(request, "/desk/payouts", N_("The payout is recorded as paid."))


def _owed(session: Session) -> list[tuple[Payout, str]]:
    rows = unpaid_payouts(session)
    names = names_of(session, (row.person_id for row in rows))
    return [(row, names[row.person_id]) for row in rows]
