"""The live total of an offer: one indexed query over its counters, asked about once a second by each process."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.database import reading
from app.core.money import Money
from app.offers.models import Offer, OfferState, OfferTerms
from app.offers.public.keeping import Kept
from app.offers.public.models import OfferCountry, OfferDay, OfferTotal
from app.offers.reading import offer_seen

FEWEST_SHOWN = 3
"""Countries with fewer people are shown together, so that nobody is picked out."""


@dataclass(frozen=True)
class Total:
    """How an offer stands by its counters; `people` pledged, `paid_people` of them paid all of it."""

    slug: str
    title: str
    state: str
    people: int
    shares: int
    pledged: Money
    paid: Money
    paid_people: int
    target: Money
    deadline_at: datetime
    zone: str

    @property
    def days_left(self) -> int | None:
        """Whole days until the deadline, none on the last one; None when the offer is not open or it has passed."""
        if self.state != OfferState.OPEN or self.deadline_at <= clock.now():
            return None
        return (self.deadline_at - clock.now()).days

    @property
    def is_open(self) -> bool:
        """Whether pledges are taken now."""
        return self.state == OfferState.OPEN and clock.now() < self.deadline_at


@dataclass(frozen=True)
class CountryTotal:
    """What came from one country; code "" for those with few people, and addresses that were erased, together."""

    code: str
    people: int
    pledged: Money


@dataclass(frozen=True)
class DayTotal:
    """What was pledged and paid in all at the end of a day (UTC)."""

    day: date
    people: int
    pledged_minor: int
    paid_minor: int


_kept: Kept[Total] = Kept()


def live_total(slug: str) -> Total:
    """The total of an offer that the public may see, as fresh as a second or so."""

    def make() -> Total:
        with reading() as session:
            return read_total(session, offer_seen(session, slug))

    return _kept.get(slug, make)


def read_total(session: Session, offer: Offer) -> Total:
    """The total of an offer now, from its counters."""
    names = (OfferTotal.people, OfferTotal.shares, OfferTotal.amount_cents, OfferTotal.paid_cents)
    sums = [func.coalesce(func.sum(name), 0) for name in (*names, OfferTotal.paid_people)]
    row = session.execute(select(*sums).where(OfferTotal.offer_id == offer.id)).one()
    people, shares, pledged, paid, paid_people = (int(value) for value in row)
    terms: OfferTerms = offer.terms
    return Total(
        slug=offer.slug,
        title=terms.title,
        state=offer.state,
        people=people,
        shares=shares,
        pledged=Money(pledged, terms.currency),
        paid=Money(paid, terms.currency),
        paid_people=paid_people,
        target=terms.target,
        deadline_at=terms.deadline_at,
        zone=terms.zone,
    )


def by_country(session: Session, offer: Offer) -> list[CountryTotal]:
    """Countries by people, the most first; those with few people together at the end."""
    rows = session.execute(
        select(OfferCountry.country, func.sum(OfferCountry.people), func.sum(OfferCountry.amount_cents))
        .where(OfferCountry.offer_id == offer.id)
        .group_by(OfferCountry.country)
    )
    shown, few_people, few_minor = [], 0, 0
    for code, people, minor in rows:
        if people >= FEWEST_SHOWN and code:
            shown.append(CountryTotal(code, int(people), Money(int(minor), offer.terms.currency)))
        else:
            few_people, few_minor = few_people + int(people), few_minor + int(minor)
    shown.sort(key=lambda each: (-each.people, -each.pledged.minor, each.code))
    return shown + ([CountryTotal("", few_people, Money(few_minor, offer.terms.currency))] if few_people else [])


def by_day(session: Session, offer: Offer) -> list[DayTotal]:
    """Sums at the end of each day on which something changed, in order."""
    rows = session.execute(
        select(OfferDay.day, func.sum(OfferDay.people), func.sum(OfferDay.amount_cents), func.sum(OfferDay.paid_cents))
        .where(OfferDay.offer_id == offer.id)
        .group_by(OfferDay.day)
        .order_by(OfferDay.day)
    )
    sums, days = [0, 0, 0], []
    for day, *changes in rows:
        sums = [before + int(change) for before, change in zip(sums, changes, strict=True)]
        days.append(DayTotal(day, *sums))
    return days
