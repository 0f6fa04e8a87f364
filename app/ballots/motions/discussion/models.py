"""What is kept of discussions: versions of comments, who moderates by which election, every act of it, and appeals."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ballots.models import Ballot
from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.members.models import Person


class ModerationKind(StrEnum):
    """What a moderator did: to a comment, or to the whole discussion of a motion."""

    HIDDEN = N_("comment hidden")
    RESTORED = N_("comment shown again")
    LOCKED = N_("discussion locked")
    UNLOCKED = N_("discussion opened again")


class MotionComment(Base):
    """What a member said about a motion; its text is the last version."""

    __tablename__ = "motion_comment"
    __table_args__ = (Index(None, "motion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String, unique=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    posted_at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class MotionCommentText(Base):
    """One version of a comment, in plain text; emptied when its author's data is erased."""

    __tablename__ = "motion_comment_text"
    __table_args__ = (UniqueConstraint("comment_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("motion_comment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    version: Mapped[int]
    text: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]


class MotionCommentWithdrawal(Base):
    """The author withdrew a comment."""

    __tablename__ = "motion_comment_withdrawal"

    comment_id: Mapped[int] = mapped_column(ForeignKey("motion_comment.id"), primary_key=True, autoincrement=False)
    withdrawn_at: Mapped[datetime]


class Moderator(Base):
    """A member moderates from one day to another, by the certified result of a ballot: `elected_as` on its item."""

    __tablename__ = "motion_moderator"
    __table_args__ = (
        CheckConstraint("proposed_by <> approved_by", name="two_people"),
        CheckConstraint("valid_from <= valid_until", name="ends_after"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("ballot_item.id"), index=True)
    elected_as: Mapped[str] = mapped_column(String)
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    recorded_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    ballot: Mapped[Ballot] = relationship()


class ModeratorEnd(Base):
    """A moderator left before their time: resigned, or was removed by two people."""

    __tablename__ = "motion_moderator_end"

    moderator_id: Mapped[int] = mapped_column(ForeignKey("motion_moderator.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String)
    ended_at: Mapped[datetime]
    ended_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class Moderation(Base):
    """An act of a moderator, in public: on a comment, or (null) on the discussion; the last of each counts.

    `rule` is the rule of discussion it rests on, by language, as it stood.
    """

    __tablename__ = "motion_moderation"
    __table_args__ = (Index(None, "motion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    motion_id: Mapped[int] = mapped_column(ForeignKey("motion.id"))
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("motion_comment.id"), index=True)
    kind: Mapped[str] = mapped_column(String)
    rule: Mapped[dict[str, str]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class Appeal(Base):
    """Whom an act of moderation concerns appeals to another moderator."""

    __tablename__ = "motion_appeal"

    moderation_id: Mapped[int] = mapped_column(
        ForeignKey("motion_moderation.id"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(String)
    appealed_at: Mapped[datetime]


class AppealDecision(Base):
    """Another moderator granted or declined an appeal, with the reason."""

    __tablename__ = "motion_appeal_decision"

    moderation_id: Mapped[int] = mapped_column(
        ForeignKey("motion_appeal.moderation_id"), primary_key=True, autoincrement=False
    )
    granted: Mapped[bool]
    reason: Mapped[str] = mapped_column(String)
    decided_at: Mapped[datetime]
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


append_only(MotionCommentText.__table__, redactable=("text",))  # type: ignore[arg-type]  # its table is a Table
append_only(Appeal.__table__, redactable=("text",))  # type: ignore[arg-type]  # its table is a Table
for _table in (
    MotionComment,
    MotionCommentWithdrawal,
    Moderator,
    ModeratorEnd,
    Moderation,
    AppealDecision,
):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
