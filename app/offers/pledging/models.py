"""What is kept of the pledge form beyond the pledge: private answers until they are confirmed, texts, consents."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.cipher import SealedText
from app.core.database import Base


class PledgePrivate(Base):
    """Private answers of a pledge that is not confirmed yet, sealed; confirming moves them to the person's record."""

    __tablename__ = "pledge_private"

    pledge_id: Mapped[int] = mapped_column(
        ForeignKey("pledge.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    answers: Mapped[str] = mapped_column(SealedText("pledge_private.answers"))
    kept_at: Mapped[datetime]


class ShownText(Base):
    """A text that people agreed to, word for word, known by its hash."""

    __tablename__ = "shown_text"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    language: Mapped[str] = mapped_column(String)
    body: Mapped[str] = mapped_column(String)
    first_shown_at: Mapped[datetime]


class PledgeConsent(Base):
    """With a pledge somebody agreed to a text, in a language, beside a version of the terms."""

    __tablename__ = "pledge_consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), index=True)
    what: Mapped[str] = mapped_column(String)
    text_sha256: Mapped[str] = mapped_column(ForeignKey("shown_text.sha256"))
    language: Mapped[str] = mapped_column(String)
    terms_version: Mapped[int]
    given_at: Mapped[datetime]


class EntryTest(Base):
    """Answers to the questions on risks that some laws ask of investors; who knows too little accepted a warning."""

    __tablename__ = "entry_test"
    __table_args__ = (CheckConstraint("right_count BETWEEN 0 AND asked_count", name="right_of_asked"),)

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), primary_key=True, autoincrement=False)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    right_count: Mapped[int]
    asked_count: Mapped[int]
    taken_at: Mapped[datetime]


class PledgeLikeness(Base):
    """Two pledges of one offer whose holders may be one person: for people to look at, nothing follows by itself."""

    __tablename__ = "pledge_likeness"
    __table_args__ = (UniqueConstraint("pledge_id", "other_pledge_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    other_pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), index=True)
    points: Mapped[int]
    reasons: Mapped[list[str]] = mapped_column(ARRAY(String))
    noticed_at: Mapped[datetime]


for _table in (ShownText, PledgeConsent, EntryTest, PledgeLikeness):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
