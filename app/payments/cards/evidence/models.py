"""What is kept of evidence sent about disputes, with each change of its state."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.payments.cards.returning.models import Dispute


class EvidenceState(StrEnum):
    """What is known of evidence; before its first move nothing was sent, or no answer came yet.

    Uploaded: its file is with the processor. Sent: the bank looks at it. Unknown: no answer came.
    """

    UPLOADED = "uploaded"
    UNKNOWN = "unknown"
    SENT = "sent"
    REFUSED = "refused"


OVER = (EvidenceState.SENT, EvidenceState.REFUSED)


class DisputeEvidence(Base):
    """Evidence for one dispute, written before the processor hears of it; `id` is the idempotency key.

    `texts` are sent beside the file and name a person, so an erasure empties them once the dispute is decided.
    """

    __tablename__ = "dispute_evidence"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    document_number: Mapped[int]
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    texts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    dispute: Mapped[Dispute] = relationship()


class DisputeEvidenceMove(Base):
    """What became known of evidence; the last row counts. `file` is the processor's name of the uploaded file."""

    __tablename__ = "dispute_evidence_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("dispute_evidence.id"), index=True)
    status: Mapped[str] = mapped_column(String)
    file: Mapped[str] = mapped_column(String)
    reason: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]


append_only(DisputeEvidence.__table__, redactable=("texts",))  # type: ignore[arg-type]  # a mapped class's table is a Table
append_only(DisputeEvidenceMove.__table__)  # type: ignore[arg-type]
