"""Sealing an issue: one root over its records, signed by the organization's key, and one timestamp of the root."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.bulk import write_rows
from app.core.settings import settings
from app.documents.bulk import merkle
from app.documents.bulk.models import (
    DocumentIssue,
    DocumentIssueBlock,
    DocumentIssueSeal,
    DocumentIssueTimestamp,
    DocumentLeaf,
)
from app.documents.models import Document
from app.documents.seals.keys import seal_key
from app.documents.seals.sealing import signature_of
from app.documents.seals.timestamping import token_for

JOB = "documents.timestamp_issue"


def seal_issue(session: Session, issue: DocumentIssue) -> DocumentIssueSeal | None:
    """Seal the records of an issue by one root, once; None where it holds none. The timestamp comes by a job."""
    known = session.get(DocumentIssueSeal, issue.id)
    if known is not None:
        return known
    count, blocks = blocks_of(session, issue.id)
    if not blocks:
        return None
    rows = [{"issue_id": issue.id, "place": place, "sha256": f"\\x{each.hex()}"} for place, each in enumerate(blocks)]
    write_rows(session, DocumentIssueBlock, rows)
    root, key = merkle.root(blocks), seal_key()
    seal = DocumentIssueSeal(
        issue_id=issue.id,
        count=count,
        root_sha256=root.hex(),
        signature=signature_of(root, key),
        is_test=key.is_test,
        sealed_at=clock.now(),
    )
    session.add(seal)
    session.flush()
    audit.record(
        session, audit.Tag.DOCUMENTS_ISSUED, f"document-issue:{issue.id}", by=None,
        cause=issue.cause, count=count, root_sha256=seal.root_sha256,
    )  # fmt: skip
    if settings().tsa_url:
        jobs.defer(session, JOB, issue_id=issue.id)
    return seal


def timestamp_issue(session: Session, issue_id: int) -> None:
    """Have the root of an issue timestamped by the authority; harmless when repeated."""
    seal = session.get_one(DocumentIssueSeal, issue_id, with_for_update={"key_share": True})
    if not settings().tsa_url or session.get(DocumentIssueTimestamp, issue_id) is not None:
        return
    token = token_for(settings().tsa_url, bytes.fromhex(seal.root_sha256)).dump()
    session.add(DocumentIssueTimestamp(issue_id=issue_id, token=token, stamped_at=clock.now()))
    audit.record(session, audit.Tag.DOCUMENTS_TIMESTAMPED, f"document-issue:{issue_id}", by=None)


def blocks_of(session: Session, issue_id: int) -> tuple[int, list[bytes]]:
    """How many records an issue holds, and the root over each block of them, reckoned from the records' own hashes."""
    found, count, block = [], 0, list[bytes]()
    for sha256 in session.scalars(leaves_of(issue_id).execution_options(yield_per=10_000)):
        block.append(merkle.leaf(sha256))
        count += 1
        if len(block) == merkle.BLOCK:
            found.append(merkle.root(block))
            block = []
    return count, [*found, merkle.root(block)] if block else found


def leaves_of(issue_id: int) -> Select[str]:
    """The hashes of an issue's records in their order."""
    joined = select(Document.facts_sha256).join(DocumentLeaf, DocumentLeaf.document_id == Document.id)
    return joined.where(DocumentLeaf.issue_id == issue_id).order_by(DocumentLeaf.place)
