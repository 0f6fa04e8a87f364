"""Giving a filed document to a reader who may have it: its latest file, by its name; each reading is noted."""

from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import audit
from app.documents.filing import content_of, file_name
from app.documents.models import Document
from app.web.files import given


def give_document(session: Session, document: Document, *, by: int | None) -> Response:
    """The PDF of a document as an answer, noted in the audit trail. Raises `ContentsGone`."""
    content = content_of(session, document)
    audit.record(session, audit.Tag.DOCUMENT_READ, f"document:{document.id}", by=by)
    return given(content, file_name(document), "application/pdf")
