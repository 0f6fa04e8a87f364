"""What is kept of offices: who entered which on which day, and who left it when and why."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.members.models import Person


class Officer(Base):
    """Somebody in an office of `Office` from a day on; `reason` names the resolution or deed that put them there."""

    __tablename__ = "officer"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office: Mapped[str] = mapped_column(String)
    entered_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class OfficerEnd(Base):
    """An officer has left the office; once for each."""

    __tablename__ = "officer_end"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason_given"),)

    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id"), primary_key=True, autoincrement=False)
    left_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


for _each in (Officer, OfficerEnd):
    append_only(_each.__table__)  # type: ignore[arg-type]
