"""What is kept of meetings and ballots: versions of their terms, resolutions with amendments, and every move."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_


class MeetingKind(StrEnum):
    """What a meeting is called."""

    ANNUAL = N_("annual general meeting")
    EXTRAORDINARY = N_("extraordinary general meeting")
    CLASS = N_("meeting of a class")


class BallotState(StrEnum):
    """Where a ballot stands.

    Called: notice was given. Ready: its electorate is frozen. Objected: a teller does not certify the count as it is.
    """

    DRAFT = N_("draft")
    CALLED = N_("called")
    READY = N_("ready to open")
    OPEN = N_("open")
    CLOSED = N_("closed")
    COUNTED = N_("counted")
    OBJECTED = N_("objected to")
    CERTIFIED = N_("certified")
    CALLED_OFF = N_("called off")


class Casting(StrEnum):
    """How votes are kept: each with its voter's name, or apart from the list of who voted."""

    RECORDED = N_("recorded")
    SECRET = N_("secret")


class Basis(StrEnum):
    """What the weight of a vote follows."""

    MEMBER = N_("one vote per member")
    SHARE = N_("one vote per share")
    CLASS = N_("as each class says")


class RollShown(StrEnum):
    """How the roll of electors is published: always with its hash and the hash of each line."""

    HASHES = N_("hashes only")
    NAMES = N_("names, to members")
    VOTES = N_("names and votes, to members")


class BallotTopic(Base):
    """What ballots can be about, by its name in each language: members delegate their voice by topic."""

    __tablename__ = "ballot_topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class Meeting(Base):
    """A meeting; its terms are the last version. A second call, or the meeting after an adjournment, follows one."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String, unique=True)
    terms_id: Mapped[int] = mapped_column(ForeignKey("meeting_terms.id", use_alter=True), index=True)
    call: Mapped[int]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    terms: Mapped["MeetingTerms"] = relationship(foreign_keys=[terms_id])


class MeetingTerms(Base):
    """One version of when and where a meeting is, never changed; `title` and `agenda` are texts by language."""

    __tablename__ = "meeting_terms"
    __table_args__ = (UniqueConstraint("meeting_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id", deferrable=True, initially="DEFERRED"))
    version: Mapped[int]
    kind: Mapped[str] = mapped_column(String)
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    agenda: Mapped[dict[str, str]] = mapped_column(JSONB)
    starts_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String)
    place: Mapped[str] = mapped_column(String)
    link: Mapped[str] = mapped_column(String)
    reason: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Ballot(Base):
    """Resolutions voted on together by one electorate; its state is the last of its moves, its terms the last version.

    `call` is 1, or 2 after a quorum was missed; such a ballot `follows_id` the first.
    """

    __tablename__ = "ballot"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String, unique=True)
    state: Mapped[str] = mapped_column(String)
    terms_id: Mapped[int] = mapped_column(ForeignKey("ballot_terms.id", use_alter=True), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    call: Mapped[int]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("ballot.id"), index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    terms: Mapped["BallotTerms"] = relationship(foreign_keys=[terms_id])
    meeting: Mapped[Meeting | None] = relationship()

    @property
    def subject(self) -> str:
        """What roles, proposals and the audit trail know it by."""
        return f"ballot:{self.slug}"

    @property
    def documents_subject(self) -> str:
        """To what its documents belong, as uploads name it."""
        return f"ballot-documents:{self.id}"


class BallotTerms(Base):
    """One version of a ballot's terms, never changed; they are frozen when notice is given, but for its hours.

    `law` is the id of the profile that rules it ("" for none), `notice_kind` which of its periods of notice counts,
    `notice_days` the days where no law is named. `classes` (codes, empty: all) carry votes; who holds only
    `investor_classes` is an investor. `colleges` are `{"name", "weight": "1/2", "classes": [codes]}`, in the order in
    which a holder's college is looked for; their weights are divided in proportion, or won whole. With a topic the
    standing delegations on it count.
    """

    __tablename__ = "ballot_terms"
    __table_args__ = (UniqueConstraint("ballot_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", deferrable=True, initially="DEFERRED"))
    version: Mapped[int]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    summary: Mapped[dict[str, str]] = mapped_column(JSONB)
    law: Mapped[str] = mapped_column(String)
    notice_kind: Mapped[str] = mapped_column(String)
    notice_days: Mapped[int]
    zone: Mapped[str] = mapped_column(String)
    casting: Mapped[str] = mapped_column(String)
    basis: Mapped[str] = mapped_column(String)
    votes_cap: Mapped[int | None]
    classes: Mapped[list[str]] = mapped_column(ARRAY(String))
    investor_classes: Mapped[list[str]] = mapped_column(ARRAY(String))
    colleges: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    colleges_proportional: Mapped[bool]
    record_date: Mapped[date]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    changes_allowed: Mapped[bool]
    splits_allowed: Mapped[bool]
    roll_shown: Mapped[str] = mapped_column(String)
    seed_from: Mapped[str] = mapped_column(String)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("ballot_topic.id"), index=True)
    reason: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class BallotItem(Base):
    """A resolution or an election, in its place on the ballot; its text is the last version."""

    __tablename__ = "ballot_item"
    __table_args__ = (UniqueConstraint("ballot_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    position: Mapped[int]
    created_at: Mapped[datetime]


class BallotItemText(Base):
    """One version of a resolution: its full text by language, the question, and the rule by which it passes.

    `question` is as `app.ballots.questions` reads it, `rule` as `app.ballots.rules` does. A version after notice was
    given is an amendment.
    """

    __tablename__ = "ballot_item_text"
    __table_args__ = (UniqueConstraint("item_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("ballot_item.id"))
    version: Mapped[int]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    text: Mapped[dict[str, str]] = mapped_column(JSONB)
    question: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rule: Mapped[dict[str, Any]] = mapped_column(JSONB)
    is_amendment: Mapped[bool]
    reason: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class BallotItemWithdrawal(Base):
    """A resolution was withdrawn before it was decided: it keeps its place and is not counted."""

    __tablename__ = "ballot_item_withdrawal"

    item_id: Mapped[int] = mapped_column(ForeignKey("ballot_item.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String)
    withdrawn_at: Mapped[datetime]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class BallotMove(Base):
    """A ballot changed its state: who (null: the clock), when, why."""

    __tablename__ = "ballot_move"
    __table_args__ = (Index(None, "ballot_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"))
    to_state: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)


class BallotNotice(Base):
    """Notice of a ballot was given: on which day, for which day, and how the law counts the days between."""

    __tablename__ = "ballot_notice"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True, autoincrement=False)
    given_on: Mapped[date]
    meets_on: Mapped[date]
    days: Mapped[int]
    days_needed: Mapped[int]
    clear_days: Mapped[bool]
    texts_sha256: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime]
    given_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


APPEND_ONLY = (
    BallotTopic,
    MeetingTerms,
    BallotTerms,
    BallotItem,
    BallotItemText,
    BallotItemWithdrawal,
    BallotMove,
    BallotNotice,
)
for _table in APPEND_ONLY:
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
