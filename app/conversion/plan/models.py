"""What is kept of a plan: frozen steps, their days, the evidence that meets them, what is contested."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.conversion.exchange.models import Exchange
from app.core.appendonly import append_only
from app.core.database import Base
from app.core.uploads import Upload
from app.members.models import Person


class Conversion(Base):
    """A company becomes another form by the plan of a profile; `follows_id` is the stage before it."""

    __tablename__ = "conversion"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String, unique=True)
    law: Mapped[str] = mapped_column(String)
    law_version: Mapped[int]
    title: Mapped[str] = mapped_column(String)
    entity_name: Mapped[str] = mapped_column(String)
    resulting_name: Mapped[str] = mapped_column(String)
    zone: Mapped[str] = mapped_column(String)
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("conversion.id"), index=True)
    reason: Mapped[str] = mapped_column(String)
    started_at: Mapped[datetime]
    started_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    steps: Mapped[list["ConversionStep"]] = relationship(order_by="ConversionStep.position", viewonly=True)


class ConversionStep(Base):
    """A step of the plan in its place; `definition` says what it waits for and its clocks, as the law was then."""

    __tablename__ = "conversion_step"
    __table_args__ = (UniqueConstraint("conversion_id", "key"), UniqueConstraint("conversion_id", "position"))

    id: Mapped[int] = mapped_column(primary_key=True)
    conversion_id: Mapped[int] = mapped_column(ForeignKey("conversion.id"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ConversionDay(Base):
    """The day on which a step is meant to be met; a later row replaces it."""

    __tablename__ = "conversion_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("conversion_step.id"), index=True)
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    set_at: Mapped[datetime]
    set_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class ConversionEvidence(Base):
    """What meets a step since `happened_on`: `sha256` is that of the file, of the certified result, or of the list.

    `document` is the code by which anyone verifies a document that was filed here.
    """

    __tablename__ = "conversion_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("conversion_step.id"), index=True)
    kind: Mapped[str] = mapped_column(String)
    happened_on: Mapped[date]
    statement: Mapped[str] = mapped_column(String)
    sha256: Mapped[str | None] = mapped_column(String(64))
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"), index=True)
    published: Mapped[bool]
    ballot: Mapped[str | None] = mapped_column(String)
    document: Mapped[str | None] = mapped_column(String)
    exchange_id: Mapped[int | None] = mapped_column(ForeignKey("exchange.id"), index=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    upload: Mapped[Upload | None] = relationship()
    exchange: Mapped[Exchange | None] = relationship()
    recorder: Mapped[Person] = relationship()


class ConversionContest(Base):
    """Somebody contests what met a step: it is open again until new evidence is recorded."""

    __tablename__ = "conversion_contest"

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("conversion_evidence.id"), unique=True)
    reason: Mapped[str] = mapped_column(String)
    contested_at: Mapped[datetime]
    contested_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


for _table in (Conversion, ConversionStep, ConversionDay, ConversionEvidence, ConversionContest):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
