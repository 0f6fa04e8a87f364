"""A member's own requests: passing shares on, asking for their money back, agreeing to become a holder."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, NotFound
from app.members.access import SignedInViewer, Someone
from app.members.entering import current_membership
from app.members.models import Membership
from app.members.people.resolving import same_person
from app.members.persons import known_person
from app.shares.acts.judging import class_coded
from app.shares.acts.models import Withdrawal
from app.shares.acts.queueing import ask_withdrawal, end_withdrawal
from app.shares.acts.requesting import agree, ask_transfer, end_request_of
from app.shares.acts.transferring import PriceMissing
from app.shares.desk.showing import statement_facts
from app.shares.mine.asking import currency_held
from app.shares.mine.showing import WAYS, own_facts
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/me/shares")
PAGE = "shares/mine/index.html"
STATEMENT = "shares/statement.html"


@router.get("")
def show(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """What the viewer can do with their shares, and what they asked for."""
    return page(request, PAGE, **_facts(session, viewer))


@router.get("/statement")
def show_statement(request: Request, session: Snapshot, viewer: Someone, on: str = "") -> Response:
    """The viewer's own account as of a day."""
    return page(request, STATEMENT, **statement_facts(session, viewer.person(session), on, "/me/shares/statement"))


@router.post("/transfers")
def ask_to_transfer(request: Request, session: Tx, viewer: Someone, fields: Fields) -> Response:
    """Ask to pass shares on to somebody."""
    with shown_again(request, PAGE, fields, **_facts(session, viewer)):
        member, form = _member(session, viewer), Form(fields)
        way = form.choice("way", WAYS)
        code, shares, email = form.text("class_code", 8), form.whole("shares", min=1), form.email("email")
        currency = "USD"
        if not form.problems:
            currency = currency_held(session, member, class_coded(session, code)) or currency
        price = form.money("price", currency) if way == "sale" else None
        if price is not None and not price.minor and "price" not in form.problems:
            form.refuse("price", PriceMissing())
        key = form.key()
        form.done()
        recipient = known_person(session, email.lower(), language_of(request))
        found = class_coded(session, code)
        ask_transfer(session, member, found, shares, recipient, price, form_key=key, by=viewer.person_id)
    return redirect(request, "/me/shares", N_("Asked for. The recipient agrees on their own page."))


@router.post("/transfers/{request_id}/consent")
def consent(request: Request, session: Tx, viewer: Someone, request_id: Id, fields: Fields) -> Response:
    """Agree to become the holder of shares."""
    with shown_again(request, PAGE, fields, **_facts(session, viewer)):
        agree(session, request_id, by=viewer.person(session))
    return redirect(request, "/me/shares", N_("You agreed. The desk carries the transfer out."))


@router.post("/transfers/{request_id}/end")
def end_transfer(request: Request, session: Tx, viewer: Someone, request_id: Id, fields: Fields) -> Response:
    """Take one's own request for a transfer back, or decline one."""
    with shown_again(request, PAGE, fields, **_facts(session, viewer)):
        end_request_of(session, request_id, by=viewer.person(session), reason=N_("ended on the own page"))
    return redirect(request, "/me/shares", N_("The request has ended."))


@router.post("/withdrawals")
def ask_to_withdraw(request: Request, session: Tx, viewer: Someone, fields: Fields) -> Response:
    """Ask for the money of shares back."""
    with shown_again(request, PAGE, fields, **_facts(session, viewer)):
        member, form = _member(session, viewer), Form(fields)
        code, shares = form.text("class_code", 8), form.whole("shares", min=1)
        reason = form.text("reason", 500, required=False)
        key = form.key()
        form.done()
        ask_withdrawal(
            session,
            member,
            class_coded(session, code),
            shares,
            on=clock.today(),
            form_key=key,
            reason=reason,
            by=viewer.person_id,
        )
    return redirect(request, "/me/shares", N_("Your withdrawal is in the queue."))


@router.post("/withdrawals/{withdrawal_id}/end")
def end_withdrawing(request: Request, session: Tx, viewer: Someone, withdrawal_id: Id, fields: Fields) -> Response:
    """Take one's own withdrawal out of the queue."""
    row = session.get(Withdrawal, withdrawal_id)
    if row is None or row.membership.person_id not in set(session.scalars(same_person(viewer.person_id))):
        raise NotFound
    with shown_again(request, PAGE, fields, **_facts(session, viewer)):
        end_withdrawal(session, row, by=viewer.person_id, reason=N_("taken back"))
    return redirect(request, "/me/shares", N_("The withdrawal is out of the queue."))


def _member(session: Session, viewer: SignedInViewer) -> Membership:
    member = current_membership(session, viewer.person_id)
    if member is None:
        raise NotFound
    return member


def _facts(session: Session, viewer: SignedInViewer) -> dict[str, Any]:
    return own_facts(session, viewer.person(session))
