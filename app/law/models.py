"""What is kept of the law: an organization's own copies of profiles, and what counsel said of single values."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class LawAdaptation(Base):
    """An own copy of a profile, known as `base@id`; persons by id.

    `departures` maps keys of values to `{"law": ..., "own": ...}`: what the law said then, and what was decided.

    A copy is never changed: another decision is another copy.
    """

    __tablename__ = "law_adaptation"

    id: Mapped[int] = mapped_column(primary_key=True)
    base_id: Mapped[str] = mapped_column(String)
    base_version: Mapped[int]
    departures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(String)
    decided_by: Mapped[int]
    decided_at: Mapped[datetime]


class CounselConfirmation(Base):
    """What counsel said of a value of a profile in one version; the latest row of a value counts.

    `profile_id` may be an own copy's; `confirms` is false where counsel withdrew or denied; `counsel` is a name.
    """

    __tablename__ = "counsel_confirmation"
    __table_args__ = (Index(None, "profile_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[str] = mapped_column(String)
    profile_version: Mapped[int]
    key: Mapped[str] = mapped_column(String)
    confirms: Mapped[bool]
    counsel: Mapped[str] = mapped_column(String)
    note: Mapped[str] = mapped_column(String)
    recorded_by: Mapped[int]
    recorded_at: Mapped[datetime]


append_only(LawAdaptation.__table__)  # type: ignore[arg-type]  # SQLAlchemy types it as any selectable
append_only(CounselConfirmation.__table__)  # type: ignore[arg-type]  # SQLAlchemy types it as any selectable
