"""Uploads: files that people give, kept in the vault, each with a row that says what it is and to what it belongs."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class Upload(Base):
    """A file: the hash under which the vault keeps it, its size, what its content is, and the name it is shown by.

    `subject` is `kind:id` of what it belongs to, such as `offer-terms:12`; whoever keeps that kind decides who reads.
    """

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    kind: Mapped[str] = mapped_column(String)
    shown_name: Mapped[str] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String, index=True)
    uploaded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    uploaded_at: Mapped[datetime]


append_only(Upload.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
