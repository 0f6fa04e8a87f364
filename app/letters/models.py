"""What is kept of letters: whom they went to, what they said, and that they were sent."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class Channel(StrEnum):
    """The way a letter takes."""

    EMAIL = "email"
    POST = "post"


class Letter(Base):
    """A letter by name, with the facts its text is made of; facts hold ids, never the tokens of links.

    One for a person without an e-mail address has none either, and goes by post.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    to_address: Mapped[str] = mapped_column(String)
    language: Mapped[str] = mapped_column(String)
    name: Mapped[str] = mapped_column(String)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    person_id: Mapped[int | None] = mapped_column(index=True)
    written_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String, default=Channel.EMAIL, server_default=Channel.EMAIL)


class LetterSent(Base):
    """The letter was handed to the mail system."""

    __tablename__ = "letter_sent"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True, autoincrement=False)
    sent_at: Mapped[datetime]
    message_id: Mapped[str] = mapped_column(String)


class LetterPosted(Base):
    """The letter was printed and given to the post on a day, as somebody at the desk noted."""

    __tablename__ = "letter_posted"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True, autoincrement=False)
    posted_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int]


append_only(Letter.__table__, redactable=("to_address", "facts"))  # type: ignore[arg-type]  # a mapped class's table is a Table
append_only(LetterSent.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
append_only(LetterPosted.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
