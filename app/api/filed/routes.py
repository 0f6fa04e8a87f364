"""Everybody's documents over the API: found and read as far as the caller's role lets, corrected, and to be signed."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from app.api.access import ApiRoute, Once, WatchesDocuments, WritesDocuments
from app.api.documents.shapes import DocumentGiven, document_given
from app.api.filed.shapes import CorrectionTaken, FiledGiven, SignatoriesTaken, filed_given
from app.api.shapes import AS_PDF, Day, ReasonTaken
from app.core.errors import N_, NotFound
from app.documents.correcting import correct_document, reissue_certificate
from app.documents.desk.finding import Wanted, document_for, documents_wanted, kinds_for, read_for_role
from app.documents.filing import file_name, file_of
from app.documents.signing.asking import ask_signatures
from app.web.database import Id, Snapshot, Tx
from app.web.files import given
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/filed-documents", route_class=ApiRoute, tags=["Shares and documents"])


@router.get("", operation_id="listFiledDocuments", summary=N_("List everybody’s documents"))
def list_documents(
    caller: WatchesDocuments,
    session: Snapshot,
    paging: Pages,
    kind: Annotated[str | None, Query(max_length=60, examples=["certificate"])] = None,
    since: Annotated[Day | None, Query(description="The first day on which it was filed, in UTC.")] = None,
    until: Annotated[Day | None, Query(description="The last day on which it was filed, in UTC.")] = None,
    text: Annotated[str, Query(max_length=60, description="Its number, or its code.")] = "",
) -> Listed[DocumentGiven]:
    """The documents of the kinds that the caller's role may read, the newest first; none of restricted persons."""
    kinds = kinds_for(caller.roles)
    if kind is not None and kind not in kinds:
        raise NotFound
    after = paging.after()
    wanted = Wanted(frozenset({kind}) if kind is not None else kinds, since, until, text.strip())
    rows = documents_wanted(session, wanted, before=after[0] if after else None, most=paging.limit + 1)
    return paging.listed(rows, lambda row: [row.id], lambda row: document_given(row, file_of(session, row)))


@router.get("/{number}", operation_id="getFiledDocument", summary=N_("Get anybody’s document"))
def get_document(caller: WatchesDocuments, session: Snapshot, number: Id) -> FiledGiven:
    """A document with its versions, who signs it, and the words and days of it that can be corrected."""
    return filed_given(session, document_for(session, number, kinds_for(caller.roles)))


@router.get(
    "/{number}/pdf",
    operation_id="downloadFiledDocument",
    summary=N_("Download anybody’s document"),
    response_class=Response,
    responses=AS_PDF,
)
def download(caller: WatchesDocuments, session: Tx, number: Id) -> Response:
    """A document of a kind that the caller's role may read; each reading is noted, and shown to whom it concerns."""
    document, content = read_for_role(session, number, kinds_for(caller.roles), by=caller.person(session))
    return given(content, file_name(document), "application/pdf")


@router.post("/{number}/correction", operation_id="correctDocument", summary=N_("Correct a document"), status_code=201)
def correct(caller: WritesDocuments, session: Once, number: Id, wanted: CorrectionTaken) -> FiledGiven:
    """File the next version with what was wrong put right; the old one stays, and whoever verifies it learns of it."""
    document = document_for(session, number, kinds_for(caller.roles))
    changed = wanted.changed(document)
    return filed_given(session, correct_document(session, document, changed, reason=wanted.reason, by=caller.person_id))


@router.post(
    "/{number}/reissue", operation_id="reissueCertificate", summary=N_("Issue a certificate anew"), status_code=201
)
def reissue(caller: WritesDocuments, session: Once, number: Id, wanted: ReasonTaken) -> FiledGiven:
    """File a certificate anew as the register has it for the day of allotment, where what was wrong is right now."""
    document = document_for(session, number, kinds_for(caller.roles))
    return filed_given(session, reissue_certificate(session, document, reason=wanted.reason, by=caller.person_id))


@router.post(
    "/{number}/signatories", operation_id="askSignatures", summary=N_("Ask people to sign a document"), status_code=201
)
def ask_to_sign(caller: WritesDocuments, session: Once, number: Id, wanted: SignatoriesTaken) -> FiledGiven:
    """Ask people to sign, in the order of the places; each gets a letter when it is their turn."""
    document = document_for(session, number, kinds_for(caller.roles))
    ask_signatures(session, document, wanted.emails(document), by=caller.person_id)
    return filed_given(session, document)
