"""What is kept of register files that were asked for: the question, how far the file is, and where it ends."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base


class RegisterExport(Base):
    """A file of a register that the desk asked for; the worker writes it, and it is removed when it expires.

    `lines_done` of `lines_total` are written (0: nobody knows how many there will be). `refusal` says in the language
    of whoever asked why there is no file.
    """

    __tablename__ = "register_export"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String, unique=True)
    register: Mapped[str] = mapped_column(String)
    profile: Mapped[str] = mapped_column(String)
    form: Mapped[str] = mapped_column(String)
    language: Mapped[str] = mapped_column(String)
    as_of: Mapped[date]
    known_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    lines_done: Mapped[int]
    lines_total: Mapped[int]
    refusal: Mapped[str | None] = mapped_column(String)
    made_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    size_bytes: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
