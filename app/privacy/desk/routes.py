"""Requests for erasure at the desk: what would stay, the decision, and its document."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_, NotFound
from app.documents.access import give_document
from app.documents.models import Document
from app.members.access import SignedInViewer, holding
from app.members.models import Person
from app.members.persons import find_person, name_of, normal_email
from app.members.roles import Role, UnknownPerson
from app.privacy.erasing import all_requests, ask_for_erasure, erase, find_request, refuse_erasure, what_stays
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/privacy")
PAGE = "privacy/desk.html"
HOME = "/desk/privacy"
Decider = Annotated[SignedInViewer, Depends(holding(Role.ORGANIZER, Role.SECRETARY))]
Reader = Annotated[SignedInViewer, Depends(holding(Role.ORGANIZER, Role.SECRETARY, Role.AUDITOR))]


@router.get("")
def show(request: Request, session: Snapshot, viewer: Reader) -> Response:
    """Requests for erasure: those that wait with what would stay, and those that were decided."""
    return page(request, PAGE, **_facts(session))


@router.post("")
def ask(request: Request, session: Tx, viewer: Decider, fields: Fields) -> Response:
    """Note a request that reached the staff on another way, such as by letter."""
    with shown_again(request, PAGE, fields, **_facts(session)):
        form = Form(fields)
        email, reason = form.email("email"), form.text("reason", max=1_000)
        form.done()
        person = find_person(session, normal_email(email))
        if person is None:
            raise UnknownPerson(who=email)
        ask_for_erasure(session, person, by=viewer.person(session), reason=reason)
    return redirect(request, HOME, N_("The request is noted. Another person decides it."))


@router.post("/{request_id}/erasure")
def grant(request: Request, session: Tx, viewer: Decider, request_id: Id, fields: Fields) -> Response:
    """Erase, and restrict what must stay."""
    with shown_again(request, PAGE, fields, **_facts(session)):
        erase(session, request_id, by=viewer.person(session), reason=fields.get("reason", "")[:1_000])
    return redirect(request, HOME, N_("Erased. What must stay is out of sight, and the person was told."))


@router.post("/{request_id}/refusal")
def refuse(request: Request, session: Tx, viewer: Decider, request_id: Id, fields: Fields) -> Response:
    """Refuse a request."""
    with shown_again(request, PAGE, fields, **_facts(session)):
        refuse_erasure(session, request_id, by=viewer.person(session), reason=fields.get("reason", "")[:1_000])
    return redirect(request, HOME, N_("Refused. The person was told why."))


@router.get("/{request_id}/decision.pdf")
def download(session: Tx, viewer: Reader, request_id: Id) -> Response:
    """The document of a decision: what was erased, what stays, why and until when."""
    row = find_request(session, request_id)
    document = session.scalars(select(Document).where(Document.source == f"erasure-decision:request:{row.id}")).first()
    if document is None:
        raise NotFound
    return give_document(session, document, by=viewer.person_id)


def _facts(session: Session) -> dict[str, Any]:
    rows = all_requests(session)
    return {
        "waiting": [
            (row, name_of(session, row.person), *what_stays(session, row.person))
            for row, decision in rows
            if not decision
        ],
        "decided": [(row, decision, _decider(session, decision.decided_by)) for row, decision in rows if decision],
    }


def _decider(session: Session, person_id: int) -> str:
    return name_of(session, session.get_one(Person, person_id))
