"""What is kept of a close: the buckets as they stood, and what was said of what remained."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.ledger.closing import PeriodClosing


class PeriodReconciliation(Base):
    """The reckoning by which a period was closed; `explanations` are by `section.bucket`, in words of who proposed."""

    __tablename__ = "period_reconciliation"

    period_closing_id: Mapped[int] = mapped_column(
        ForeignKey("period_closing.id"), primary_key=True, autoincrement=False
    )
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    facts_sha256: Mapped[str] = mapped_column(String(64))
    explanations: Mapped[dict[str, str]] = mapped_column(JSONB)
    reckoned_at: Mapped[datetime]

    closing: Mapped[PeriodClosing] = relationship()


class PeriodItems(Base):
    """Every item of a closed period as it stood then: how many, and the hash under which the vault has them."""

    __tablename__ = "period_items"

    period_closing_id: Mapped[int] = mapped_column(
        ForeignKey("period_closing.id"), primary_key=True, autoincrement=False
    )
    items: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))

    closing: Mapped[PeriodClosing] = relationship()


for _table in (PeriodReconciliation, PeriodItems):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
