"""What is kept of a solidarity fund: gifts, requests, and every move of money into the fund and out of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.money import Money
from app.members.models import Person
from app.offers.models import Offer, Pledge
from app.payments.models import PaymentRequest


class SolidarityGift(Base):
    """Whole shares that somebody pays for others, beside a pledge (`pledge_id`) or alone; no shares follow from it.

    It counts, and `person_id` is set, once the letter's link was followed. `consent_sha256` is the hash of the text
    that was agreed to, in `language`.
    """

    __tablename__ = "solidarity_gift"
    __table_args__ = (CheckConstraint("shares > 0 AND amount_cents = shares * price_cents", name="whole_shares"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String, unique=True)
    form_key: Mapped[str] = mapped_column(String, unique=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), unique=True)
    shares: Mapped[int]
    price_cents: Mapped[int]
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    email: Mapped[str] = mapped_column(String)
    language: Mapped[str] = mapped_column(String)
    legal_name: Mapped[str] = mapped_column(String)
    consent_sha256: Mapped[str] = mapped_column(ForeignKey("shown_text.sha256"))
    made_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    confirmed_at: Mapped[datetime | None]
    payment_request_id: Mapped[int | None] = mapped_column(ForeignKey("payment_request.id"), unique=True)

    offer: Mapped[Offer] = relationship()
    person: Mapped[Person | None] = relationship()
    request: Mapped[PaymentRequest | None] = relationship()

    @property
    def amount(self) -> Money:
        """What was promised."""
        return Money(self.amount_cents, self.currency)


class SolidarityRequest(Base):
    """Somebody asks the fund to pay for a pledge, without a reason; the pledge waits unconfirmed until it does.

    `asked_at` is when the letter's link was followed: its order is that of the fund. A row is deleted with the data of
    whoever asked; if the fund paid, its grant stays.
    """

    __tablename__ = "solidarity_request"

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), primary_key=True, autoincrement=False)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_reason: Mapped[str] = mapped_column(String, server_default="")

    pledge: Mapped[Pledge] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])


class SolidarityMatching(Base):
    """Two people had the fund pay for requests; `sha256` is that of the list that they saw."""

    __tablename__ = "solidarity_matching"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String)
    matched_at: Mapped[datetime]
    matched_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class SolidarityPart(Base):
    """What a matching took of the money that is held for a gift, into the fund."""

    __tablename__ = "solidarity_part"
    __table_args__ = (
        UniqueConstraint("matching_id", "gift_id"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    matching_id: Mapped[int] = mapped_column(ForeignKey("solidarity_matching.id"))
    gift_id: Mapped[int] = mapped_column(ForeignKey("solidarity_gift.id"), index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)


class SolidarityGrant(Base):
    """The fund paid for a pledge."""

    __tablename__ = "solidarity_grant"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), primary_key=True, autoincrement=False)
    matching_id: Mapped[int] = mapped_column(ForeignKey("solidarity_matching.id"), index=True)
    shares: Mapped[int]
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)


class SolidarityComeback(Base):
    """Money that the fund paid for a pledge came back to it: the pledge ended, or gets fewer shares."""

    __tablename__ = "solidarity_comeback"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String, unique=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String)
    came_at: Mapped[datetime]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)


for _table in (SolidarityMatching, SolidarityPart, SolidarityGrant, SolidarityComeback):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
