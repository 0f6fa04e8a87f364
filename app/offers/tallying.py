"""Tallying an offer: people and money pledged and paid, from the rows, whenever it is asked."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.core.money import Money
from app.ledger.models import Account, Balance
from app.offers.models import Offer, Pledge, PledgeState
from app.payments.requesting import held

COUNTED = (PledgeState.CONFIRMED, PledgeState.ALLOTTED, PledgeState.LAPSED, PledgeState.RETURNED)


@dataclass(frozen=True)
class Tally:
    """How an offer stands: what was pledged and stayed until the end, and what is paid on it (shares count as paid).

    `paid` counts parts too; `paid_in_full` only the pledges that become shares when the offer closes now.
    """

    people: int
    shares: int
    pledged: Money
    paid: Money
    paid_in_full: Money
    paid_people: int
    target: Money

    @property
    def reached(self) -> bool:
        """Whether enough was paid by those who paid in full: parts go back when the offer closes."""
        return self.target <= self.paid_in_full


def tally(session: Session, offer: Offer) -> Tally:
    """The tally of an offer now."""
    account = Account.__table__.alias()
    subject = func.concat("request:", Pledge.payment_request_id)
    held_minor = case(
        (Pledge.state == PledgeState.ALLOTTED, Pledge.amount_cents),
        (Pledge.state == PledgeState.CONFIRMED, -func.coalesce(Balance.amount, 0)),
        else_=0,
    )
    row = session.execute(
        select(
            func.count(Pledge.id),
            func.coalesce(func.sum(Pledge.shares), 0),
            func.coalesce(func.sum(Pledge.amount_cents), 0),
            func.coalesce(func.sum(held_minor), 0),
            func.coalesce(func.sum(Pledge.amount_cents).filter(held_minor >= Pledge.amount_cents), 0),
            func.count(Pledge.id).filter(held_minor >= Pledge.amount_cents),
        )
        .outerjoin(account, (account.c.kind == "subscriptions_held") & (account.c.subject == subject))
        .outerjoin(Balance, (Balance.account_id == account.c.id) & (Balance.unit == Pledge.currency))
        .where(Pledge.offer_id == offer.id, Pledge.state.in_(COUNTED))
    ).one()
    people, shares, *sums, paid_people = (int(value) for value in row)
    pledged, paid, paid_in_full = (Money(minor, offer.terms.currency) for minor in sums)
    return Tally(people, shares, pledged, paid, paid_in_full, paid_people, offer.terms.target)


def paid_on(session: Session, pledge: Pledge) -> Money:
    """What was paid on a pledge and is held, or became shares."""
    if pledge.state == PledgeState.ALLOTTED:
        return pledge.amount
    if pledge.request is None:
        return Money(0, pledge.currency)
    return held(session, pledge.request)
