"""One record at the desk: everything dated, and every act upon it."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.members.access import Desk, Registrar
from app.members.models import Person
from app.members.people.applying import apply
from app.members.people.bequeathing import NoEstate, estate_of, record_death, record_heir
from app.members.people.contacting import ContactKind, record_contact
from app.members.people.finding import known, one
from app.members.people.identifying import propose_identity
from app.members.people.leaving import propose_expulsion, resign
from app.members.people.merging import propose_merge
from app.members.people.reading import (
    read_contacts,
    read_death,
    read_document,
    read_hearing,
    read_particulars,
    read_private,
    read_representative,
)
from app.members.people.record.showing import record_facts
from app.members.people.representing import appoint, refuse_own_appointment
from app.members.people.sealing import record_private
from app.members.persons import particulars_on, record_particulars
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, FormFields, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/people/{person_id}")
PAGE = "members/people/desk/record.html"
PROPOSED = N_("Proposed. Another person decides.")

Act = Callable[[Session, Person, Person, Form], Any]


@router.get("")
def show(request: Request, session: Snapshot, viewer: Desk, person_id: Id) -> Response:
    """Everything on record of one person."""
    return page(request, PAGE, **_facts(request, session, viewer, person_id))


@router.post("/particulars")
def change_particulars(request: Request, session: Tx, viewer: Registrar, person_id: Id, fields: Fields) -> Response:
    """Record name, address and kind from a day on."""

    def act(session: Session, person: Person, by: Person, form: Form) -> None:
        new = read_particulars(form)
        record_particulars(
            session,
            person,
            new.legal_name,
            new.address,
            valid_from=new.valid_from,
            by=by.id,
            kind=new.kind,
            registration_number=new.registration_number,
            reason=new.reason,
        )

    return _done(request, session, viewer, person_id, fields, act)


@router.post("/contacts")
def change_contacts(request: Request, session: Tx, viewer: Registrar, person_id: Id, fields: Fields) -> Response:
    """Record e-mail address, telephone and purposes from a day on."""

    def act(session: Session, person: Person, by: Person, form: Form) -> None:
        present = particulars_on(session, person.id, clock.today())
        new = read_contacts(form, present.country if present else "")
        for kind, value in ((ContactKind.EMAIL, new.email), (ContactKind.PHONE, new.phone)):
            record_contact(session, person, kind, value, new.purposes, valid_from=new.valid_from, by=by.id)

    return _done(request, session, viewer, person_id, fields, act)


@router.post("/private")
def change_private(request: Request, session: Tx, viewer: Registrar, person_id: Id, fields: Fields) -> Response:
    """Record birth date and tax number."""

    def act(session: Session, person: Person, by: Person, form: Form) -> None:
        record_private(session, person, read_private(form), by=by.id)

    return _done(request, session, viewer, person_id, fields, act)


@router.post("/representatives")
def add_representative(request: Request, session: Tx, viewer: Registrar, person_id: Id, fields: Fields) -> Response:
    """Record who acts for this holder."""

    def act(session: Session, holder: Person, by: Person, form: Form) -> None:
        new = read_representative(form)
        person = known(session, new.email)
        refuse_own_appointment(session, person, by.id)
        appoint(
            session,
            person,
            holder,
            new.capacity,
            basis=new.basis,
            valid_from=new.valid_from,
            valid_until=new.valid_until,
            by=by.id,
        )

    return _done(request, session, viewer, person_id, fields, act)


@router.post("/application")
def apply_for(request: Request, session: Tx, viewer: Registrar, person_id: Id, fields: Fields) -> Response:
    """Note an application that came on paper."""

    def act(session: Session, person: Person, by: Person, form: Form) -> None:
        statement = form.text("statement", 2_000, required=False, lines=True)
        form.done()
        apply(session, person, statement, by=by.id)

    return _done(request, session, viewer, person_id, fields, act)


@router.post("/identity")
def check_identity(request: Request, session: Tx, viewer: Registrar, person_id: Id, fields: Fields) -> Response:
    """Say that one has seen a document; another person confirms it."""

    def act(session: Session, person: Person, by: Person, form: Form) -> None:
        seen = read_document(form)
        propose_identity(
            session,
            person,
            seen.document,
            seen.issued_by,
            seen_on=seen.seen_on,
            expires_on=seen.expires_on,
            by=by,
            reason=seen.reason,
        )

    return _done(request, session, viewer, person_id, fields, act, PROPOSED)


@router.post("/resignation")
def note_resignation(request: Request, session: Tx, viewer: Registrar, person_id: Id, fields: Fields) -> Response:
    """Note a resignation that came on paper."""

    def act(session: Session, person: Person, by: Person, form: Form) -> None:
        ceases_on, reason = form.day("ceases_on"), form.text("reason", 500)
        form.done()
        resign(session, person, ceases_on, by=by.id, reason=reason)

    return _done(request, session, viewer, person_id, fields, act)


@router.post("/expulsion")
def expel(request: Request, session: Tx, viewer: Registrar, person_id: Id, fields: Fields) -> Response:
    """Propose to expel a member after the hearing."""

    def act(session: Session, person: Person, by: Person, form: Form) -> None:
        propose_expulsion(session, person, read_hearing(form), by=by)

    return _done(request, session, viewer, person_id, fields, act, PROPOSED)


@router.post("/death")
def note_death(request: Request, session: Tx, viewer: Registrar, person_id: Id, fields: Fields) -> Response:
    """Record a death: the estate is the holder."""

    def act(session: Session, person: Person, by: Person, form: Form) -> None:
        record_death(session, person, read_death(form), by=by)

    return _done(request, session, viewer, person_id, fields, act)


@router.post("/heirs")
def add_heir(request: Request, session: Tx, viewer: Registrar, person_id: Id, fields: Fields) -> Response:
    """Record an heir."""

    def act(session: Session, person: Person, by: Person, form: Form) -> None:
        name, portion, basis = form.text("legal_name"), form.text("portion", 40), form.text("basis", 500)
        email = form.email("email").lower() if form.peek("email").strip() else ""
        form.done()
        estate = estate_of(session, person.id)
        if estate is None:
            raise NoEstate
        record_heir(session, estate, name, portion, basis, heir=known(session, email) if email else None, by=by)

    return _done(request, session, viewer, person_id, fields, act)


@router.post("/merge")
def merge(request: Request, session: Tx, viewer: Registrar, person_id: Id, fields: Fields) -> Response:
    """Propose that another record is this same person, and becomes part of this one."""

    def act(session: Session, person: Person, by: Person, form: Form) -> None:
        absorbed, reason = form.whole("absorbed_id", min=1), form.text("reason", 500)
        form.done()
        propose_merge(session, person.id, absorbed, by=by, reason=reason)

    return _done(request, session, viewer, person_id, fields, act, PROPOSED)


def _done(
    request: Request,
    session: Session,
    viewer: Registrar,
    person_id: int,
    fields: FormFields,
    act: Act,
    notice: str = N_("Recorded."),
) -> Response:
    """Do an act upon one record; refused, the page is shown again with what was typed."""
    person = one(session, person_id)
    with shown_again(request, PAGE, fields, **_facts(request, session, viewer, person_id)):
        act(session, person, viewer.person(session), Form(fields))
    return redirect(request, f"/desk/people/{person_id}", notice)


def _facts(request: Request, session: Session, viewer: Desk, person_id: int) -> dict[str, Any]:
    may_write = bool(viewer.roles & {"organizer", "secretary"})
    return record_facts(session, one(session, person_id), language_of(request), may_write=may_write)
