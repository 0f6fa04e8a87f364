"""What is kept of recorded votes: each with the elector, never changed; a later vote names the one it replaces."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_


class Channel(StrEnum):
    """How a vote came in."""

    ONLINE = N_("online")
    LINK = N_("by the link in the letter")
    PROGRAM = N_("by a program")
    POSTAL = N_("by post")
    PAPER = N_("on paper at the meeting")
    PROXY = N_("by proxy")


class Vote(Base):
    """A vote of an elector on everything on the ballot; it counts unless a later one replaces it.

    `cast_by` is who cast it: the elector, or whoever acted for them. An elector has one first vote, and each vote is
    replaced at most once, so that of two sent at once one is refused.
    """

    __tablename__ = "ballot_vote"
    __table_args__ = (
        Index("uq_ballot_vote_first", "elector_id", unique=True, postgresql_where=text("replaces_id IS NULL")),
        Index(None, "ballot_id", "id"),
        Index(None, "elector_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    elector_id: Mapped[int] = mapped_column(ForeignKey("elector.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("ballot_vote.id"), unique=True)
    form_key: Mapped[str] = mapped_column(String, unique=True)
    channel: Mapped[str] = mapped_column(String)
    cast_at: Mapped[datetime]
    cast_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class VotePart(Base):
    """What a vote says to one item, with how much of its weight; several parts where a nominee splits it.

    `answer` is in the canonical form of `app.ballots.answers`.
    """

    __tablename__ = "ballot_vote_part"
    __table_args__ = (CheckConstraint("weight > 0", name="some_weight"),)

    vote_id: Mapped[int] = mapped_column(ForeignKey("ballot_vote.id"), primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("ballot_item.id"), primary_key=True, autoincrement=False, index=True
    )
    answer: Mapped[str] = mapped_column(String, primary_key=True)
    weight: Mapped[int]


class PaperEntry(Base):
    """What one teller read on a postal or paper ballot; when another reads the same, the vote is cast as `vote_id`."""

    __tablename__ = "paper_entry"
    __table_args__ = (Index(None, "ballot_id", "elector_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    elector_id: Mapped[int] = mapped_column(ForeignKey("elector.id"), index=True)
    channel: Mapped[str] = mapped_column(String)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    vote_id: Mapped[int | None] = mapped_column(ForeignKey("ballot_vote.id"), index=True)
    entered_at: Mapped[datetime]
    entered_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


for _table in (Vote, VotePart, PaperEntry):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
