"""Proving a record by its issue: its path to the root that the organization signed and an authority timestamped."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents.bulk import merkle
from app.documents.bulk.models import DocumentIssueBlock, DocumentIssueSeal, DocumentIssueTimestamp, DocumentLeaf
from app.documents.bulk.sealing import leaves_of
from app.documents.models import Document


@dataclass(frozen=True)
class Issued:
    """A record's place among those sealed with it; `path` is in hexadecimal, the lowest hash first.

    `leads` says whether the path leads from the record's own hash to the root; `timestamp` is the authority's time.
    """

    place: int
    count: int
    path: tuple[str, ...]
    root_sha256: str
    sealed_at: datetime
    is_test: bool
    timestamp: datetime | None
    leads: bool


def issued(session: Session, document: Document) -> Issued | None:
    """How a document is proved by the issue it was filed in; None where it has a seal alone, or none is made yet."""
    leaf = session.get(DocumentLeaf, document.id)
    seal = session.get(DocumentIssueSeal, leaf.issue_id) if leaf else None
    if leaf is None or seal is None:
        return None
    path = _path(session, leaf)
    stamp = session.get(DocumentIssueTimestamp, leaf.issue_id)
    reached = merkle.climb(merkle.leaf(document.facts_sha256), leaf.place, seal.count, path)
    return Issued(
        place=leaf.place,
        count=seal.count,
        path=tuple(each.hex() for each in path),
        root_sha256=seal.root_sha256,
        sealed_at=seal.sealed_at,
        is_test=seal.is_test,
        timestamp=_time_of(stamp.token) if stamp else None,
        leads=reached is not None and reached.hex() == seal.root_sha256,
    )


def proof_of(session: Session, document: Document) -> dict[str, Any] | None:
    """Everything that proves a record without us, for a file of JSON; None where `issued` gives none.

    The signature is a detached CMS of the root's 32 bytes, the timestamp an RFC 3161 token whose imprint is the root.
    """
    leaf, found = session.get(DocumentLeaf, document.id), issued(session, document)
    if leaf is None or found is None:
        return None
    seal = session.get_one(DocumentIssueSeal, leaf.issue_id)
    stamp = session.get(DocumentIssueTimestamp, leaf.issue_id)
    return {
        "tree": "RFC 6962, SHA-256; a leaf is the SHA-256 of the facts",
        "facts_sha256": document.facts_sha256,
        "place": found.place,
        "count": found.count,
        "path": list(found.path),
        "root_sha256": found.root_sha256,
        "sealed_at": found.sealed_at.isoformat(),
        "signature": b64encode(seal.signature).decode(),
        "timestamp": b64encode(stamp.token).decode() if stamp else None,
    }


def _path(session: Session, leaf: DocumentLeaf) -> list[bytes]:
    """Within the block of the leaf, then from the block's root up."""
    block, within = divmod(leaf.place, merkle.BLOCK)
    first = block * merkle.BLOCK
    places = DocumentLeaf.place.between(first, first + merkle.BLOCK - 1)
    hashes = [merkle.leaf(each) for each in session.scalars(leaves_of(leaf.issue_id).where(places))]
    roots = select(DocumentIssueBlock.sha256).where(DocumentIssueBlock.issue_id == leaf.issue_id)
    return merkle.path(hashes, within) + merkle.path(
        [bytes(each) for each in session.scalars(roots.order_by(DocumentIssueBlock.place))], block
    )


def _time_of(token: bytes) -> datetime | None:
    from asn1crypto.cms import ContentInfo

    moment = ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    return moment if isinstance(moment, datetime) else None
