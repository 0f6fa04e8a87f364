"""One's own page: name and address, contacts, membership; the same for whomever one acts for."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, NotFound
from app.core.language import translator
from app.members.access import Someone
from app.members.entering import memberships_of
from app.members.models import Person
from app.members.people.applying import apply, waiting_application
from app.members.people.contacting import ContactKind, contact_on, record_contact
from app.members.people.identifying import identity_checked, online_path
from app.members.people.kinds import CAPACITY_TITLES, KIND_TITLES, PURPOSE_TITLES
from app.members.people.leaving import resign
from app.members.people.reading import read_contacts, read_own_particulars
from app.members.people.representing import holder_kind_on, may_act_for, representatives_of, represented_by
from app.members.people.resolving import canonical_person
from app.members.people.telling import ENDED
from app.members.persons import address_of, called, name_of, particulars_on, record_particulars, versions_of
from app.web.countries import country_names
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/me")
PAGE = "members/people/me.html"


@router.get("")
def show_me(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The viewer's own page."""
    return page(request, PAGE, **_facts(request, session, viewer, viewer.person_id))


@router.get("/holders/{holder_id}")
def show_holder(request: Request, session: Snapshot, viewer: Someone, holder_id: Id) -> Response:
    """The page of a holder for whom the viewer acts: a company, a minor, an estate; also the viewer's own."""
    return page(request, PAGE, **_facts(request, session, viewer, holder_id))


@router.post("/holders/{holder_id}/particulars")
def change_particulars(request: Request, session: Tx, viewer: Someone, holder_id: Id, fields: Fields) -> Response:
    """Record a new name or address from a day on."""
    facts = _facts(request, session, viewer, holder_id)
    with shown_again(request, PAGE, fields, **facts):
        new = read_own_particulars(Form(fields))
        record_particulars(
            session, facts["holder"], new.legal_name, new.address, valid_from=new.valid_from, by=viewer.person_id
        )
    return redirect(request, _home(viewer, holder_id), N_("Your name and address are recorded."))


@router.post("/holders/{holder_id}/contacts")
def change_contacts(request: Request, session: Tx, viewer: Someone, holder_id: Id, fields: Fields) -> Response:
    """Record how the holder is reached, and what for."""
    facts = _facts(request, session, viewer, holder_id)
    with shown_again(request, PAGE, fields, **facts):
        new = read_contacts(Form(fields), facts["address"].country if facts["address"] else "")
        for kind, value in ((ContactKind.EMAIL, new.email), (ContactKind.PHONE, new.phone)):
            record_contact(
                session, facts["holder"], kind, value, new.purposes, valid_from=new.valid_from, by=viewer.person_id
            )
    return redirect(request, _home(viewer, holder_id), N_("Your contacts are recorded."))


@router.post("/holders/{holder_id}/application")
def apply_for_membership(request: Request, session: Tx, viewer: Someone, holder_id: Id, fields: Fields) -> Response:
    """Ask to become a member."""
    facts = _facts(request, session, viewer, holder_id)
    with shown_again(request, PAGE, fields, **facts):
        form = Form(fields)
        statement = form.text("statement", 2_000, required=False, lines=True)
        form.done()
        apply(session, facts["holder"], statement, by=viewer.person_id)
    return redirect(
        request, _home(viewer, holder_id), N_("Your application is recorded. You will hear of the decision.")
    )


@router.post("/holders/{holder_id}/resignation")
def leave(request: Request, session: Tx, viewer: Someone, holder_id: Id, fields: Fields) -> Response:
    """Resign from a day on."""
    facts = _facts(request, session, viewer, holder_id)
    with shown_again(request, PAGE, fields, **facts):
        form = Form(fields)
        ceases_on, reason = form.day("ceases_on"), form.text("reason", 500, required=False)
        form.checked("sure", required=True)
        form.done()
        resign(session, facts["holder"], ceases_on, by=viewer.person_id, reason=reason)
    return redirect(request, _home(viewer, holder_id), N_("Your resignation is recorded."))


def _home(viewer: Someone, holder_id: int) -> str:
    return "/me" if holder_id == viewer.person_id else f"/me/holders/{holder_id}"


def _holder(session: Session, viewer: Someone, holder_id: int) -> Person:
    """The holder as known now, if the viewer may act for it today; anyone else's is as unknown as none."""
    if not may_act_for(session, viewer.person_id, holder_id, clock.today()):
        raise NotFound
    return canonical_person(session, holder_id)


def _facts(request: Request, session: Session, viewer: Someone, holder_id: int) -> dict[str, Any]:
    holder, today, lang = _holder(session, viewer, holder_id), clock.today(), language_of(request)
    say = translator(lang)
    known = particulars_on(session, holder.id, today)
    names = {row.holder_id: name_of(session, row.holder) for row in represented_by(session, viewer.person_id, today)}
    contacts = {kind.value: contact_on(session, holder.id, kind, today) for kind in ContactKind}
    return {
        "holder": holder,
        "called": called(holder),
        "own": holder.id == viewer.person_id,
        "base": f"/me/holders/{holder.id}",
        "today": today,
        "known": known,
        "address": address_of(known) if known else None,
        "kind": KIND_TITLES[holder_kind_on(session, holder.id, today)],
        "versions": [(row, address_of(row).one_line()) for row in reversed(versions_of(session, holder.id))],
        "contacts": {kind: contact for kind, contact in contacts.items() if contact and contact.value},
        "purposes": [(purpose.value, say(title)) for purpose, title in PURPOSE_TITLES.items()],
        "memberships": list(reversed(memberships_of(session, holder.id))),
        "ended": ENDED,
        "application": waiting_application(session, holder.id),
        "identity_checked": identity_checked(session, holder.id),
        "online_check": online_path(),
        "acts_for": [(row, names[row.holder_id]) for row in represented_by(session, viewer.person_id, today)],
        "acted_by": [(row, name_of(session, row.person)) for row in representatives_of(session, holder.id, today)],
        "capacities": CAPACITY_TITLES,
        "countries": country_names(lang),
    }
