"""What is kept of secret ballots on paper: whose envelope came in, what tellers read so far, boxes put in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.cipher import SealedBytes
from app.core.database import Base


class Envelope(Base):
    """A teller noted that the paper ballot of an elector came in; once two have, the elector votes by it alone."""

    __tablename__ = "ballot_envelope"

    elector_id: Mapped[int] = mapped_column(ForeignKey("elector.id"), primary_key=True, autoincrement=False)
    noted_by: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False, index=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    channel: Mapped[str] = mapped_column(String)
    noted_at: Mapped[datetime]


class BoxReading(Base):
    """What one teller read on the sheets in the box so far, under the installation's key; removed with the box.

    Sheets are known by the number that was written on them after they were mixed, and by nothing else.
    """

    __tablename__ = "box_reading"

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), primary_key=True, autoincrement=False)
    teller_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False, index=True)
    content: Mapped[bytes] = mapped_column(SealedBytes("box_reading.content"))


class BoxPutIn(Base):
    """All sheets of a box, read alike by two tellers, were put into the urns: how many of each group, and by whom."""

    __tablename__ = "box_put_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id"), index=True)
    sheets: Mapped[int]
    groups: Mapped[dict[str, Any]] = mapped_column(JSONB)
    first_teller: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    second_teller: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    put_in_at: Mapped[datetime]


for _table in (Envelope, BoxPutIn):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
