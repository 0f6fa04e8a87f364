"""Proofs of issues: each root is over its records as they stand, and signed."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.documents.bulk import merkle
from app.documents.bulk.models import DocumentIssueBlock, DocumentIssueSeal
from app.documents.bulk.sealing import blocks_of
from app.documents.seals.sealing import digest_signed
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _roots_are_over_their_records(session: Session) -> Finding:
    wrong, seals = [], session.scalars(select(DocumentIssueSeal).order_by(DocumentIssueSeal.issue_id)).all()
    for seal in seals:
        found, blocks = blocks_of(session, seal.issue_id)
        kept = select(DocumentIssueBlock.sha256).where(DocumentIssueBlock.issue_id == seal.issue_id)
        if [bytes(each) for each in session.scalars(kept.order_by(DocumentIssueBlock.place))] != blocks:
            wrong.append(f"issue {seal.issue_id}: its blocks are not over its records")
        if found != seal.count or not blocks or merkle.root(blocks).hex() != seal.root_sha256:
            wrong.append(f"issue {seal.issue_id}: its root is not over its {seal.count} records")
        if digest_signed(bytes(seal.signature)) != hashlib.sha256(bytes.fromhex(seal.root_sha256)).digest():
            wrong.append(f"issue {seal.issue_id}: what is signed is not its root")
    wrong += rows_wrong(
        session,
        """
        SELECT 'document issue', issue_id, 'has a gap in its places' FROM document_leaf
        GROUP BY issue_id HAVING max(place) <> count(*) - 1 OR min(place) <> 0
        """,
    )
    return Finding(f"{len(seals)} issues of {count(session, 'SELECT count(*) FROM document_leaf')} records", wrong)


PROOFS = [Proof(N_("Every issue's root is over its records"), _roots_are_over_their_records)]
