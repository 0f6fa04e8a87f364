"""Where uploaded files are fetched: as attachments, by whoever may see what they belong to."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.web.database import Id, Tx
from app.web.uploads import as_download, read_upload, reader_of

router = APIRouter(prefix="/uploads")


@router.get("/{upload_id}")
def download(request: Request, session: Tx, upload_id: Id) -> Response:
    """An uploaded file that belongs to something the reader may see."""
    return as_download(*read_upload(session, upload_id, reader_of(request)))
