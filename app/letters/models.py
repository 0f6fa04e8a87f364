"""What is kept of letters: whom they went to, what they said, and that they were sent."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class Letter(Base):
    """A letter by name, with the facts its text is made of; facts hold ids, never the tokens of links."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    to_address: Mapped[str] = mapped_column(String)
    language: Mapped[str] = mapped_column(String)
    name: Mapped[str] = mapped_column(String)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    person_id: Mapped[int | None] = mapped_column(index=True)
    written_at: Mapped[datetime]


class LetterSent(Base):
    """The letter was handed to the mail system."""

    __tablename__ = "letter_sent"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True, autoincrement=False)
    sent_at: Mapped[datetime]
    message_id: Mapped[str] = mapped_column(String)


append_only(Letter.__table__, redactable=("to_address", "facts"))  # type: ignore[arg-type]  # a mapped class's table is a Table
append_only(LetterSent.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
