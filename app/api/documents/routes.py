"""A person's own shares and documents over the API, and each document's PDF."""

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, ReadsDocuments, ReadsHoldings
from app.api.documents.shapes import DocumentGiven, LotGiven, document_given, lot_given
from app.api.shapes import AS_PDF
from app.core.errors import N_, NotFound
from app.documents.filing import CERTIFICATE, concerning, file_of, latest_versions, read_document
from app.documents.models import Document
from app.members.models import Membership
from app.members.people.resolving import same_person
from app.shares.holding import stands
from app.shares.models import Lot
from app.web.database import Id, Snapshot, Tx
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Shares and documents"])


@router.get("/holdings", operation_id="listHoldings", summary=N_("List your own shares"))
def list_holdings(caller: ReadsHoldings, session: Snapshot, paging: Pages) -> Listed[LotGiven]:
    """The caller's lots in the order of their certificates."""
    certificate = Document.source == func.concat(f"{CERTIFICATE}:lot:", Lot.id)
    wanted = select(Lot, Document).join(Membership).outerjoin(Document, certificate)
    wanted = wanted.where(Membership.person_id.in_(same_person(caller.person_id)), stands())
    wanted = wanted.order_by(Lot.certificate_number)
    if (after := paging.after()) is not None:
        wanted = wanted.where(Lot.certificate_number > after[0])
    rows = session.execute(wanted.limit(paging.limit + 1)).all()
    holds = latest_versions(session, [document for _, document in rows if document])
    return paging.listed(
        rows,
        lambda row: [row[0].certificate_number],
        lambda row: lot_given(row[0], holds[row[1].id] if row[1] else None),
    )


@router.get("/documents", operation_id="listDocuments", summary=N_("List your own documents"))
def list_documents(caller: ReadsDocuments, session: Snapshot, paging: Pages) -> Listed[DocumentGiven]:
    """The documents that concern the caller, the newest first."""
    wanted = select(Document).where(concerning(caller.person_id)).order_by(Document.id.desc())
    if (after := paging.after()) is not None:
        wanted = wanted.where(Document.id < after[0])
    rows = session.scalars(wanted.limit(paging.limit + 1)).all()
    return paging.listed(
        rows, lambda document: [document.id], lambda each: document_given(each, file_of(session, each))
    )


@router.get("/documents/{number}", operation_id="getDocument", summary=N_("Get a document of your own"))
def get_document(caller: ReadsDocuments, session: Snapshot, number: Id) -> DocumentGiven:
    """What a document is; somebody else's is as unknown as one that does not exist."""
    document = _own(session, number, caller.person_id)
    return document_given(document, file_of(session, document))


@router.get(
    "/documents/{number}/pdf",
    operation_id="downloadDocument",
    summary=N_("Download a document of your own"),
    response_class=Response,
    responses=AS_PDF,
)
def download(caller: ReadsDocuments, session: Tx, number: Id) -> Response:
    """The PDF; each reading is noted."""
    document, content = read_document(session, number, by=caller.person(session))
    disposition = f'attachment; filename="{document.kind}-{document.number}.pdf"'
    return Response(content, media_type="application/pdf", headers={"Content-Disposition": disposition})


def _own(session: Session, number: int, person_id: int) -> Document:
    wanted = select(Document).where(Document.number == number, concerning(person_id))
    document = session.scalars(wanted).first()
    if document is None:
        raise NotFound
    return document
