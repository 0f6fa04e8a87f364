"""Everybody's documents over the API: found and read as far as the caller's role lets, as at the desk."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from app.api.access import ApiRoute, WatchesDocuments
from app.api.documents.shapes import DocumentGiven, document_given
from app.api.shapes import AS_PDF, Day
from app.core.errors import N_, NotFound
from app.documents.desk.finding import Wanted, documents_wanted, kinds_for, read_for_role
from app.documents.filing import file_name, file_of
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
