"""Privacy over the API: one's own file and erasure, and for the staff every request."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, DecidesPrivacy, Once, ReadsPrivacy, WatchesPrivacy, WritesPrivacy
from app.api.privacy.shapes import ErasureGiven, ErasureNoted, ErasureTaken, FileGiven, erasure_given, file_given
from app.api.shapes import AS_PDF, ReasonTaken
from app.core.errors import N_, NotFound
from app.members.people.finding import known
from app.privacy.erasing import ask_for_erasure, erase, find_request, refuse_erasure
from app.privacy.filing import ask_for_file, latest_file, read_file
from app.privacy.models import ErasureDecision, ErasureRequest
from app.web.database import Id, Snapshot, Tx
from app.web.files import given
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Privacy"])
_WHOLE: dict[int | str, dict[str, Any]] = {
    200: {"description": N_("Everything that is kept of the caller."), "content": {"application/json": {}}}
}


@router.get("/me/file", operation_id="getOwnFile", summary=N_("The file of one’s own data"))
def get_file(caller: ReadsPrivacy, session: Snapshot) -> FileGiven:
    """The file that the caller asked for last, and whether it is made."""
    row = latest_file(session, caller.person_id)
    if row is None:
        raise NotFound
    return file_given(row)


@router.get(
    "/me/file/{public_id}/content",
    operation_id="readOwnFile",
    summary=N_("Read the file of one’s own data"),
    responses=_WHOLE,
)
def read_content(caller: ReadsPrivacy, session: Tx, public_id: Annotated[str, Path(max_length=64)]) -> Response:
    """The file as JSON, for the person whom it is about only; each reading is noted."""
    content = read_file(session, public_id, "json", by=caller.person(session))
    return Response(content, media_type="application/json", headers={"Cache-Control": "private, no-store"})


@router.get(
    "/me/file/{public_id}/pdf",
    operation_id="readOwnFileAsPdf",
    summary=N_("Read the file of one’s own data as PDF"),
    response_class=Response,
    responses=AS_PDF,
)
def read_pdf(caller: ReadsPrivacy, session: Tx, public_id: Annotated[str, Path(max_length=64)]) -> Response:
    """The file as PDF, for the person whom it is about only; each reading is noted."""
    content = read_file(session, public_id, "pdf", by=caller.person(session))
    return given(content, "personal-data.pdf", "application/pdf")


@router.post("/me/file", operation_id="askForOwnFile", summary=N_("Ask for the file"), status_code=202)
def ask_file(caller: WritesPrivacy, session: Once) -> FileGiven:
    """Ask for the file of everything that is kept of the caller; a letter tells when it is made."""
    return file_given(ask_for_file(session, caller.person(session)))


@router.get("/me/erasures", operation_id="listOwnErasures", summary=N_("List one’s own requests for erasure"))
def list_own(caller: ReadsPrivacy, session: Snapshot, paging: Pages) -> Listed[ErasureGiven]:
    """The requests about the caller with their decisions, the latest first."""
    return _listed(session, paging, person_id=caller.person_id)


@router.post("/me/erasures", operation_id="askForErasure", summary=N_("Ask for erasure"), status_code=201)
def ask_erasure(caller: WritesPrivacy, session: Once, wanted: ErasureTaken) -> ErasureGiven:
    """Ask that one's own data be erased; another person decides, and a letter tells."""
    person = caller.person(session)
    return erasure_given(ask_for_erasure(session, person, by=person, reason=wanted.reason), None)


@router.get("/erasures", operation_id="listErasures", summary=N_("List requests for erasure"))
def list_all(caller: WatchesPrivacy, session: Snapshot, paging: Pages) -> Listed[ErasureGiven]:
    """Every request with its decision, the latest first."""
    return _listed(session, paging)


@router.post("/erasures", operation_id="noteErasure", summary=N_("Note a request for erasure"), status_code=201)
def note_erasure(caller: DecidesPrivacy, session: Once, wanted: ErasureNoted) -> ErasureGiven:
    """Note a request that reached the staff on another way, such as by letter; another person decides it."""
    person = known(session, wanted.email)
    return erasure_given(ask_for_erasure(session, person, by=caller.person(session), reason=wanted.reason), None)


@router.post("/erasures/{request_id}/approval", operation_id="grantErasure", summary=N_("Erase"))
def grant(caller: DecidesPrivacy, session: Once, request_id: Id, wanted: ReasonTaken) -> ErasureGiven:
    """Erase what no law keeps, and restrict the rest; nobody decides what they asked for themself."""
    decision = erase(session, request_id, by=caller.person(session), reason=wanted.reason)
    return erasure_given(find_request(session, request_id), decision)


@router.post("/erasures/{request_id}/refusal", operation_id="refuseErasure", summary=N_("Refuse an erasure"))
def refuse(caller: DecidesPrivacy, session: Once, request_id: Id, wanted: ReasonTaken) -> ErasureGiven:
    """Refuse a request; the person is told why."""
    decision = refuse_erasure(session, request_id, by=caller.person(session), reason=wanted.reason)
    return erasure_given(find_request(session, request_id), decision)


def _listed(session: Session, paging: Pages, person_id: int | None = None) -> Listed[ErasureGiven]:
    wanted = (
        select(ErasureRequest, ErasureDecision)
        .outerjoin(ErasureDecision, ErasureDecision.request_id == ErasureRequest.id)
        .order_by(ErasureRequest.id.desc())
        .limit(paging.limit + 1)
    )
    if person_id is not None:
        wanted = wanted.where(ErasureRequest.person_id == person_id)
    if (after := paging.after()) is not None:
        wanted = wanted.where(ErasureRequest.id < after[0])
    return paging.listed(
        session.execute(wanted).all(), lambda row: [row[0].id], lambda row: erasure_given(row[0], row[1])
    )
