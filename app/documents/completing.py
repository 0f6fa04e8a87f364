"""Completing seals: what an authority that was down could not give at filing is asked for until it is there."""

from datetime import timedelta

from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs, vault
from app.core.settings import settings
from app.documents.bulk.sealing import JOB as ISSUE_JOB
from app.documents.filing import file_of
from app.documents.kinds import Level, all_kinds
from app.documents.models import Document, DocumentFile
from app.documents.seals.keys import certificates_in, is_issued, known_roots
from app.documents.seals.revocation import JOB as PROOF_JOB
from app.documents.seals.revocation import with_revocation
from app.documents.seals.timestamping import JOB as TIMESTAMP_JOB
from app.documents.seals.timestamping import levels_of

GIVEN_UP = timedelta(hours=12)
"""By then the tries of a job have ended."""
AT_ONCE = 500
_LACKING = """
SELECT d.id FROM document d
WHERE d.kind = ANY(:kinds) AND d.facts->>'seal' = 'organization' AND d.filed_at < :before
    AND NOT EXISTS (SELECT FROM document_leaf l WHERE l.document_id = d.id)
    AND (d.pdf_sha256 IS NOT NULL OR EXISTS (SELECT FROM document_file f WHERE f.document_id = d.id))
    AND NOT EXISTS (SELECT FROM document_file f WHERE f.document_id = d.id AND f.level = ANY(:levels))
    AND (:first = '' OR EXISTS (SELECT FROM document_file f WHERE f.document_id = d.id AND f.level = :first))
    AND NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.task_name = :job AND j.status IN ('todo', 'doing')
        AND (j.args->>'document_id')::bigint = d.id)
ORDER BY random() LIMIT :most
"""  # at random, so that one that can never be helped keeps no other waiting
_ISSUES = """
SELECT s.issue_id FROM document_issue_seal s
WHERE s.sealed_at < :before AND NOT EXISTS (SELECT FROM document_issue_timestamp t WHERE t.issue_id = s.issue_id)
    AND NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.task_name = :job AND j.status IN ('todo', 'doing')
        AND (j.args->>'issue_id')::bigint = s.issue_id)
"""


def prove_seal(session: Session, document_id: int) -> None:
    """Put behind a document's seal what was said of its certificates (PAdES B-LT); harmless when repeated.

    Raises `Unsaid`.
    """
    document = session.scalars(select(Document).where(Document.id == document_id).with_for_update(key_share=True)).one()
    levels, sha256 = levels_of(session, document_id), file_of(session, document)
    if "B-T" not in levels or "B-LT" in levels or not document.facts or sha256 is None or not is_issued():
        return
    above = settings().tsa_certificates
    known = [each.public_bytes(Encoding.DER) for each in (certificates_in(above) if above else [])]
    content = with_revocation(vault.get(sha256), [*known_roots(), *known])
    session.add(
        DocumentFile(
            document_id=document.id,
            pdf_sha256=vault.put(content),
            level="B-LT",
            engine=document.engine,
            made_at=clock.now(),
        )
    )
    audit.record(session, audit.Tag.DOCUMENT_PROVED, f"document:{document.id}", by=None)


def finish_seals(session: Session) -> None:
    """Ask again for the timestamps and proofs that were given up: those of documents, and those of whole issues."""
    if not settings().tsa_url:
        return
    _ask(session, TIMESTAMP_JOB, _kinds("B-T", "B-LT"), ["B-T", "B-LT"], "")
    if is_issued():
        _ask(session, PROOF_JOB, _kinds("B-LT"), ["B-LT"], "B-T")
    issues = session.scalars(text(_ISSUES), {"before": clock.now() - GIVEN_UP, "job": ISSUE_JOB}).all()
    jobs.defer_many(session, ISSUE_JOB, [{"issue_id": each} for each in issues], patient=True)


def _ask(session: Session, job: str, kinds: list[str], levels: list[str], first: str) -> None:
    wanted = {"kinds": kinds, "levels": levels, "first": first, "job": job, "most": AT_ONCE}
    found = session.scalars(text(_LACKING), wanted | {"before": clock.now() - GIVEN_UP}).all()
    jobs.defer_many(session, job, [{"document_id": each} for each in found], patient=True)


def _kinds(*levels: Level) -> list[str]:
    return [kind.name for kind in all_kinds().values() if kind.level in levels]
