"""Tallying an offer: people and money pledged and paid, from the rows, whenever it is asked."""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select
from sqlalchemy.orm import Session

from app.core.money import Money
from app.ledger.models import Account, Balance
from app.offers.models import Offer, OfferTerms, Pledge, PledgeState
from app.payments.cards.returning.losing import taken_now
from app.payments.requesting import held

COUNTED = (PledgeState.CONFIRMED, PledgeState.ALLOTTED, PledgeState.LAPSED, PledgeState.RETURNED)


@dataclass(frozen=True)
class Tally:
    """How an offer stands: what was pledged and stayed until the end, and what is paid on it (shares count as paid).

    `paid` counts parts too; `paid_in_full` only the pledges that become shares when the offer closes now. What a bank
    has taken by a dispute is `disputed`, and paid no more until it is won. Of what is pledged, `awaiting` waits to be
    confirmed again under changed terms, and does not count until it is.
    """

    people: int
    shares: int
    pledged: Money
    paid: Money
    paid_in_full: Money
    paid_people: int
    target: Money
    minimum: Money
    awaiting: Money
    disputed: Money

    @property
    def reached(self) -> bool:
        """Whether enough is pledged, by pledges that stand under the present terms: the first gate."""
        return self.target <= self.pledged - self.awaiting

    @property
    def collected(self) -> bool:
        """Whether enough was paid by those who paid in full, since parts go back: the second gate."""
        return self.minimum <= self.paid_in_full


def tally(session: Session, offer: Offer) -> Tally:
    """The tally of an offer now."""
    account = Account.__table__.alias()
    subject = func.concat("request:", Pledge.payment_request_id)
    due = due_minor()
    held_minor = case(
        (Pledge.state == PledgeState.ALLOTTED, due),
        (Pledge.state == PledgeState.CONFIRMED, -func.coalesce(Balance.amount, 0)),
        else_=0,
    )
    in_full = (held_minor >= due) & Pledge.state.in_((PledgeState.CONFIRMED, PledgeState.ALLOTTED))
    awaits = (Pledge.state == PledgeState.CONFIRMED) & (Pledge.terms_id < changed_terms(offer))
    row = session.execute(
        select(
            func.count(Pledge.id),
            func.coalesce(func.sum(Pledge.shares), 0),
            func.coalesce(func.sum(Pledge.amount_cents), 0),
            func.coalesce(func.sum(held_minor), 0),
            func.coalesce(func.sum(due).filter(in_full), 0),
            func.coalesce(func.sum(Pledge.amount_cents).filter(awaits), 0),
            func.count(Pledge.id).filter(in_full),
        )
        .outerjoin(account, (account.c.kind == "subscriptions_held") & (account.c.subject == subject))
        .outerjoin(Balance, (Balance.account_id == account.c.id) & (Balance.unit == Pledge.currency))
        .where(Pledge.offer_id == offer.id, Pledge.state.in_(COUNTED))
    ).one()
    people, shares, *sums, paid_people = (int(value) for value in row)
    pledged, paid, paid_in_full, awaiting = (Money(minor, offer.terms.currency) for minor in sums)
    gone = _disputed(session, offer)
    disputed = Money(sum(each.taken for each in gone), offer.terms.currency)
    paid_in_full -= Money(sum(each.due for each in gone if each.was_full), offer.terms.currency)
    paid_people -= sum(each.was_full for each in gone)
    terms = offer.terms
    return Tally(
        people,
        shares,
        pledged,
        paid - disputed,
        paid_in_full,
        paid_people,
        terms.target,
        terms.minimum,
        awaiting,
        disputed,
    )


class _Disputed(NamedTuple):
    """What a bank has taken of what is held for a pledge; `was_full` says whether it was paid in full before."""

    taken: int
    due: int
    was_full: bool


def _disputed(session: Session, offer: Offer) -> list[_Disputed]:
    taken = taken_now(session)
    if not taken:
        return []
    pledges = select(Pledge).where(
        Pledge.offer_id == offer.id,
        Pledge.state == PledgeState.CONFIRMED,
        Pledge.payment_request_id.in_(taken.keys()),
    )
    found = []
    for pledge in session.scalars(pledges):
        assert pledge.request is not None, "it was found by its request"
        now, due = held(session, pledge.request).minor, pledge.due.minor
        gone = min(now, taken[pledge.request.id])
        found.append(_Disputed(gone, due, now >= due > now - gone))
    return found


def due_minor() -> ColumnElement[int]:
    """What a pledge comes to, in minor units, over its row: less than was pledged once it is scaled back."""
    return func.coalesce(Pledge.allotted_shares, Pledge.shares) * Pledge.price_cents


def held_minor_of() -> ColumnElement[int]:
    """What is held of a pledge by the books, in minor units, over its row; a look at two rows of them for each."""
    held_now = (
        select(-Balance.amount)
        .join(Account, Account.id == Balance.account_id)
        .where(
            Account.kind == "subscriptions_held",
            Account.subject == func.concat("request:", Pledge.payment_request_id),
            Balance.unit == Pledge.currency,
        )
        .correlate(Pledge)
        .scalar_subquery()
    )
    return func.coalesce(held_now, 0)


def changed_terms(offer: Offer) -> ScalarSelect[int]:
    """The last version of an offer's terms that pledges had to be confirmed again under, by its id; null for none."""
    return (
        select(func.max(OfferTerms.id))
        .where(OfferTerms.offer_id == offer.id, OfferTerms.reconfirm_by.is_not(None))
        .scalar_subquery()
    )


def paid_on(session: Session, pledge: Pledge) -> Money:
    """What was paid on a pledge and is held, or became shares."""
    if pledge.state == PledgeState.ALLOTTED:
        return pledge.due
    if pledge.request is None:
        return Money(0, pledge.currency)
    return held(session, pledge.request)
