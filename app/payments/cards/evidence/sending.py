"""Sending evidence to the processor: the file first, then the evidence that names it; no transaction is open here."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, jobs, vault
from app.core.database import reading, transaction
from app.payments.cards import stripe
from app.payments.cards.answers import Disputed, NoAnswer, Rejected
from app.payments.cards.declines import RESEND_WITHIN
from app.payments.cards.evidence.models import OVER, DisputeEvidence, DisputeEvidenceMove, EvidenceState
from app.payments.cards.evidence.submitting import SEND_JOB, last_move, record_evidence
from app.payments.cards.models import Source
from app.payments.cards.returning.disputing import record_dispute

LOOK_AFTER = timedelta(minutes=10)
SWEPT = 50


def send_evidence(identifier: UUID) -> None:
    """Send evidence, or find out what became of it: sent again only while its key is remembered.

    Raises `NoAnswer` or `Busy` to be tried again.
    """
    with reading() as session:
        row = session.get_one(DisputeEvidence, identifier)
        last, dispute = last_move(session, identifier), row.dispute.processor_id
    if last is not None and last.status in OVER:
        return
    if clock.now() - row.asked_at >= RESEND_WITHIN:
        _look_up(row, dispute)
        return
    file = last.file if last is not None else ""
    try:
        file = file or _upload(row)
        _send(row, dispute, file)
    except NoAnswer:
        _record(row, EvidenceState.UNKNOWN, file)
        raise
    except Rejected as refusal:
        _record(row, EvidenceState.REFUSED, file, refusal.said)


def send_job(session: Session, identifier: str) -> None:
    """Send evidence in the worker, which tries again while no answer comes."""
    send_evidence(UUID(identifier))


def sweep_evidence(session: Session) -> None:
    """Have evidence looked at whose outcome has not been known for a while."""
    over = select(DisputeEvidenceMove.id).where(
        DisputeEvidenceMove.evidence_id == DisputeEvidence.id, DisputeEvidenceMove.status.in_(OVER)
    )
    old = DisputeEvidence.asked_at <= clock.now() - LOOK_AFTER
    for identifier in session.scalars(select(DisputeEvidence.id).where(~over.exists(), old).limit(SWEPT)):
        jobs.defer(session, SEND_JOB, identifier=str(identifier))


def _upload(row: DisputeEvidence) -> str:
    name = f"dispute-{row.dispute_id}-{row.document_number}.pdf"
    file = stripe.upload_evidence(f"{row.id}:file", name, vault.get(row.pdf_sha256))
    _record(row, EvidenceState.UPLOADED, file)
    return file


def _send(row: DisputeEvidence, dispute: str, file: str) -> None:
    said = {name: text for name, text in row.texts.items() if text}
    params = {
        "evidence": said | {"uncategorized_file": file},
        "submit": True,
        "metadata": {"evidence_id": str(row.id)},
    }
    _sent(row, file, stripe.send_evidence(row.id, dispute, params))


def _look_up(row: DisputeEvidence, dispute: str) -> None:
    """After a day the key is forgotten: the dispute itself says whether our evidence reached it."""
    seen = stripe.find_dispute(dispute)
    if seen.evidence == str(row.id):
        _sent(row, "", seen)
    else:
        _record(row, EvidenceState.REFUSED, "", "not found")


def _sent(row: DisputeEvidence, file: str, seen: Disputed) -> None:
    with transaction() as session:
        record_evidence(session, row.id, EvidenceState.SENT, file=file)
        record_dispute(session, seen, Source.ANSWER)


def _record(row: DisputeEvidence, status: EvidenceState, file: str, reason: str = "") -> None:
    with transaction() as session:
        record_evidence(session, row.id, status, file=file, reason=reason)
