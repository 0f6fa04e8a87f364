"""The audit trail: who did what, when, and why; one line an act, written in the act's own transaction."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock
from app.core.appendonly import append_only
from app.core.database import Base


class Tag(StrEnum):
    """Everything that is ever audited, as `subject:act`."""

    SIGNED_IN = "session:opened"
    SIGNED_OUT = "session:revoked"
    ROLE_GRANTED = "role:granted"
    ROLE_ENDED = "role:ended"
    PROPOSED = "proposal:made"
    APPROVED = "proposal:approved"
    DECLINED = "proposal:refused"
    PARTICULARS_RECORDED = "person:particulars-recorded"
    MEMBER_ENTERED = "member:entered"
    OFFER_DRAFTED = "offer:drafted"
    OFFER_CHANGED = "offer:changed"
    OFFER_OPENED = "offer:opened"
    OFFER_CLOSED = "offer:closed"
    OFFER_CANCELLED = "offer:cancelled"
    PLEDGE_MADE = "pledge:made"
    PLEDGE_CONFIRMED = "pledge:confirmed"
    PLEDGE_WITHDRAWN = "pledge:withdrawn"
    RECEIPT_RECORDED = "receipt:recorded"
    SHARES_ALLOTTED = "shares:allotted"
    REFUND_DUE = "refund:due"
    REFUND_PAID = "refund:paid"
    DOCUMENT_FILED = "document:filed"
    DOCUMENT_READ = "document:read"
    REGISTER_EXPORTED = "register:exported"
    KEYS_ROTATED = "keys:rotated"
    LAW_ADAPTED = "law:adapted"
    LAW_CONFIRMED = "law:confirmed"


class AuditLine(Base):
    """One act. `actor_id` is a person, or null for the system; details carry no personal data."""

    __tablename__ = "audit_line"
    __table_args__ = (Index(None, "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    tag: Mapped[str] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String)
    reason: Mapped[str | None] = mapped_column(String)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)


append_only(AuditLine.__table__)  # type: ignore[arg-type]


def record(
    session: Session, tag: Tag, subject: str, *, by: int | None, reason: str | None = None, **details: Any
) -> None:
    """Write the line of an act: `subject` is `kind:id`, `by` the person's id or None for the system."""
    session.add(AuditLine(at=clock.now(), actor_id=by, tag=tag.value, subject=subject, reason=reason, details=details))
