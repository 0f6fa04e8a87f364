"""What is kept of motions: versions of text, support, the board's statement, ballots drafted from them, the rules."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ballots.models import Ballot
from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.members.models import Person


class MotionState(StrEnum):
    """Where a motion stands.

    Idea: discussed, and its text still changes. Answered: the board made its statement, or its time for it is over.
    """

    IDEA = N_("idea")
    GATHERING = N_("gathering support")
    REACHED = N_("threshold reached")
    ANSWERED = N_("waits for its ballot")
    BALLOT = N_("on a ballot")
    LAPSED = N_("lapsed for want of support")
    WITHDRAWN = N_("withdrawn")
    REFUSED = N_("inadmissible")


class Topic(StrEnum):
    """What a motion is about."""

    MODERATION = N_("content moderation")
    FEES = N_("fees")
    SURPLUS = N_("use of surplus")
    DATA = N_("use of data")
    ELECTIONS = N_("elections")
    RULES = N_("rules of the organization")
    OTHER = N_("something else")


class Stance(StrEnum):
    """What the board recommends."""

    FOR = N_("The board recommends to vote for it.")
    AGAINST = N_("The board recommends to vote against it.")
    NEUTRAL = N_("The board recommends nothing.")


class MotionRules(Base):
    """One version of the rules of motions; the last counts for every motion that begins to gather support after it.

    Support is enough at `support_number` members or at the part `support_part` (such as `1/20`) of all, at the fewer
    where both are given. `conduct` are the rules of discussion that moderators apply, in order, each by language.
    """

    __tablename__ = "motion_rules"
    __table_args__ = (
        CheckConstraint("support_number IS NOT NULL OR support_part IS NOT NULL", name="says_how_many"),
        CheckConstraint("proposed_by <> approved_by", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    support_number: Mapped[int | None]
    support_part: Mapped[str | None] = mapped_column(String)
    support_days: Mapped[int]
    statement_days: Mapped[int]
    zone: Mapped[str] = mapped_column(String)
    conduct: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    written_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class Motion(Base):
    """Something that a member wants to be voted on; its state is the last of its moves."""

    __tablename__ = "motion"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(String)
    topic: Mapped[str] = mapped_column(String)
    template: Mapped[str] = mapped_column(String)
    proposed_at: Mapped[datetime]

    person: Mapped[Person] = relationship()

    @property
    def subject(self) -> str:
        """What proposals and the audit trail know it by."""
        return f"motion:{self.id}"


class MotionText(Base):
    """One version of a motion by language: title, text and grounds; what is asked and by which rule it would pass.

    `question` is as `app.ballots.questions` reads it, `rule` as `app.ballots.rules` does ({} for elections).
    """

    __tablename__ = "motion_text"
    __table_args__ = (UniqueConstraint("motion_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"))
    version: Mapped[int]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    text: Mapped[dict[str, str]] = mapped_column(JSONB)
    grounds: Mapped[dict[str, str]] = mapped_column(JSONB)
    question: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    written_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class MotionMove(Base):
    """A motion changed its state: who (null: the clock), when, why."""

    __tablename__ = "motion_move"
    __table_args__ = (Index(None, "motion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"))
    to_state: Mapped[str] = mapped_column(String)
    reason: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class MotionGathering(Base):
    """A motion began to gather support: how many of how many members it needs by when, as the rules said on the day.

    `rules_id` is null for the rules that count where none were written.
    """

    __tablename__ = "motion_gathering"
    __table_args__ = (CheckConstraint("needed > 0", name="needs_somebody"),)

    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True, autoincrement=False)
    rules_id: Mapped[int | None] = mapped_column(ForeignKey("motion_rules.id"), index=True)
    members: Mapped[int]
    needed: Mapped[int]
    statement_days: Mapped[int]
    zone: Mapped[str] = mapped_column(String)
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class MotionSupport(Base):
    """A member supports a motion; `given_by` acts for the member."""

    __tablename__ = "motion_support"
    __table_args__ = (Index(None, "motion_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    given_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    given_at: Mapped[datetime]


class MotionSupportEnd(Base):
    """A member took their support back before the countdown ended."""

    __tablename__ = "motion_support_end"

    support_id: Mapped[int] = mapped_column(ForeignKey("motion_support.id"), primary_key=True, autoincrement=False)
    taken_back_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    taken_back_at: Mapped[datetime]


class MotionStatement(Base):
    """What the board says to a motion, by language; `resolved` names the board's own resolution."""

    __tablename__ = "motion_statement"

    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"), primary_key=True, autoincrement=False)
    stance: Mapped[str] = mapped_column(String)
    text: Mapped[dict[str, str]] = mapped_column(JSONB)
    resolved: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class MotionBallot(Base):
    """A motion was put on a ballot, as an item with its text; again only when that ballot was called off."""

    __tablename__ = "motion_ballot"
    __table_args__ = (Index(None, "motion_id"), Index(None, "ballot_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"))
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("ballot_item.id"), unique=True)
    text_id: Mapped[int] = mapped_column(ForeignKey("motion_text.id"), index=True)
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    ballot: Mapped[Ballot] = relationship()


for _table in (
    MotionRules,
    MotionText,
    MotionMove,
    MotionGathering,
    MotionSupport,
    MotionSupportEnd,
    MotionStatement,
    MotionBallot,
):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
