"""Shapes of offers: their terms as taken and given, how they stand, and their moves."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, Strict, model_validator
from sqlalchemy.orm import Session

from app.api.offers.earning import RemunerationGiven, RemunerationTaken, remunerations_given
from app.api.shapes import Amount, AmountTaken, Counted, Day, Given, Line, Lines, Moment, Taken, Zone, refused
from app.core.money import Money
from app.offers.models import Offer, OfferKind, OfferMove, OfferState, OfferTerms, Oversubscription, PayWhen
from app.offers.tallying import Tally
from app.offers.terms.countries import read_countries
from app.offers.terms.lawful import UnknownLaw, laws_to_choose
from app.offers.terms.stating import PriceStep, Terms
from app.payments.models import PayBy
from app.shares.classes import share_class
from app.web.typed import WHOLE_MAX, NotAChoice, TooGreat

Country = Annotated[str, Strict(), Field(pattern="^[A-Z]{2}$", examples=["US"])]


class ShareClassTaken(Taken):
    """The class of the shares, made with this name and limit when there is none of this code."""

    code: Annotated[Line, Field(max_length=8, examples=["A"])]
    name: Annotated[Line, Field(max_length=100, examples=["User-owner share"])]
    authorized_shares: Counted | None = Field(None, description="The most that may ever be issued; null: no limit.")


class AccountTaken(Taken):
    """The bank account that supporters pay to."""

    holder: Annotated[Line, Field(max_length=140, examples=["WeAreTwitter Purchase Cooperative"])]
    number: Annotated[Line, Field(max_length=140, examples=["Cooperative Bank of Oakland 4471 0092 16"])]


class LaterPrice(Taken):
    """From a moment on, a share costs this."""

    begins_at: Moment
    price: AmountTaken


class TermsTaken(Taken):
    """The terms of an offer; price and target are in one currency."""

    title: Annotated[Line, Field(max_length=120, examples=["Buy the platform"])]
    summary: Annotated[Lines, Field(max_length=5_000, examples=["We buy it together.\n\nThen we vote."])]
    share_class: ShareClassTaken
    price: AmountTaken = Field(description="The price of one share.")
    target: AmountTaken = Field(description="What must be pledged for the offer to go on.")
    person_shares_min: Counted = Field(examples=[10])
    person_shares_max: Counted = Field(examples=[100])
    deadline_at: Moment
    zone: Zone = Field(description="The time zone of the deadline (IANA).")
    users_count: Counted | None = Field(None, description="Users of the platform.", examples=[350000000])
    participants_target: Counted | None = Field(None, description="People who are wanted.", examples=[3500000])
    account: AccountTaken
    kind: OfferKind = OfferKind.SUBSCRIPTION
    law: Annotated[Line, Field(max_length=60, examples=["us-regcf"])] | None = Field(
        None, description="The law on offers that rules this one, by its id."
    )
    minimum: AmountTaken | None = Field(None, description="What must be collected; null: the target.")
    cap: AmountTaken | None = Field(None, description="The most that is allotted; null: no cap.")
    oversubscription: Oversubscription = Oversubscription.FIRST_COME
    lottery_seed_from: Annotated[Line, Field(max_length=300)] | None = Field(
        None, description="Where the seed of a draw will be published."
    )
    later_prices: list[LaterPrice] = Field([], max_length=20, description="In the order of time.")
    countries: list[Country] = Field([], max_length=300, description="Open to these only; none: to all.")
    closed_countries: list[Country] = Field([], max_length=300)
    pay_when: PayWhen = PayWhen.AT_ONCE
    ways_to_pay: list[PayBy] = Field([PayBy.BANK_TRANSFER], min_length=1, max_length=4)
    instalments_max: Annotated[int, Strict(), Field(ge=1, le=60)] = 1
    instalment_months: Annotated[int, Strict(), Field(ge=1, le=12)] = 1
    collecting_days: Annotated[int, Strict(), Field(ge=0, le=3650)] = 0
    warnings: list[Annotated[Line, Field(max_length=500)]] = Field([], max_length=20)
    platform_users_only: bool = False
    solidarity: bool = False
    record_date: Day | None = None
    settlement_days: Annotated[int, Strict(), Field(ge=0, le=3650)] = 0
    intermediaries: list[RemunerationTaken] | None = Field(
        None, max_length=20, description="What each earns from a purchase; empty: none earns anything; null: not said."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """One currency, and no pledge that is larger than any book holds."""
        earned = [one.amount for one in self.intermediaries or []]
        others = (self.target, self.minimum, self.cap, *(step.price for step in self.later_prices), *earned)
        if any(amount is not None and amount.currency != self.price.currency for amount in others):
            raise refused(NotAChoice())
        if self.price.minor * self.person_shares_max > WHOLE_MAX:
            raise refused(TooGreat(most=Money(WHOLE_MAX, self.price.currency)))
        return self

    def terms(self, session: Session) -> Terms:
        """The terms as the house knows them; raises what a class code is refused for."""
        of = share_class(session, self.share_class.code, self.share_class.name, self.share_class.authorized_shares)
        said = self.intermediaries
        return Terms(
            title=self.title,
            summary=self.summary,
            share_class_id=of.id,
            price_cents=self.price.minor,
            currency=self.price.currency,
            target_cents=self.target.minor,
            person_shares_min=self.person_shares_min,
            person_shares_max=self.person_shares_max,
            deadline_at=self.deadline_at,
            zone=self.zone,
            users_count=self.users_count,
            participants_target=self.participants_target,
            account_holder=self.account.holder,
            account_number=self.account.number,
            kind=self.kind.value,
            law=self._law(session),
            minimum_cents=self.minimum.minor if self.minimum else None,
            cap_cents=self.cap.minor if self.cap else None,
            oversubscription=self.oversubscription.value,
            lottery_seed_from=self.lottery_seed_from or "",
            price_steps=tuple(PriceStep(step.begins_at, step.price.minor) for step in self.later_prices),
            countries=read_countries(" ".join(self.countries)),
            closed_countries=read_countries(" ".join(self.closed_countries)),
            pay_when=self.pay_when.value,
            ways_to_pay=tuple(way.value for way in PayBy if way in self.ways_to_pay),
            instalments_max=self.instalments_max,
            instalment_months=self.instalment_months,
            collecting_days=self.collecting_days,
            warnings=tuple(self.warnings),
            platform_users_only=self.platform_users_only,
            solidarity=self.solidarity,
            record_date=self.record_date,
            settlement_days=self.settlement_days,
            intermediaries=None if said is None else tuple(one.remuneration() for one in said),
        )

    def _law(self, session: Session) -> str:
        """The id of a law on offers, refused when there is none of that id."""
        if self.law is not None and self.law not in dict(laws_to_choose(session)):
            raise UnknownLaw(law=self.law)
        return self.law or ""


class OpeningTaken(Taken):
    """Why an offer opens, and whether what its law asks beyond the terms has been seen to."""

    reason: Annotated[Line, Field(max_length=500, examples=["decided by the board on 3 May"])]
    law_seen_to: bool = False


class OfferTaken(TermsTaken):
    """A new offer: the address of its page, and its terms."""

    slug: str = Field(min_length=1, max_length=60, pattern="^[a-z0-9]+(-[a-z0-9]+)*$", examples=["spring-2027"])


class ShareClassGiven(Given):
    """The class of the shares."""

    code: str = Field(examples=["A"])
    name: str = Field(examples=["User-owner share"])
    authorized_shares: int | None = Field(description="The most that may ever be issued; null: no limit.")


class AccountGiven(Given):
    """The bank account that supporters pay to."""

    holder: str
    number: str


class TermsGiven(Given):
    """One version of an offer's terms."""

    version: int = Field(examples=[1])
    title: str
    summary: str
    share_class: ShareClassGiven
    price: Amount
    target: Amount
    person_shares_min: int
    person_shares_max: int
    deadline_at: datetime
    zone: str
    users_count: int | None
    participants_target: int | None
    account_holder: str = Field(description="Whom supporters pay.")
    account: AccountGiven | None = Field(description="Where they pay; for staff only.")
    written_at: datetime
    kind: OfferKind
    law: str = Field(description="The law on offers that rules this one; empty: none was chosen.")
    minimum: Amount = Field(description="What must be collected before any share is final.")
    cap: Amount | None = Field(description="The most that is allotted; null: no cap.")
    oversubscription: Oversubscription
    countries: list[str] = Field(description="Open to these only; none: to all.")
    closed_countries: list[str]
    pay_when: PayWhen
    instalments_max: int
    collecting_days: int
    intermediaries: list[RemunerationGiven] | None = Field(
        description="What each earns from a purchase; empty: none earns anything; null: not said."
    )
    reconfirm_by: datetime | None = Field(description="Until when pledges are confirmed again under these terms.")


