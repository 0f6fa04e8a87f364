"""Proofs of documents: every certificate says what the lot says, and the vault holds it unaltered."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import vault
from app.core.errors import N_
from app.documents.models import Document
from app.documents.rendering import canonical
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _vault_is_whole(session: Session) -> Finding:
    wrong, seen = [], 0
    for document in session.scalars(select(Document).order_by(Document.id).execution_options(yield_per=1_000)):
        seen += 1
        if hashlib.sha256(canonical(document.facts)).hexdigest() != document.facts_sha256:
            wrong.append(f"document {document.number}: its facts were altered")
        try:
            vault.get(document.pdf_sha256)
        except vault.Damaged as damage:
            wrong.append(f"document {document.number}: {damage}")
    return Finding(f"{seen} documents", wrong[:20])


def _certificates_match_lots(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'document', d.number, 'does not say what lot', l.id, 'says' FROM document d
        JOIN lot l ON d.source = 'certificate:lot:' || l.id
        WHERE (d.facts->>'certificate_number')::bigint <> l.certificate_number
           OR (d.facts->>'shares')::bigint <> l.shares OR (d.facts->>'paid_minor')::bigint <> l.paid_cents
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM document')} documents", wrong)


PROOFS = [
    Proof(N_("The vault holds every document unaltered"), _vault_is_whole),
    Proof(N_("Every certificate says what its lot says"), _certificates_match_lots),
]
