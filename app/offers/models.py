"""What is kept of offers: versions of their terms, pledges, and every move of either with who, when and why."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.core.money import Money
from app.members.models import Person
from app.payments.models import PaymentRequest
from app.shares.models import ShareClass


class OfferState(StrEnum):
    """Where an offer stands.

    Tallying: closed for pledges, its result is not approved yet. Collecting: enough was pledged, money still comes in.
    Short: less than the minimum was collected, and people decide. Allotting and refunding: the worker settles it.
    """

    DRAFT = N_("draft")
    OPEN = N_("open")
    TALLYING = N_("tallying")
    COLLECTING = N_("collecting")
    SHORT = N_("short")
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


class OfferKind(StrEnum):
    """Whether an offer asks who would buy (an indication binds nobody and takes no money), or sells."""

    INDICATION = N_("indication of interest")
    SUBSCRIPTION = N_("subscription")


class Oversubscription(StrEnum):
    """How shares are given out when more are pledged than the cap allows; the terms say it beforehand."""

    FIRST_COME = N_("first come, first served")
    SCALE_BACK = N_("scaled back in proportion")
    LOTTERY = N_("drawn by lot")


class PayWhen(StrEnum):
    """When a pledge is to be paid."""

    AT_ONCE = N_("at once")
    AT_GOAL = N_("when the target is reached")


class PledgeKind(StrEnum):
    """For whom a pledge is: oneself or whom one acts for, another as a gift, or somebody who cannot pay."""

    OWN = N_("own")
    GIFT = N_("gift")
    SOLIDARITY = N_("solidarity")


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
    """One version of an offer's terms, never changed; a pledge names the version it was made under.

    `law` is the id of the law profile that rules the offer ("" for none). `minimum_cents` null means the target.
    `price_steps` are `{"from": instant in ISO 8601, "price_cents": n}` in the order of time: later prices of a share.
    `countries` (ISO 3166-1, empty: all) are open, `closed_countries` never. `ways_to_pay` are names of `PayBy`.
    `intermediaries` are `{"earner", "payer", "ppm" or "each_cents"}`: what each earns from a purchase; null while that
    is not said. `reconfirm_by` is set in a version that replaces the terms of an open offer: who does not confirm it
    is out.
    """

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
    kind: Mapped[str] = mapped_column(String, server_default="subscription")
    law: Mapped[str] = mapped_column(String, server_default="")
    minimum_cents: Mapped[int | None]
    cap_cents: Mapped[int | None]
    oversubscription: Mapped[str] = mapped_column(String, server_default="first come, first served")
    lottery_seed_from: Mapped[str] = mapped_column(String, server_default="")
    price_steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    countries: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    closed_countries: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    pay_when: Mapped[str] = mapped_column(String, server_default="at once")
    ways_to_pay: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{bank transfer}")
    instalments_max: Mapped[int] = mapped_column(server_default="1")
    instalment_months: Mapped[int] = mapped_column(server_default="1")
    collecting_days: Mapped[int] = mapped_column(server_default="0")
    warnings: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
    platform_users_only: Mapped[bool] = mapped_column(server_default=text("false"))
    solidarity: Mapped[bool] = mapped_column(server_default=text("false"))
    record_date: Mapped[date | None]
    settlement_days: Mapped[int] = mapped_column(server_default="0")
    intermediaries: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    follows_offer_id: Mapped[int | None] = mapped_column(ForeignKey("offer.id"))
    reconfirm_by: Mapped[datetime | None]
    change_reason: Mapped[str] = mapped_column(String, server_default="")

    share_class: Mapped[ShareClass] = relationship()

    @property
    def price(self) -> Money:
        """Price of one share."""
        return Money(self.price_cents, self.currency)

    @property
    def target(self) -> Money:
        """What must be pledged for the offer to go on."""
        return Money(self.target_cents, self.currency)

    @property
    def minimum(self) -> Money:
        """What must have been collected before any share is final."""
        return Money(self.target_cents if self.minimum_cents is None else self.minimum_cents, self.currency)

    @property
    def cap(self) -> Money | None:
        """More than this is never allotted; None where the terms set no cap."""
        return None if self.cap_cents is None else Money(self.cap_cents, self.currency)

    @property
    def law_id(self) -> str | None:
        """The id of the law profile that rules the offer; None where none was chosen."""
        return self.law or None

    @property
    def documents_subject(self) -> str:
        """To what the documents of this version belong, as uploads name it."""
        return f"offer-terms:{self.id}"

    def price_at(self, at: datetime) -> Money:
        """The price of one share for a pledge made at a moment."""
        steps = [step["price_cents"] for step in self.price_steps if datetime.fromisoformat(step["from"]) <= at]
        return Money(steps[-1], self.currency) if steps else self.price


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
    """What someone declared on the form; it counts, and `person_id` is set, once the letter's link was followed.

    `person_id` pledged and pays; `holder_id` will hold the shares: the same person, or a company, a minor, joint
    holders or somebody who gets a gift, as `holder_kind` and `holder` (what was typed of them) say.
    `price_cents` is the price of a share when the pledge was made; `allotted_shares` the result of a scale-back or
    lottery (null: all of `shares`). `from_pledge_id` is the indication of interest that it follows; `replaces_id`
    the pledge that was changed into this one.
    """

    __tablename__ = "pledge"
    __table_args__ = (
        Index(
            "uq_pledge_offer_id_holder_id_standing",
            "offer_id",
            "holder_id",
            unique=True,
            postgresql_where=text("state IN ('confirmed', 'allotted')"),
        ),
        Index(None, "offer_id", "state", "id"),
        Index(None, "offer_id", "country", "id"),
        Index(None, "offer_id", "amount_cents", "id"),
        Index(None, "offer_id", "made_at"),
        Index(
            "ix_pledge_holder_kind_rare",
            "offer_id",
            "holder_kind",
            "id",
            postgresql_where=text("holder_kind <> 'person'"),
        ),
        Index("ix_pledge_pay_by_rare", "offer_id", "pay_by", "id", postgresql_where=text("pay_by <> 'bank transfer'")),
        Index(
            "ix_pledge_email_lower",
            text("lower(email)"),
            postgresql_ops={"lower(email)": "text_pattern_ops"},
        ),
        Index(
            "ix_pledge_legal_name_words",
            text("to_tsvector('simple'::regconfig, legal_name)"),
            postgresql_using="gin",
        ),
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
    kind: Mapped[str] = mapped_column(String, server_default="own")
    price_cents: Mapped[int]
    telephone: Mapped[str] = mapped_column(String, server_default="")
    holder_kind: Mapped[str] = mapped_column(String, server_default="person")
    holder: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    pay_by: Mapped[str] = mapped_column(String, server_default="bank transfer")
    instalments: Mapped[int] = mapped_column(server_default="1")
    allotted_shares: Mapped[int | None]
    from_pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), unique=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), unique=True)

    offer: Mapped[Offer] = relationship()
    terms: Mapped[OfferTerms] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    holding_person: Mapped[Person | None] = relationship(foreign_keys=[holder_id])
    request: Mapped[PaymentRequest | None] = relationship()

    @property
    def amount(self) -> Money:
        """What the pledged shares cost."""
        return Money(self.amount_cents, self.currency)

    @property
    def price(self) -> Money:
        """What one share cost when the pledge was made."""
        return Money(self.price_cents, self.currency)

    @property
    def due_shares(self) -> int:
        """What the pledge gets: all its shares, or fewer after a scale-back or draw."""
        return self.shares if self.allotted_shares is None else self.allotted_shares

    @property
    def due(self) -> Money:
        """What the shares that the pledge gets cost."""
        return self.price * self.due_shares


class PledgeMove(Base):
    """A pledge changed its state: who (null: the system), when, why."""

    __tablename__ = "pledge_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"), index=True)
    to_state: Mapped[str] = mapped_column(String)
    at: Mapped[datetime] = mapped_column(index=True)
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)


for _table in (OfferTerms, OfferMove, PledgeMove):
    append_only(_table.__table__)  # type: ignore[arg-type]
