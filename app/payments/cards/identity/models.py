"""What is kept of visits to the processor's identity check; never a copy, number or picture of a document."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class IdentityVisit(Base):
    """Somebody goes to the processor's page to show a document; `id` is in the metadata of its session there."""

    __tablename__ = "identity_visit"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    begun_at: Mapped[datetime]


class IdentityVisitOpened(Base):
    """The session that the processor opened for a visit."""

    __tablename__ = "identity_visit_opened"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("identity_visit.id"), primary_key=True)
    session: Mapped[str] = mapped_column(String, unique=True)


class IdentityRedaction(Base):
    """A check is to be redacted at the processor, since its person is erased; written before the call."""

    __tablename__ = "identity_redaction"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("identity_visit.id"), primary_key=True)
    asked_at: Mapped[datetime]


class IdentityRedacted(Base):
    """The processor has redacted a check."""

    __tablename__ = "identity_redacted"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("identity_redaction.visit_id"), primary_key=True)
    at: Mapped[datetime]


for _table in (IdentityVisit, IdentityVisitOpened, IdentityRedaction, IdentityRedacted):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