class OfferGiven(Given):
    """An offer of shares with its present terms."""

    slug: str = Field(examples=["buy-it"])
    state: OfferState
    terms: TermsGiven
    created_at: datetime


class TallyGiven(Given):
    """How an offer stands; what became shares counts as paid."""

    people: int = Field(description="People who pledged and stayed until the end.")
    shares: int
    pledged: Amount
    paid: Amount
    paid_people: int = Field(description="People who paid in full.")
    target: Amount
    minimum: Amount
    reached: bool = Field(description="Whether the target is pledged: the first gate.")
    collected: bool = Field(description="Whether the minimum is paid in full: the second gate.")


class MoveGiven(Given):
    """A change of an offer's state: when, and why."""

    to_state: OfferState
    at: datetime
    by: int | None = Field(description="The person's number; null: the system.")
    reason: str


def offer_given(offer: Offer, *, staff: bool) -> OfferGiven:
    """An offer as the API gives it."""
    return OfferGiven(
        slug=offer.slug,
        state=OfferState(offer.state),
        terms=_terms_given(offer.terms, staff=staff),
        created_at=offer.created_at,
    )


def _terms_given(terms: OfferTerms, *, staff: bool) -> TermsGiven:
    of = terms.share_class
    return TermsGiven(
        version=terms.version,
        title=terms.title,
        summary=terms.summary,
        share_class=ShareClassGiven(code=of.code, name=of.name, authorized_shares=of.authorized_shares),
        price=Amount.of(terms.price),
        target=Amount.of(terms.target),
        person_shares_min=terms.person_shares_min,
        person_shares_max=terms.person_shares_max,
        deadline_at=terms.deadline_at,
        zone=terms.zone,
        users_count=terms.users_count,
        participants_target=terms.participants_target,
        account_holder=terms.account_holder,
        account=AccountGiven(holder=terms.account_holder, number=terms.account_number) if staff else None,
        written_at=terms.written_at,
        kind=OfferKind(terms.kind),
        law=terms.law,
        minimum=Amount.of(terms.minimum),
        cap=Amount.of(terms.cap) if terms.cap is not None else None,
        oversubscription=Oversubscription(terms.oversubscription),
        countries=terms.countries,
        closed_countries=terms.closed_countries,
        pay_when=PayWhen(terms.pay_when),
        instalments_max=terms.instalments_max,
        collecting_days=terms.collecting_days,
        intermediaries=remunerations_given(terms),
        reconfirm_by=terms.reconfirm_by,
    )


def tally_given(tally: Tally) -> TallyGiven:
    """A tally as the API gives it."""
    return TallyGiven(
        people=tally.people,
        shares=tally.shares,
        pledged=Amount.of(tally.pledged),
        paid=Amount.of(tally.paid),
        paid_people=tally.paid_people,
        target=Amount.of(tally.target),
        minimum=Amount.of(tally.minimum),
        reached=tally.reached,
        collected=tally.collected,
    )


def move_given(move: OfferMove) -> MoveGiven:
    """A move as the API gives it."""
    return MoveGiven(to_state=OfferState(move.to_state), at=move.at, by=move.by, reason=move.reason)
