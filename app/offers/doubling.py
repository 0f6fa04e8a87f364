"""Doubling: two records that may be one person, with a standing pledge each in the same offer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.members.people.resolving import same_person
from app.members.people.warning import register_warner
from app.offers.models import Offer, Pledge, PledgeState

STANDING = (PledgeState.CONFIRMED, PledgeState.ALLOTTED)


def pledged_twice(session: Session, one_id: int, other_id: int) -> list[str]:
    """The addresses of offers in which both have a pledge that stands: merged, one person would have two."""
    mine, theirs = (
        select(Pledge.offer_id).where(Pledge.holder_id.in_(same_person(each)), Pledge.state.in_(STANDING))
        for each in (one_id, other_id)
    )
    offers = session.scalars(select(Offer).where(Offer.id.in_(mine), Offer.id.in_(theirs)).order_by(Offer.id))
    return [f"{offer.terms.title} (/desk/offers/{offer.slug})" for offer in offers]


register_warner(pledged_twice)
