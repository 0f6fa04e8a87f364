"""What is kept of electorates: the rule and the hash, a line for each elector, corrections, brokers' statements."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.members.models import Person


class Roll(StrEnum):
    """Where an elector's right to vote comes from."""

    REGISTER = N_("register")
    BROKERS = N_("broker's statement")


class ElectorKind(StrEnum):
    """Patrons use the platform, investors only put in money; some laws count them apart."""

    PATRON = N_("patron")
    INVESTOR = N_("investor")


class Electorate(Base):
    """The electorate of a ballot as it was frozen: totals, and the hash of the list of its electors' hashes.

    `known_at` is the moment up to which entries in the register counted; `outstanding_shares` are all issued shares
    of the classes that carry votes, `seed` the public seed of lots, drawn when the roll was frozen.
    """

    __tablename__ = "electorate"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True, autoincrement=False)
    record_date: Mapped[date]
    known_at: Mapped[datetime]
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    electors: Mapped[int]
    weight: Mapped[int]
    shares: Mapped[int]
    outstanding_shares: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    seed: Mapped[str] = mapped_column(String)
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class RollCorrection(Base):
    """The roll was wrong and is right now: the elector struck off (null: none), and why; new lines name it."""

    __tablename__ = "roll_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    struck_id: Mapped[int | None] = mapped_column(
        ForeignKey("elector.id", deferrable=True, initially="DEFERRED", use_alter=True), unique=True
    )
    reason: Mapped[str] = mapped_column(String)
    corrected_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Elector(Base):
    """A line of the roll: the holder, the weight of their vote, and what it comes from.

    `leaf` is the SHA-256 of nonce, roll, number, name, weight, shares, kind and college, a line each; the nonce is
    told to the elector, so that they find their line in the published list and nobody else can guess it.
    """

    __tablename__ = "elector"
    __table_args__ = (
        CheckConstraint("weight > 0 AND shares >= 0", name="some_weight"),
        Index(None, "ballot_id", "person_id"),
        Index("ix_elector_correction_id_rare", "correction_id", postgresql_where=text("correction_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    roll: Mapped[str] = mapped_column(String)
    number: Mapped[int | None]
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String)
    weight: Mapped[int]
    shares: Mapped[int]
    kind: Mapped[str] = mapped_column(String)
    college: Mapped[str] = mapped_column(String)
    nonce: Mapped[str] = mapped_column(String)
    leaf: Mapped[str] = mapped_column(String(64))
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("roll_correction.id"))

    person: Mapped[Person] = relationship()


class BrokerStatement(Base):
    """A broker says that somebody held listed shares at the record date; two people have seen the statement."""

    __tablename__ = "broker_statement"

    elector_id: Mapped[int] = mapped_column(ForeignKey("elector.id"), primary_key=True, autoincrement=False)
    broker: Mapped[str] = mapped_column(String)
    reference: Mapped[str] = mapped_column(String)
    held_on: Mapped[date]
    shares: Mapped[int]
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("upload.id"), index=True)
    seen_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


for _table in (Electorate, RollCorrection, Elector, BrokerStatement):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
