"""What is kept of shares: their classes, and every lot with its number, date, price and basis."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.ledger.models import Entry
from app.members.models import Membership


class ShareClass(Base):
    """A class of shares; `authorized_shares` (null: no limit) may never be exceeded by what is allotted."""

    __tablename__ = "share_class"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str] = mapped_column(String)
    authorized_shares: Mapped[int | None]
    created_at: Mapped[datetime]


class Lot(Base):
    """Whole shares of one class that a member received at once, at one price, with one certificate number."""

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("shares > 0", name="shares_positive"),
        CheckConstraint("paid_cents >= 0 AND price_cents >= 0", name="money_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_number: Mapped[int] = mapped_column(unique=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"))
    shares: Mapped[int]
    price_cents: Mapped[int]
    paid_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    allotted_on: Mapped[date]
    basis: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String, unique=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    recorded_at: Mapped[datetime]

    membership: Mapped[Membership] = relationship()
    share_class: Mapped[ShareClass] = relationship()
    entry: Mapped[Entry] = relationship()


append_only(Lot.__table__)  # type: ignore[arg-type]
