"""Files of a ballot over the API: its documents, those laid before the voters, the audit bundle, one's own receipt."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Caller, ReadsBallots, Votes
from app.api.shapes import AS_PDF
from app.ballots.access import own_elector, seen_ballot
from app.ballots.bundle.writing import bundle_of, require_page_size
from app.core.errors import N_, NotFound
from app.core.uploads import Reader, read_upload, uploads_of
from app.documents.access import give_document
from app.documents.balloting.filing import shown_record
from app.documents.balloting.receipt import file_form, file_receipt
from app.documents.models import Document
from app.members.apitokens.scopes import DESK
from app.members.roles import Role
from app.web.database import Id, Snapshot, Tx
from app.web.files import given
from app.web.uploads import as_download

router = APIRouter(prefix="/api/v1/ballots/{slug}", route_class=ApiRoute, tags=["Ballots"])
_STAFF = {*DESK, Role.TELLER}
_AS_JSON: dict[int | str, dict[str, Any]] = {
    200: {
        "description": N_("The bundle, which `costake ballot verify` counts again."),
        "content": {"application/json": {}},
    }
}


@router.get(
    "/documents/{record}/pdf",
    operation_id="downloadBallotDocument",
    summary=N_("Download a document of a ballot"),
    response_class=Response,
    responses=AS_PDF,
)
def download(caller: ReadsBallots, session: Tx, slug: str, record: Id) -> Response:
    """A document that an act of the ballot brought about; its staff read also those that name who took part."""
    ballot = seen_ballot(session, caller, slug)
    staff = bool(caller.roles_for(ballot.subject) & _STAFF)
    return give_document(session, shown_record(session, ballot, record, staff=staff), by=caller.person_id)


@router.get(
    "/papers/{record}/pdf",
    operation_id="downloadBallotPaper",
    summary=N_("Download a paper that was laid before the voters"),
    response_class=Response,
    responses=AS_PDF,
)
def download_paper(caller: ReadsBallots, session: Tx, slug: str, record: Id) -> Response:
    """A paper that was laid before the voters, as it was uploaded."""
    ballot = seen_ballot(session, caller, slug)
    if record not in {each.id for each in uploads_of(session, ballot.documents_subject)}:
        raise NotFound
    reader = Reader(caller.person_id, caller.roles_for(ballot.subject))
    return as_download(*read_upload(session, record, reader))


@router.get("/bundle", operation_id="downloadBallotBundle", summary=N_("Download the audit bundle"), responses=_AS_JSON)
def download_bundle(caller: ReadsBallots, session: Snapshot, slug: str) -> Response:
    """The public audit bundle of a counted ballot, with which anybody counts it again."""
    ballot = seen_ballot(session, caller, slug)
    require_page_size(session, ballot)
    return given(bundle_of(session, ballot, full=False), f"{ballot.slug}-bundle.json", "application/json")


@router.get(
    "/receipts/{elector_id}/pdf",
    operation_id="downloadVoteReceipt",
    summary=N_("Download the receipt of a recorded vote"),
    response_class=Response,
    responses=AS_PDF,
)
def download_receipt(caller: Votes, session: Tx, slug: str, elector_id: Id) -> Response:
    """The receipt of the vote that counts now, of the caller or of one for whom they act."""
    return _own(session, caller, slug, elector_id, file_receipt)


@router.get(
    "/proxy-forms/{elector_id}/pdf",
    operation_id="downloadProxyForm",
    summary=N_("Download the form of proxy and postal vote"),
    response_class=Response,
    responses=AS_PDF,
)
def download_form(caller: Votes, session: Tx, slug: str, elector_id: Id) -> Response:
    """The form by which the elector votes by post or names a proxy."""
    return _own(session, caller, slug, elector_id, file_form)


def _own(session: Session, caller: Caller, slug: str, elector_id: int, file: Callable[..., Document]) -> Response:
    """A paper of the caller's own vote, or of whom they act for: filed now where it is not yet, and given."""
    ballot, elector = own_elector(session, caller, elector_id)
    if ballot.slug != slug or ballot.id != seen_ballot(session, caller, slug).id:
        raise NotFound
    by = caller.person(session)
    return give_document(session, file(session, ballot, elector, by=by), by=by.id)
