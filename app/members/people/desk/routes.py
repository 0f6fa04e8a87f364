"""The desk's list of people: search, a new holder, applications that wait, and records that may be one person."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.core import clock
from app.core.errors import N_
from app.core.language import LANGUAGES, translator
from app.members.access import Desk, Registrar
from app.members.people.applying import admit, refuse, waiting_applications
from app.members.people.duplicating import all_candidates
from app.members.people.entering import enter_person
from app.members.people.identifying import identity_checked
from app.members.people.kinds import KIND_TITLES
from app.members.people.merging import propose_unmerge
from app.members.people.models import Representation
from app.members.people.reading import read_particulars
from app.members.people.representing import end_representation
from app.members.people.searching import PAGE_SIZE, search
from app.members.persons import name_of, record_particulars
from app.web.countries import country_names
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/people")
NEW = "members/people/desk/new.html"


@router.get("")
def show_people(request: Request, session: Snapshot, viewer: Desk, q: str = "", page_number: int = 1) -> Response:
    """The records that a search finds, page by page, and the applications that wait."""
    number = min(max(page_number, 1), 1_000_000)
    found, count = search(session, q[:200], number)
    return page(
        request,
        "members/people/desk/index.html",
        q=q[:200],
        found=found,
        count=count,
        page_number=number,
        page_count=max(1, -(-count // PAGE_SIZE)),
        waiting=[
            (row, name_of(session, row.person), identity_checked(session, row.person_id))
            for row in waiting_applications(session)
        ],
        kinds=KIND_TITLES,
    )


@router.get("/new")
def show_new(request: Request, viewer: Registrar) -> Response:
    """The form of a new holder."""
    return page(request, NEW, **_new_facts(request))


@router.post("/new")
def enter(request: Request, session: Tx, viewer: Registrar, fields: Fields) -> Response:
    """Enter a person or organization that is not known yet."""
    with shown_again(request, NEW, fields, **_new_facts(request)):
        form = Form(fields)
        email = form.email("email").lower() if form.peek("email").strip() else ""
        language = form.choice("language", LANGUAGES)
        new = read_particulars(form)
        person = enter_person(session, email, language)
        record_particulars(
            session,
            person,
            new.legal_name,
            new.address,
            valid_from=new.valid_from,
            by=viewer.person_id,
            kind=new.kind,
            registration_number=new.registration_number,
            reason=new.reason,
        )
    return redirect(request, f"/desk/people/{person.id}", N_("The record is entered."))


@router.get("/duplicates")
def show_duplicates(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """Pairs of records that may be one person."""
    return page(request, "members/people/desk/duplicates.html", candidates=all_candidates(session))


@router.post("/applications/{application_id}/admission")
def admit_applicant(request: Request, session: Tx, viewer: Registrar, application_id: Id, fields: Fields) -> Response:
    """Admit an applicant."""
    reason = fields.get("reason", "")[:500]
    member = admit(session, application_id, by=viewer.person(session), reason=reason)
    notice = N_("Admitted, with the member number {number}.")
    return redirect(request, f"/desk/people/{member.person_id}", notice, number=str(member.number))


@router.post("/applications/{application_id}/refusal")
def refuse_applicant(request: Request, session: Tx, viewer: Registrar, application_id: Id, fields: Fields) -> Response:
    """Refuse an applicant."""
    refuse(session, application_id, by=viewer.person(session), reason=fields.get("reason", "")[:500])
    return redirect(request, "/desk/people", N_("The application is refused."))


@router.post("/representatives/{representation_id}/end")
def end_representative(
    request: Request, session: Tx, viewer: Registrar, representation_id: Id, fields: Fields
) -> Response:
    """End that somebody acts for a holder, today."""
    reason = fields.get("reason", "").strip()[:500] or N_("ended at the desk")
    end = end_representation(session, representation_id, ended_on=clock.today(), reason=reason, by=viewer.person_id)
    holder = session.get_one(Representation, end.representation_id).holder_id
    return redirect(request, f"/desk/people/{holder}", N_("This has ended."))


@router.post("/merges/{merge_id}/undoing")
def undo_merge(request: Request, session: Tx, viewer: Registrar, merge_id: Id, fields: Fields) -> Response:
    """Propose to undo a merge."""
    propose_unmerge(session, merge_id, by=viewer.person(session), reason=fields.get("reason", "")[:500])
    return redirect(request, "/desk/approvals", N_("Proposed. Another person decides."))


def _new_facts(request: Request) -> dict[str, Any]:
    lang = language_of(request)
    say = translator(lang)
    return {
        "countries": country_names(lang),
        "kinds": [(kind.value, say(title)) for kind, title in KIND_TITLES.items()],
        "today": clock.today(),
    }
