"""What is kept of standing delegations: who lets whom vote on which topic, the answer, the end, and every use."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.ballots.models import BallotTopic
from app.core.appendonly import append_only
from app.core.database import Base
from app.members.models import Person


class Delegation(Base):
    """Somebody lets another vote for them on every ballot about a topic, until a day where one is said.

    It is not passed on: whoever holds it votes with it or not at all.
    """

    __tablename__ = "delegation"
    __table_args__ = (CheckConstraint("principal_id <> holder_id", name="two_people"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("ballot_topic.id"), index=True)
    principal_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    valid_until: Mapped[date | None]
    given_at: Mapped[datetime]

    topic: Mapped[BallotTopic] = relationship()
    principal: Mapped[Person] = relationship(foreign_keys=[principal_id])
    holder: Mapped[Person] = relationship(foreign_keys=[holder_id])


class DelegationAnswer(Base):
    """The holder accepted or declined."""

    __tablename__ = "delegation_answer"

    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"), primary_key=True, autoincrement=False)
    accepted: Mapped[bool]
    answered_at: Mapped[datetime]


class DelegationEnd(Base):
    """A delegation ended before its time: why, when, by whom."""

    __tablename__ = "delegation_end"

    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String)
    ended_at: Mapped[datetime]
    ended_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class DelegationUse(Base):
    """On a ballot that opened a delegation became a proxy, by which its holder votes there."""

    __tablename__ = "delegation_use"

    proxy_id: Mapped[int] = mapped_column(ForeignKey("ballot_proxy.id"), primary_key=True, autoincrement=False)
    delegation_id: Mapped[int] = mapped_column(ForeignKey("delegation.id"), index=True)


for _table in (Delegation, DelegationAnswer, DelegationEnd, DelegationUse):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
