"""What is kept of closing an offer: an announced early end, the approved result, and until when money is collected."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class EarlyClosing(Base):
    """Supporters were told that an open offer closes at `closes_at`, before its deadline."""

    __tablename__ = "early_closing"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    closes_at: Mapped[datetime]
    announced_at: Mapped[datetime]
    announced_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)


class OfferResult(Base):
    """The approved result of an offer. `sha256` is that of its list, which says what every pledge gets.

    `seed` is that of the lottery ("" without one); amounts are in the currency of the terms.
    """

    __tablename__ = "offer_result"

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), primary_key=True, autoincrement=False)
    terms_id: Mapped[int] = mapped_column(ForeignKey("offer_terms.id"))
    sha256: Mapped[str] = mapped_column(String)
    seed: Mapped[str] = mapped_column(String)
    pledged_cents: Mapped[int]
    allotted_cents: Mapped[int]
    approved_at: Mapped[datetime]
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class CollectingWindow(Base):
    """Until when money is collected; the last row counts."""

    __tablename__ = "collecting_window"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    ends_at: Mapped[datetime]
    set_at: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)


for _table in (EarlyClosing, OfferResult, CollectingWindow):
    append_only(_table.__table__)  # type: ignore[arg-type]
