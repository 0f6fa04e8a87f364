"""What is kept of results: the frozen facts with their hash, two signatures, objections, and minutes."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class BallotResult(Base):
    """A count of a ballot: everything that decides it, as `app.ballots.result.facts` writes it, and its SHA-256.

    The last one counts; another is made only when a teller objected to the one before.
    """

    __tablename__ = "ballot_result"
    __table_args__ = (Index(None, "ballot_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str] = mapped_column(String(64))
    counted_at: Mapped[datetime]
    counted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class BallotCertificate(Base):
    """Two tellers certified a result by its hash."""

    __tablename__ = "ballot_certificate"

    result_id: Mapped[int] = mapped_column(ForeignKey("ballot_result.id"), primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64))
    first_teller: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_teller: Mapped[int] = mapped_column(ForeignKey("person.id"))
    statement: Mapped[str] = mapped_column(String)
    certified_at: Mapped[datetime]


class BallotObjection(Base):
    """Somebody objects to a resolution or to the ballot as a whole, for the record: it may carry rights."""

    __tablename__ = "ballot_objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("ballot_item.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    statement: Mapped[str] = mapped_column(String)
    raised_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Minutes(Base):
    """A version of the minutes of a ballot; signed ones are final."""

    __tablename__ = "ballot_minutes"
    __table_args__ = (UniqueConstraint("ballot_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String)
    text: Mapped[str] = mapped_column(String)
    sha256: Mapped[str] = mapped_column(String(64))
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class MinutesSignature(Base):
    """Somebody signed a version of the minutes, in a capacity such as chair or secretary."""

    __tablename__ = "minutes_signature"

    minutes_id: Mapped[int] = mapped_column(ForeignKey("ballot_minutes.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False, index=True)
    capacity: Mapped[str] = mapped_column(String)
    signed_at: Mapped[datetime]


for _table in (BallotResult, BallotCertificate, BallotObjection, Minutes, MinutesSignature):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
