"""What is kept of imports: each file that was brought in, and which line became which membership and lot."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class HolderImport(Base):
    """A file of holders that was imported: its hash, how many lines it had, when, and by whom (null: command line)."""

    __tablename__ = "holder_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_sha256: Mapped[str] = mapped_column(String(64))
    lines: Mapped[int]
    imported_at: Mapped[datetime]
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ImportedHolding(Base):
    """A line that was imported, by the hashes of its key and of its holder; `digests` tell what of it differs later.

    Those are salted hashes by column: nothing can be read from them that the register does not say.
    """

    __tablename__ = "imported_holding"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder_key: Mapped[str] = mapped_column(String(64), index=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("holder_import.id"), index=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), unique=True)
    digests: Mapped[dict[str, str]] = mapped_column(JSONB)


for _table in (HolderImport, ImportedHolding):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
