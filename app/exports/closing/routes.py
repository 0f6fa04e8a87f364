"""The report of a close, downloaded from its page."""

import tempfile
from collections.abc import Callable
from datetime import date
from typing import BinaryIO, Literal, cast

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.orm import Session

from app.core import audit
from app.exports.closing.reporting import write_pdf, write_workbook
from app.exports.writing import pieces_of
from app.members.access import Desk
from app.web.database import Snapshot, Tx
from app.web.days import read_day
from app.web.language import language_of

router = APIRouter(prefix="/desk/closing")
Form = Literal["pdf", "xlsx"]
_WRITERS: dict[str, tuple[Callable[[Session, date, BinaryIO, str], None], str]] = {
    "pdf": (write_pdf, "application/pdf"),
    "xlsx": (write_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@router.get("/report")
def download(
    request: Request, session: Tx, snapshot: Snapshot, viewer: Desk, until: str, form: Form = "pdf"
) -> Response:
    """The report of a month: of one that may be closed as it stands, of a closed one as it was signed."""
    day = read_day(until)
    write, media = _WRITERS[form]
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  (closed when it is sent)
    write(snapshot, day, file, language_of(request))
    audit.record(session, audit.Tag.CLOSE_EXPORTED, f"period:{day}", by=viewer.person_id, format=form)
    return StreamingResponse(
        pieces_of(file),
        media_type=media,
        headers={
            "Content-Disposition": f'attachment; filename="reconciliation-{day}.{form}"',
            "Content-Length": str(file.tell()),
            "Cache-Control": "private, no-store",
        },
    )
