"""The desk's page of officers: who is in office, who was, and the two acts."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, NotFound
from app.core.language import translator
from app.members.access import Desk, Registrar
from app.members.models import Person
from app.members.offices.appointing import Office, appoint, leave_office, officers
from app.members.people.resolving import canonical_person
from app.members.persons import name_of
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/officers")
PAGE = "members/offices/index.html"


@router.get("")
def show_officers(request: Request, session: Snapshot, viewer: Desk, person: int | None = None) -> Response:
    """Who is in office, and who was; `person` is the record for which the form is begun."""
    return page(request, PAGE, **(_facts(request, session) | {"person": person}))


@router.post("")
def appoint_officer(request: Request, session: Tx, viewer: Registrar, fields: Fields) -> Response:
    """Record that somebody has entered an office."""
    with shown_again(request, PAGE, fields, **_facts(request, session)):
        form = Form(fields)
        number = form.whole("person_id", min=1, max=2**63 - 1)
        office = form.choice("office", [each.value for each in Office])
        entered_on, reason = form.day("entered_on"), form.text("reason", 500)
        person = session.get(Person, number) if not form.problems else None
        if not form.problems and person is None:
            form.refuse("person_id", NotFound())
        form.done()
        assert person is not None, "the form would have been refused"
        found = canonical_person(session, person.id)
        appoint(session, found, Office(office), entered_on=entered_on, reason=reason, by=viewer.person_id)
    return redirect(request, "/desk/officers", N_("The officer is in the register."))


@router.post("/{officer_id}/leaving")
def end_office(request: Request, session: Tx, viewer: Registrar, officer_id: Id, fields: Fields) -> Response:
    """Record that an officer has left."""
    with shown_again(request, PAGE, fields, **_facts(request, session)):
        form = Form(fields)
        left_on, reason = form.day("left_on"), form.text("reason", 500)
        form.done()
        leave_office(session, officer_id, left_on=left_on, reason=reason, by=viewer.person_id)
    return redirect(request, "/desk/officers", N_("The register says when the officer left."))


def _facts(request: Request, session: Session) -> dict[str, Any]:
    say = translator(language_of(request))
    return {
        "officers": [(row, name_of(session, row.person), gone) for row, gone in officers(session)],
        "offices": [(each.value, say(each.value)) for each in Office],
        "today": clock.today(),
        "person": None,
    }
