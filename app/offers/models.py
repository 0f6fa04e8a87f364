"""What is kept of offers: versions of their terms, pledges, and every move of either with who, when and why."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ARRAY, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.core.money import Money
from app.members.models import Person
from app.payments.models import PaymentRequest
from app.shares.models import ShareClass


class OfferState(StrEnum):
    """Where an offer stands; settling means closed, with allotments or refunds under way."""

    DRAFT = N_("draft")
    OPEN = N_("open")
    ALLOTTING = N_("allotting")
    REFUNDING = N_("refunding")
    SUCCEEDED = N_("succeeded")
    FAILED = N_("failed")
    CANCELLED = N_("cancelled")


class PledgeState(StrEnum):
    """Where a pledge stands; whether it is paid is read from the books, not kept here."""

    UNCONFIRMED = N_("unconfirmed")
    CONFIRMED = N_("confirmed")
    WITHDRAWN = N_("withdrawn")
    LAPSED = N_("lapsed")
    ALLOTTED = N_("allotted")
    RETURNED = N_("returned")


class Offer(Base):
    """An offer of shares; its present state is the last of its moves, its terms are the last version."""

    __tablename__ = "offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String, unique=True)
    state: Mapped[str] = mapped_column(String)
    terms_id: Mapped[int] = mapped_column(ForeignKey("offer_terms.id", use_alter=True))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    terms: Mapped["OfferTerms"] = relationship(foreign_keys=[terms_id])


class OfferTerms(Base):
    """One version of an offer's terms, never changed; a pledge names the version it was made under."""

    __tablename__ = "offer_terms"
    __table_args__ = (UniqueConstraint("offer_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id", deferrable=True, initially="DEFERRED"))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String)
    summary: Mapped[str] = mapped_column(String)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"))
    price_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    target_cents: Mapped[int]
    person_shares_min: Mapped[int]
    person_shares_max: Mapped[int]
    deadline_at: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String)
    users_count: Mapped[int | None]
    participants_target: Mapped[int | None]
    account_holder: Mapped[str] = mapped_column(String)
    account_number: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    share_class: Mapped[ShareClass] = relationship()

    @property
    def price(self) -> Money:
        """Price of one share."""
        return Money(self.price_cents, self.currency)

    @property
    def target(self) -> Money:
        """What must have been paid for the offer to succeed."""
        return Money(self.target_cents, self.currency)


class OfferMove(Base):
    """An offer changed its state: who, when, why."""

    __tablename__ = "offer_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"), index=True)
    to_state: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)


class Pledge(Base):
    """What someone declared on the form; it counts, and `person_id` is set, once the letter's link was followed."""

    __tablename__ = "pledge"
    __table_args__ = (
        Index(
            "uq_pledge_offer_id_person_id_standing",
            "offer_id",
            "person_id",
            unique=True,
            postgresql_where=text("state IN ('confirmed', 'allotted')"),
        ),
        Index(None, "offer_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String, unique=True)
    form_key: Mapped[str] = mapped_column(String, unique=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offer.id"))
    terms_id: Mapped[int] = mapped_column(ForeignKey("offer_terms.id"))
    state: Mapped[str] = mapped_column(String)
    shares: Mapped[int]
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    email: Mapped[str] = mapped_column(String)
    language: Mapped[str] = mapped_column(String)
    legal_name: Mapped[str] = mapped_column(String)
    street_lines: Mapped[list[str]] = mapped_column(ARRAY(String))
    postal_code: Mapped[str] = mapped_column(String)
    locality: Mapped[str] = mapped_column(String)
    region: Mapped[str] = mapped_column(String)
    country: Mapped[str] = mapped_column(String(2))
    made_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    payment_request_id: Mapped[int | None] = mapped_column(ForeignKey("payment_request.id"), unique=True)

    offer: Mapped[Offer] = relationship()
    terms: Mapped[OfferTerms] = relationship()
    person: Mapped[Person | None] = relationship()
    request: Mapped[PaymentRequest | None] = relationship()

    @property
    def amount(self) -> Money:
        """What the pledged shares cost."""
        return Money(self.amount_cents, self.currency)


class PledgeMove(Base):
    """A pledge changed its state: who (null: the system), when, why."""

    __tablename__ = "pledge_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), index=True)
    to_state: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)


for _table in (OfferTerms, OfferMove, PledgeMove):
    append_only(_table.__table__)  # type: ignore[arg-type]
