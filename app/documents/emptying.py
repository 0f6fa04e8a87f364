"""Emptying documents whose person is erased: the facts go, and by a job the files; number, code and hash stay."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import clock, jobs, vault
from app.documents.kinds import kind_of
from app.documents.models import Document, DocumentEmptied, DocumentFile

JOB = "documents.shred"


class Emptied(NamedTuple):
    """By which decision a document was emptied, and when."""

    request_id: int
    at: datetime


def empty_documents(session: Session, documents: Sequence[Document], request_id: int) -> list[dict[str, Any]]:
    """Empty the facts of documents of restricted persons by a decision; what each was, as the decision lists it.

    The files are removed once this is committed.
    """
    found = [each for each in documents if each.facts]
    said = [
        {"number": each.number, "title": kind_of(each.kind).title, "sha256": each.facts_sha256, "id": each.id}
        for each in found
    ]
    ids = [each.id for each in found]
    session.execute(
        update(Document).where(Document.id.in_(ids)).values(facts={}).execution_options(synchronize_session=False)
    )
    now = clock.now()
    session.add_all(DocumentEmptied(document_id=each, erasure_request_id=request_id, emptied_at=now) for each in ids)
    session.flush()
    jobs.defer_many(session, JOB, [{"document_id": each} for each in ids])
    return [{name: value for name, value in each.items() if name != "id"} for each in said]


def shred(session: Session, document_id: int) -> None:
    """Remove the files of a document that was emptied; harmless when repeated."""
    if emptied(session, document_id) is None:
        return
    own = session.get_one(Document, document_id).pdf_sha256
    later = session.scalars(select(DocumentFile.pdf_sha256).where(DocumentFile.document_id == document_id)).all()
    for sha256 in {*later, *([own] if own else [])}:
        vault.remove(sha256)


def emptied(session: Session, document_id: int) -> Emptied | None:
    """By which decision a document was emptied; None for one that says what it said."""
    row = session.get(DocumentEmptied, document_id)
    return None if row is None else Emptied(row.erasure_request_id, row.emptied_at)
