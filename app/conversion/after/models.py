"""What is kept of a co-operative's duties: on which day its year ends, and the evidence that ticked each."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.uploads import Upload
from app.distributions.models import Distribution


class DutyYear(Base):
    """The day on which the financial year of a co-operative ends, as a month and a day; a later row replaces it."""

    __tablename__ = "duty_year"
    __table_args__ = (CheckConstraint("month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31", name="day_of_a_year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversion_id: Mapped[int] = mapped_column(ForeignKey("conversion.id"), index=True)
    month: Mapped[int]
    day: Mapped[int]
    reason: Mapped[str] = mapped_column(String)
    set_at: Mapped[datetime]
    set_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class DutyEvidence(Base):
    """What ticks a duty for the period that ends so; a row that `takes_back_id` another opens the duty again.

    `sha256` is that of the file, the certified result or the list of the distribution.
    """

    __tablename__ = "duty_evidence"
    __table_args__ = (Index(None, "conversion_id", "key", "period_end"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversion_id: Mapped[int] = mapped_column(ForeignKey("conversion.id"))
    key: Mapped[str] = mapped_column(String)
    period_end: Mapped[date]
    kind: Mapped[str] = mapped_column(String)
    happened_on: Mapped[date]
    statement: Mapped[str] = mapped_column(String)
    sha256: Mapped[str | None] = mapped_column(String(64))
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"), index=True)
    ballot: Mapped[str | None] = mapped_column(String)
    distribution_id: Mapped[int | None] = mapped_column(ForeignKey("distribution.id"), index=True)
    takes_back_id: Mapped[int | None] = mapped_column(ForeignKey("duty_evidence.id"), unique=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    upload: Mapped[Upload | None] = relationship()
    distribution: Mapped[Distribution | None] = relationship()


for _table in (DutyYear, DutyEvidence):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
