"""Submitting evidence: its row is committed before the processor hears of it; the bank is shown it once."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs, vault
from app.core.errors import N_, NotFound, Refusal
from app.core.identifiers import uuid7
from app.payments.cards.evidence.models import OVER, DisputeEvidence, DisputeEvidenceMove, EvidenceState
from app.payments.cards.hearing.parking import park
from app.payments.cards.returning.disputing import state
from app.payments.cards.returning.models import Dispute

SEND_JOB = "cards.send_evidence"
WAITS = ("needs_response", "warning_needs_response")
"""The states of a dispute in which the bank looks at evidence."""
BYTES_MAX = 4_500_000
"""What the processor takes of all files together."""


class NotWaiting(Refusal):
    """The dispute is decided, or evidence was sent."""

    message = N_("This dispute waits for no evidence: it is decided, or the bank looks at evidence already.")
    status = 409


class TooLate(Refusal):
    """The bank takes no more evidence."""

    message = N_("Evidence could be sent until {until}. The bank takes no more.")
    status = 409


class UnderWay(Refusal):
    """Other evidence was sent, or is about to be."""

    message = N_("Evidence is being sent already. Wait until its outcome is known.")
    status = 409


class TooLarge(Refusal):
    """The processor takes files of 4.5 MB at most."""

    message = N_(
        "The bundle is larger than 4.5 MB, which the processor does not take. Send it on the processor's pages."
    )


def submit_evidence(
    session: Session, dispute_id: int, *, document_number: int, pdf_sha256: str, texts: dict[str, str], by: int
) -> DisputeEvidence:
    """Have a file of the vault, and texts by the processor's names of fields, sent to the bank as evidence.

    The job `cards.send_evidence` sends it after the commit.
    """
    row = find_dispute(session, dispute_id, lock=True)
    refuse_unless_waiting(session, row)
    if len(vault.get(pdf_sha256)) > BYTES_MAX:
        raise TooLarge
    evidence = DisputeEvidence(
        id=uuid7(),
        dispute_id=row.id,
        person_id=row.payment.request.person_id,
        document_number=document_number,
        pdf_sha256=pdf_sha256,
        texts=texts,
        asked_at=clock.now(),
        asked_by=by,
    )
    session.add(evidence)
    session.flush()
    audit.record(session, audit.Tag.EVIDENCE_ASKED, f"dispute:{row.id}", by=by, document=document_number)
    jobs.defer(session, SEND_JOB, identifier=str(evidence.id))
    return evidence


def find_dispute(session: Session, dispute_id: int, *, lock: bool = False) -> Dispute:
    """A dispute by its number, under lock when something is decided about it."""
    wanted = select(Dispute).where(Dispute.id == dispute_id)
    row = session.scalars(wanted.with_for_update() if lock else wanted).first()
    if row is None:
        raise NotFound
    return row


def refuse_unless_waiting(session: Session, row: Dispute) -> None:
    """Refuse when the bank would not look at evidence, or other evidence is on its way."""
    if state(session, row) not in WAITS:
        raise NotWaiting
    if row.evidence_due_by is not None and row.evidence_due_by <= clock.now():
        raise TooLate(until=row.evidence_due_by)
    for _, move in evidence_of(session, row):
        if move is None or move.status != EvidenceState.REFUSED:
            raise UnderWay


def evidence_of(session: Session, row: Dispute) -> list[tuple[DisputeEvidence, DisputeEvidenceMove | None]]:
    """The evidence for a dispute, the latest first, each with what is known of it last."""
    found = session.scalars(
        select(DisputeEvidence).where(DisputeEvidence.dispute_id == row.id).order_by(DisputeEvidence.id.desc())
    )
    return [(each, last_move(session, each.id)) for each in found]


def last_move(session: Session, identifier: UUID) -> DisputeEvidenceMove | None:
    """What is known last of evidence; None while nothing is."""
    wanted = select(DisputeEvidenceMove).where(DisputeEvidenceMove.evidence_id == identifier)
    return session.scalars(wanted.order_by(DisputeEvidenceMove.id.desc()).limit(1)).first()


def record_evidence(session: Session, identifier: UUID, status: EvidenceState, *, file: str, reason: str = "") -> None:
    """Note what became of evidence; what is refused waits for a person, who can send other evidence in time."""
    evidence = session.scalars(select(DisputeEvidence).where(DisputeEvidence.id == identifier).with_for_update()).one()
    before = last_move(session, identifier)
    if before is not None and (before.status in OVER or before.status == status):
        return
    move: dict[str, Any] = {"status": status, "file": file, "reason": reason, "at": clock.now()}
    session.add(DisputeEvidenceMove(evidence_id=identifier, **move))
    session.flush()
    subject = f"dispute:{evidence.dispute_id}"
    if status == EvidenceState.SENT:
        audit.record(session, audit.Tag.EVIDENCE_SENT, subject, by=None, document=evidence.document_number)
    elif status == EvidenceState.REFUSED:
        audit.record(session, audit.Tag.EVIDENCE_REFUSED, subject, by=None, reason=reason)
        park(session, "evidence", str(identifier), N_("the processor refused evidence"), dispute=evidence.dispute_id)
