"""A member's own pages: what they hold, and their documents to download."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select

from app.documents.bundling import bundle_name, bundle_pieces, start_bundle
from app.documents.filing import documents_of, file_name, read_document
from app.documents.kinds import kind_of
from app.documents.models import Document
from app.documents.signing.asking import waiting_for
from app.members.access import Someone
from app.members.entering import current_membership
from app.members.models import Membership
from app.members.people.resolving import same_person
from app.shares.holding import stands
from app.shares.models import Lot
from app.shares.numbering import numbers_of
from app.web.database import Id, Snapshot, Tx
from app.web.files import given
from app.web.language import language_of
from app.web.pages import page

router = APIRouter()


@router.get("/holdings")
def show_holdings(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The viewer's shares, lot by lot, with their certificates."""
    person = viewer.person(session)
    lots = session.scalars(
        select(Lot)
        .join(Membership)
        .where(Membership.person_id.in_(same_person(person.id)), stands())
        .order_by(Lot.certificate_number)
    ).all()
    certificates: dict[str, Document] = {}
    for document in documents_of(session, person):  # the newest first: the latest version is the one to give
        certificates.setdefault(document.source.partition("#")[0], document)
    rows = [(lot, certificates.get(f"certificate:lot:{lot.id}")) for lot in lots]
    numbers = numbers_of(session, [lot.id for lot in lots])
    member = current_membership(session, person.id)
    return page(request, "documents/holdings.html", membership=member, rows=rows, numbers=numbers)


@router.get("/documents")
def show_documents(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """Every document that concerns the viewer, named by its kind."""
    found, waiting = documents_of(session, viewer.person(session)), waiting_for(session, viewer.person_id)
    return page(
        request,
        "documents/list.html",
        documents=[(each, kind_of(each.kind).title) for each in found],
        to_sign=[(each, kind_of(each.kind).title) for each in waiting],
    )


@router.get("/documents/{number}.pdf")
def download(session: Tx, viewer: Someone, number: Id) -> Response:
    """A document, for the person whom it concerns only; each reading is noted."""
    document, content = read_document(session, number, by=viewer.person(session))
    return given(content, file_name(document), "application/pdf")


@router.get("/documents/bundle.zip")
def download_all(request: Request, session: Tx, viewer: Someone) -> Response:
    """Every document that concerns the viewer as one ZIP with an index; each of them is noted as read."""
    person = viewer.person(session)
    ids = start_bundle(session, documents_of(session, person), by=person)
    return given(bundle_pieces(ids, language_of(request)), bundle_name(), "application/zip")
