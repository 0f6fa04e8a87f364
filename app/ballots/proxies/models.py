"""What is kept of proxies: who lets whom vote, on what, with which instructions, and all that came of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ballots.models import Ballot, Meeting
from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.members.models import Person


class Ended(StrEnum):
    """Why a proxy ended."""

    REVOKED = N_("revoked by the member")
    RESIGNED = N_("given back by the holder")
    OWN_VOTE = N_("the member voted themself")


class Proxy(Base):
    """Somebody lets another vote for them: on one ballot, or on all of a meeting, until a day where one is said.

    It holds for a ballot or meeting that follows after a missed quorum or an adjournment too.
    """

    __tablename__ = "ballot_proxy"
    __table_args__ = (
        CheckConstraint("(ballot_id IS NULL) <> (meeting_id IS NULL)", name="one_scope"),
        CheckConstraint("principal_id <> holder_id", name="two_people"),
        Index(None, "ballot_id"),
        Index(None, "meeting_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int | None] = mapped_column(ForeignKey("ballot.id"))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))
    principal_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    valid_until: Mapped[date | None]
    appointed_at: Mapped[datetime]

    ballot: Mapped[Ballot | None] = relationship()
    meeting: Mapped[Meeting | None] = relationship()
    principal: Mapped[Person] = relationship(foreign_keys=[principal_id])
    holder: Mapped[Person] = relationship(foreign_keys=[holder_id])


class ProxyInstruction(Base):
    """How the holder is to vote on an item, in the canonical form of `app.ballots.answers`."""

    __tablename__ = "ballot_proxy_instruction"

    proxy_id: Mapped[int] = mapped_column(ForeignKey("ballot_proxy.id"), primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("ballot_item.id"), primary_key=True, autoincrement=False, index=True
    )
    answer: Mapped[str] = mapped_column(String)


class ProxyAnswer(Base):
    """The holder accepted or declined."""

    __tablename__ = "ballot_proxy_answer"

    proxy_id: Mapped[int] = mapped_column(ForeignKey("ballot_proxy.id"), primary_key=True, autoincrement=False)
    accepted: Mapped[bool]
    answered_at: Mapped[datetime]


class ProxyEnd(Base):
    """A proxy ended before its time: why, when, by whom."""

    __tablename__ = "ballot_proxy_end"

    proxy_id: Mapped[int] = mapped_column(ForeignKey("ballot_proxy.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String)
    ended_at: Mapped[datetime]
    ended_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class ProxyVote(Base):
    """A vote that a holder cast by a proxy."""

    __tablename__ = "ballot_proxy_vote"

    vote_id: Mapped[int] = mapped_column(ForeignKey("ballot_vote.id"), primary_key=True, autoincrement=False)
    proxy_id: Mapped[int] = mapped_column(ForeignKey("ballot_proxy.id"), index=True)


for _table in (Proxy, ProxyInstruction, ProxyAnswer, ProxyEnd, ProxyVote):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
