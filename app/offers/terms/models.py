"""What is kept of changed terms: who confirmed a pledge under them; and how much of a cap is taken."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.appendonly import append_only
from app.core.database import Base


class PledgeReconfirmation(Base):
    """A pledge was confirmed again under changed terms, which are its own from then on."""

    __tablename__ = "pledge_reconfirmation"
    __table_args__ = (UniqueConstraint("pledge_id", "terms_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    terms_id: Mapped[int] = mapped_column(ForeignKey("offer_terms.id"))
    reconfirmed_at: Mapped[datetime]
    reconfirmed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class OfferRoom(Base):
    """How much of a cap is taken by confirmed pledges, of an offer that serves who comes first; one row to lock."""

    __tablename__ = "offer_room"
    __table_args__ = (CheckConstraint("taken_cents >= 0", name="taken_not_negative"),)

    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), primary_key=True, autoincrement=False)
    taken_cents: Mapped[int]


append_only(PledgeReconfirmation.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
