"""Extracts over HTTP: a member asks for their own; the desk gives one to whom the law lets have it."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.exports.extracts import filing
from app.exports.extracts.facts import begins
from app.exports.extracts.filing import file_extract, usual_profile
from app.exports.extracts.finding import member_numbered, own_membership
from app.exports.registers.profiles import profiles
from app.members.access import SignedInViewer, Someone, holding
from app.members.models import Membership
from app.members.persons import name_of
from app.members.roles import Role
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.pages import page, redirect

router = APIRouter()
OWN, DESK = "exports/extracts/own.html", "exports/extracts/desk.html"
Keeper = Annotated[SignedInViewer, Depends(holding(Role.ORGANIZER, Role.SECRETARY))]


@router.get("/me/shares/extract")
def show_own(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The form by which the viewer gets an extract of their own entry in the register."""
    return page(request, OWN, **_days(own_membership(session, viewer.person_id)))


@router.post("/me/shares/extract")
def ask_own(request: Request, session: Tx, viewer: Someone, fields: Fields) -> Response:
    """File an extract of the viewer's own entry in the register."""
    member = own_membership(session, viewer.person_id)
    with shown_again(request, OWN, fields, **_days(member)):
        form = Form(fields)
        since, as_of = form.day("since"), form.day("as_of")
        purpose, key = form.text("purpose", 200, required=False), form.key()
        form.done()
        asked = filing.Request(since, as_of, purpose, usual_profile())
        document = file_extract(session, member, asked, by=viewer.person(session), form_key=f"{member.number}:{key}")
    return redirect(request, "/documents", N_("Filed as document no. {number}."), number=document.number)


@router.get("/desk/shares/members/{number}/extract")
def show_desk(request: Request, session: Snapshot, viewer: Keeper, number: Id) -> Response:
    """The form by which the desk gives an extract of one holder's entry in the register."""
    return page(request, DESK, **_facts(session, member_numbered(session, number)))


@router.post("/desk/shares/members/{number}/extract")
def give(request: Request, session: Tx, viewer: Keeper, number: Id, fields: Fields) -> Response:
    """File an extract of one holder's entry, for whom it was asked for and why."""
    member = member_numbered(session, number)
    with shown_again(request, DESK, fields, **_facts(session, member)):
        form = Form(fields)
        asked = filing.Request(
            form.day("since"),
            form.day("as_of"),
            form.text("purpose", 300),
            form.choice("profile", list(profiles())),
            form.text("name", 200),
            form.text("requested_address", 520, required=False, lines=True).replace("\n", ", "),
            form.text("interest", 500, required=False),
            form.text("place", 100),
        )
        key = form.key()
        form.done()
        officer = Role.SECRETARY if Role.SECRETARY in viewer.roles else Role.ORGANIZER
        document = file_extract(
            session, member, asked, by=viewer.person(session), form_key=f"{number}:{key}", officer=officer.value
        )
    path = (
        f"/desk/documents/{document.number}"
        if Role.SECRETARY in viewer.roles
        else f"/desk/shares/members/{number}/statement"
    )
    return redirect(request, path, N_("Filed as document no. {number}."), number=document.number)


def _days(member: Membership) -> dict[str, Any]:
    today: date = clock.today()
    return {"member": member, "since": begins(member, today), "today": today}


def _facts(session: Session, member: Membership) -> dict[str, Any]:
    options = [(one.name, one.title) for one in profiles().values()]
    return _days(member) | {"holder": name_of(session, member.person), "profiles": options, "usual": usual_profile()}
