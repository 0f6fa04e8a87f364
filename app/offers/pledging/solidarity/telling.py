"""Telling what a fund did: to everyone in sums, to a giver of their own gift, never with a name of who was helped."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.money import Money
from app.offers.models import Offer, Pledge, PledgeState
from app.offers.pledging.solidarity.holding import gifts_held, in_fund
from app.offers.pledging.solidarity.models import SolidarityGift, SolidarityGrant, SolidarityPart
from app.offers.pledging.solidarity.returning import source_of
from app.payments.models import Refund
from app.payments.requesting import held

_HELPED = (PledgeState.CONFIRMED, PledgeState.ALLOTTED)


@dataclass(frozen=True)
class FundTold:
    """A fund in sums: who takes part by it, with how many shares, for how much, and what is there for others."""

    people: int
    shares: int
    used: Money
    there: Money


@dataclass(frozen=True)
class GiftTold:
    """What became of a gift: what is held of it, what the fund took, and what of that came back."""

    waiting: Money
    taken: Money
    returned: Money

    @property
    def used(self) -> Money:
        """What paid for others."""
        return self.taken - self.returned


def fund_told(session: Session, offer: Offer) -> FundTold:
    """What the fund of an offer has done so far."""
    due = func.coalesce(Pledge.allotted_shares, Pledge.shares)
    people, shares, minor = session.execute(
        select(
            func.count(Pledge.id),
            func.coalesce(func.sum(due), 0),
            func.coalesce(func.sum(due * Pledge.price_cents), 0),
        )
        .join(SolidarityGrant, SolidarityGrant.pledge_id == Pledge.id)
        .where(Pledge.offer_id == offer.id, Pledge.state.in_(_HELPED))
    ).one()
    currency = offer.terms.currency
    there = in_fund(session, offer) + Money(sum(minor for _, minor in gifts_held(session, offer)), currency)
    return FundTold(int(people), int(shares), Money(int(minor), currency), there)


def gift_told(session: Session, gift: SolidarityGift) -> GiftTold:
    """What became of a gift so far."""
    taken = session.scalar(
        select(func.coalesce(func.sum(SolidarityPart.amount_cents), 0)).where(SolidarityPart.gift_id == gift.id)
    )
    returned = session.scalar(select(Refund.amount_cents).where(Refund.source == source_of(gift)))
    waiting = held(session, gift.request) if gift.request else Money(0, gift.currency)
    return GiftTold(waiting, Money(int(taken or 0), gift.currency), Money(returned or 0, gift.currency))
