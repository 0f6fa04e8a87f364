"""What is kept of the processor's events, and of what waits for a person's judgement."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class StripeEvent(Base):
    """An event that was delivered or found, kept once; `object_id` is what it is about, which is asked for anew."""

    __tablename__ = "stripe_event"
    __table_args__ = (Index(None, "type"), Index(None, "received_at"))

    id: Mapped[str] = mapped_column(String, primary_key=True)
    type: Mapped[str] = mapped_column(String)
    object_id: Mapped[str] = mapped_column(String)
    created: Mapped[datetime]
    livemode: Mapped[bool]
    account: Mapped[str] = mapped_column(String)
    payload_sha256: Mapped[bytes] = mapped_column(BYTEA)
    received_at: Mapped[datetime]


class StripeEventPayload(Base):
    """What an event said in full; it can name people, so it is removed after thirty days."""

    __tablename__ = "stripe_event_payload"

    event_id: Mapped[str] = mapped_column(ForeignKey("stripe_event.id"), primary_key=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    received_at: Mapped[datetime] = mapped_column(index=True)


class StripeEventHandled(Base):
    """What handling an event came to."""

    __tablename__ = "stripe_event_handled"

    event_id: Mapped[str] = mapped_column(ForeignKey("stripe_event.id"), primary_key=True)
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String)


class ParkedItem(Base):
    """Something that no rule may settle: `kind` and `subject` (an object's name) say what; a person looks at it."""

    __tablename__ = "parked_item"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String)
    reason: Mapped[str] = mapped_column(String)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    at: Mapped[datetime]


class ParkedDone(Base):
    """A person has looked at what was parked, and says what was done."""

    __tablename__ = "parked_done"

    parked_item_id: Mapped[int] = mapped_column(ForeignKey("parked_item.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(String)


for _table in (StripeEvent, StripeEventHandled, ParkedItem, ParkedDone):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
