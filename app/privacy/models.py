"""What is kept of privacy: consents, files of personal data until they expire, and how erasure was decided."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.cipher import SealedBytes
from app.core.database import Base
from app.members.models import Person


class Consent(Base):
    """Somebody agreed to a purpose in the words of a version, or took that back; the latest row of a purpose counts."""

    __tablename__ = "consent"
    __table_args__ = (Index(None, "person_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str] = mapped_column(String)
    text_version: Mapped[int]
    language: Mapped[str] = mapped_column(String)
    given: Mapped[bool]
    at: Mapped[datetime]
    door: Mapped[str | None] = mapped_column(String)


class PersonalFile(Base):
    """Everything about one person, made for that person; its content is sealed and removed when it expires."""

    __tablename__ = "personal_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    json: Mapped[bytes | None] = mapped_column(SealedBytes("personal_file.json"))
    pdf: Mapped[bytes | None] = mapped_column(SealedBytes("personal_file.pdf"))


class ErasureRequest(Base):
    """Somebody asked that a person's data be erased: that person, or staff for them."""

    __tablename__ = "erasure_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class ErasureDecision(Base):
    """The one decision of a request: what was erased, and what is kept restricted, on what ground and until when."""

    __tablename__ = "erasure_decision"

    request_id: Mapped[int] = mapped_column(ForeignKey("erasure_request.id"), primary_key=True, autoincrement=False)
    granted: Mapped[bool]
    reason: Mapped[str] = mapped_column(String)
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]
    erased: Mapped[dict[str, Any]] = mapped_column(JSONB)
    kept: Mapped[list[Any]] = mapped_column(JSONB)
    delete_after: Mapped[date | None]

    request: Mapped[ErasureRequest] = relationship()


for _table in (Consent, ErasureRequest, ErasureDecision):
    append_only(_table.__table__)  # type: ignore[arg-type]
