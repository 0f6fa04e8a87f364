"""Documents at the desk: a list to search, each file, and bundles of them, as far as the viewer's role lets."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.language import translator
from app.documents.bundling import MOST, bundle_name, bundle_pieces, start_bundle
from app.documents.correcting import correct_document, correctable, reissue_certificate
from app.documents.desk.finding import (
    AT_ONCE,
    Wanted,
    document_for,
    documents_wanted,
    kinds_for,
    read_for_role,
    versions_of,
)
from app.documents.desk.reading import changed_facts, read_fact
from app.documents.desk.waiting import given_up, latest_issues, queue_of_documents
from app.documents.filing import CERTIFICATE, file_name
from app.documents.kinds import all_kinds
from app.documents.models import Document
from app.documents.signing.asking import ask_signatures, next_signatory, places_to_sign, signatories_of
from app.documents.verifying.standing import standing_of
from app.members.access import SignedInViewer, holding
from app.members.models import Person
from app.members.persons import name_of
from app.members.roles import Role
from app.members.signin.access import Fresh
from app.web.database import Id, Snapshot, Tx
from app.web.files import given
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/documents")
Reader = Annotated[SignedInViewer, Depends(holding(Role.AUDITOR, Role.SECRETARY, Role.TREASURER))]
Before = Annotated[int | None, Query(ge=1, lt=2**63)]
Secretary = Annotated[SignedInViewer, Depends(holding(Role.SECRETARY))]
ONE = "documents/desk/one.html"
FILTERS = ("kind", "since", "until", "q")


@router.get("")
def show_documents(request: Request, session: Snapshot, viewer: Reader, before: Before = None) -> Response:
    """The documents that the viewer's role may read, filtered, the newest first."""
    typed = _typed(request)
    wanted = _wanted(typed, viewer)
    found = documents_wanted(session, wanted, before=before, most=AT_ONCE + 1)
    return page(
        request,
        "documents/desk/index.html",
        typed=typed,
        query=urlencode(typed),
        kinds=_titles(request, kinds_for(viewer.roles)),
        rows=[(each, all_kinds()[each.kind].title, _whose(session, each)) for each in found[:AT_ONCE]],
        older_id=found[AT_ONCE - 1].id if len(found) > AT_ONCE else None,
        newest=before is None,
    )


@router.get("/queue")
def show_queue(request: Request, session: Snapshot, viewer: Reader) -> Response:
    """What the worker has still to make, and how far each issue of certificates is."""
    queue, issues = queue_of_documents(session), latest_issues(session)
    return page(request, "documents/desk/queue.html", queue=queue, issues=issues, given_up=given_up(session))


@router.get("/bundle.zip")
def download_bundle(request: Request, session: Tx, viewer: Reader) -> Response:
    """The documents of a search as one ZIP with an index; each of them is noted as read."""
    wanted = _wanted(_typed(request), viewer)
    found = documents_wanted(session, wanted, most=MOST + 1)
    ids = start_bundle(session, found, by=viewer.person(session))
    return given(bundle_pieces(ids, language_of(request)), bundle_name(), "application/zip")


@router.get("/{number}.pdf")
def download(session: Tx, viewer: Reader, number: Id) -> Response:
    """A document of a kind that the viewer's role may read; each reading is noted."""
    document, content = read_for_role(session, number, kinds_for(viewer.roles), by=viewer.person(session))
    return given(content, file_name(document), "application/pdf")


@router.get("/{number}")
def show_document(request: Request, session: Snapshot, viewer: Reader, number: Id) -> Response:
    """One document with its versions and signatures; for the secretary the form to have it signed."""
    return page(request, ONE, **_one(session, document_for(session, number, kinds_for(viewer.roles))))


@router.post("/{number}/signatories")
def ask_to_sign(request: Request, session: Tx, viewer: Secretary, number: Id, fields: Fields) -> Response:
    """Ask people to sign a document, in the order of its places."""
    document = document_for(session, number, kinds_for(viewer.roles))
    with shown_again(request, ONE, fields, **_one(session, document)):
        form = Form(fields)
        emails = {
            place: form.email(f"email_{place}")
            for place, _ in places_to_sign(document)
            if fields.get(f"email_{place}", "").strip()
        }
        form.done()
        ask_signatures(session, document, emails, by=viewer.person_id)
    return redirect(request, f"/desk/documents/{number}", N_("Asked. Each gets a letter when it is their turn."))


@router.post("/{number}/correction")
def correct(request: Request, session: Tx, viewer: Secretary, fresh: Fresh, number: Id, fields: Fields) -> Response:
    """File the next version of a document, with what was wrong put right; the old one stays and says so."""
    document = document_for(session, number, kinds_for(viewer.roles))
    with shown_again(request, ONE, fields, **_one(session, document)):
        form = Form(fields)
        reason = form.text("reason", 500)
        typed = {each.name: read_fact(form, f"fact_{each.name}", each) for each in correctable(document)}
        form.done()
        if document.kind == CERTIFICATE:
            later = reissue_certificate(session, document, reason=reason, by=viewer.person_id)
        else:
            changed = changed_facts(document, typed)
            later = correct_document(session, document, changed, reason=reason, by=viewer.person_id)
    return redirect(
        request, f"/desk/documents/{later.number}", N_("Corrected. This is the new version; the old one says so.")
    )


def _one(session: Session, document: Document) -> dict[str, Any]:
    waiting = next_signatory(session, document)
    return {
        "document": document,
        "title": all_kinds()[document.kind].title,
        "whose": _whose(session, document),
        "standing": standing_of(session, document),
        "versions": versions_of(session, document),
        "asked": [(row, name_of(session, row.person)) for row in signatories_of(session, document)],
        "waiting": waiting,
        "places": places_to_sign(document),
        "facts": [(each, document.facts.get(each.name) or "") for each in correctable(document)],
        "is_certificate": document.kind == CERTIFICATE,
        "is_signed": bool(document.facts.get("evidence")),
    }


def _typed(request: Request) -> dict[str, str]:
    return {name: value[:80] for name in FILTERS if (value := request.query_params.get(name, "").strip())}


def _wanted(typed: dict[str, str], viewer: SignedInViewer) -> Wanted:
    form = Form(typed)
    since, until = _day(form, typed, "since"), _day(form, typed, "until")
    form.done()
    kinds = kinds_for(viewer.roles)
    return Wanted(kinds & {typed["kind"]} if "kind" in typed else kinds, since, until, typed.get("q", ""))


def _day(form: Form, typed: dict[str, str], name: str) -> date | None:
    return form.day(name) if name in typed else None


def _titles(request: Request, kinds: frozenset[str]) -> list[tuple[str, str]]:
    say = translator(language_of(request))
    return sorted(((name, say(all_kinds()[name].title)) for name in kinds), key=lambda option: option[1])


def _whose(session: Session, document: Document) -> str:
    return name_of(session, session.get_one(Person, document.person_id)) if document.person_id else ""
