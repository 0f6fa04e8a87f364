"""The desk of moderators: who was elected and serves until when; entering and removing them takes two people."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.ballots.motions.discussion.moderators import Term, mandates, moderators, propose_moderator, propose_removal
from app.core import clock
from app.core.errors import N_
from app.members.access import Desk, Registrar
from app.members.persons import find_person, name_of
from app.members.roles import UnknownPerson
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/motions/moderators")
PAGE = "ballots/motions/desk/moderators.html"
PROPOSED = N_("Proposed. A second person decides.")


@router.get("")
def show(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """The moderators, by which ballot and until when, and the form that enters another."""
    return page(request, PAGE, **_facts(session, request))


@router.post("")
def enter(request: Request, session: Tx, viewer: Registrar, fields: Fields) -> Response:
    """Propose to enter an elected moderator."""
    with shown_again(request, PAGE, fields, **_facts(session, request)):
        form = Form(fields)
        known = [each.key for each in mandates(session, language_of(request))]
        mandate, email = form.choice("mandate", known), form.email("email")
        term = Term(form.day("valid_from"), form.day("valid_until"))
        reason = form.text("reason", max=500)
        form.done()
        person = find_person(session, email)
        if person is None:
            raise UnknownPerson(who=email)
        propose_moderator(session, person, mandate, term, by=viewer.person(session), reason=reason)
    return redirect(request, "/desk/motions/moderators", PROPOSED)


@router.post("/{moderator_id}/removal")
def remove(request: Request, session: Tx, viewer: Registrar, moderator_id: Id, fields: Fields) -> Response:
    """Propose to remove a moderator."""
    with shown_again(request, PAGE, fields, **_facts(session, request)):
        form = Form(fields)
        reason = form.text("reason", max=500)
        form.done()
        propose_removal(session, moderator_id, by=viewer.person(session), reason=reason)
    return redirect(request, "/desk/motions/moderators", PROPOSED)


def _facts(session: Session, request: Request) -> dict[str, Any]:
    today = clock.today()
    return {
        "moderators": [(row, name_of(session, row.person), end) for row, end in moderators(session)],
        "mandates": [
            (each.key, f"{each.elected_as} ({each.title})") for each in mandates(session, language_of(request))
        ],
        "today": today,
    }
