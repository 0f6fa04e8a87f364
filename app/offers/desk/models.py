"""What is kept of the desk's work on pledges: notes, imports, counted days, and every reminder that was sent."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.members.models import Person
from app.offers.models import Pledge


class PledgeNote(Base):
    """What staff noted on a pledge; its text is emptied when the person's data is erased."""

    __tablename__ = "pledge_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), index=True)
    text: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))

    writer: Mapped[Person] = relationship()


class ImportedPledge(Base):
    """A pledge that was taken elsewhere, under the number it has there, so that its line is imported once."""

    __tablename__ = "imported_pledge"
    __table_args__ = (UniqueConstraint("offer_id", "external_id"),)

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), primary_key=True, autoincrement=False)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"))
    external_id: Mapped[str] = mapped_column(String)
    imported_at: Mapped[datetime]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    pledge: Mapped[Pledge] = relationship()


class Stage(StrEnum):
    """A step on the way to a paid pledge, as far as it is only counted."""

    SEEN = "seen"
    STARTED = "started"


class FunnelCount(Base):
    """How often a stage was reached on a day (UTC): only sums, in shards so that processes do not wait for another."""

    __tablename__ = "funnel_count"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(String, primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]


class ReminderKind(StrEnum):
    """What people are reminded of."""

    CONFIRM = N_("confirm the pledge")
    PAY = N_("pay the pledge")


class ReminderRun(Base):
    """Somebody decided to remind the supporters of an offer: of what, when and why."""

    __tablename__ = "reminder_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    kind: Mapped[str] = mapped_column(String)
    reason: Mapped[str] = mapped_column(String)
    started_at: Mapped[datetime]
    started_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Reminder(Base):
    """One reminder: of which run, on which pledge, by which letter."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("pledge_id", "run_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("reminder_run.id"), index=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    written_at: Mapped[datetime]

    run: Mapped[ReminderRun] = relationship()


append_only(PledgeNote.__table__, redactable=("text",))  # type: ignore[arg-type]  # a mapped class's table is a Table
for _table in (ImportedPledge, ReminderRun, Reminder):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
