"""What is kept of the accountant's own: numbers and titles of accounts, and manual entries with their evidence."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.ledger.models import Entry


class ChartAccount(Base):
    """An account of the chart by kind and subject, as the accountant calls it from now on; the last row counts.

    Accounts of the organization's own are of the kinds `other_…`, and their subject is the number they began with.
    """

    __tablename__ = "chart_account"
    __table_args__ = (Index(None, "kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String)
    number: Mapped[str] = mapped_column(String)
    title: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class ManualEntry(Base):
    """An entry that one person proposed and another approved: why, and on which evidence."""

    __tablename__ = "manual_entry"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String)
    evidence: Mapped[str] = mapped_column(String)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    booked_at: Mapped[datetime]

    entry: Mapped[Entry] = relationship()


for _table in (ChartAccount, ManualEntry):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
