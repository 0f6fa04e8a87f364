"""Verifying documents over the API, for whoever has a token: by the code on the paper, or by the file itself."""

from typing import Annotated

from fastapi import APIRouter, Path, Request

from app.api.access import AnyCaller, LongRoute, Once
from app.api.verifying.shapes import FileTaken, FileVerified, StandingGiven, file_verified, standing_given
from app.core.errors import N_
from app.core.language import translator
from app.documents.verifying.routes import FILES
from app.documents.verifying.standing import Standing, standing_of_code, verify_file
from app.web.database import Snapshot
from app.web.language import language_of
from app.web.limiting import LOOKUP, limited

router = APIRouter(prefix="/api/v1/verifications", route_class=LongRoute, tags=["Shares and documents"])
Code = Annotated[str, Path(max_length=60, description="As it stands on the paper.")]


@router.get("/{code}", operation_id="verifyDocument", summary=N_("Verify a document by its code"), dependencies=LOOKUP)
def look_up(request: Request, caller: AnyCaller, session: Snapshot, code: Code) -> StandingGiven:
    """What stands of the document with a code: whether it is ours and the latest, and nothing of whom it concerns."""
    standing = standing_of_code(session, code)
    return standing_given(standing, _title(request, standing))


@router.post("", operation_id="verifyFile", summary=N_("Verify a document by its file"), dependencies=[limited(FILES)])
def examine(request: Request, caller: AnyCaller, session: Once, wanted: FileTaken) -> FileVerified:
    """Compare a PDF with what was filed, and examine its seal; the file is not kept."""
    verified = verify_file(session, wanted.pdf())
    return file_verified(verified, _title(request, verified.standing))


def _title(request: Request, standing: Standing | None) -> str:
    return translator(language_of(request))(standing.title) if standing else ""
