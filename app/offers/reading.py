"""Reading offers and forms: which offers people may see, whose pledges are whose, and what a form asks for."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.members.people.resolving import same_person
from app.offers.drafting import find_offer
from app.offers.models import Offer, OfferMove, OfferState, Pledge
from app.offers.pledging import takes_pledges


def offers_shown(session: Session) -> list[Offer]:
    """The offers that the public sees: open ones first, the newest first."""
    rows = session.scalars(select(Offer).where(Offer.state != OfferState.DRAFT).order_by(Offer.id.desc())).all()
    return sorted(rows, key=lambda offer: (offer.state != OfferState.OPEN, not takes_pledges(offer)))


def offer_seen(session: Session, slug: str) -> Offer:
    """An offer that the public may see; a draft is as unknown as one that does not exist."""
    offer = find_offer(session, slug)
    if offer.state == OfferState.DRAFT:
        raise NotFound
    return offer


def moves_of(session: Session, offer: Offer) -> list[OfferMove]:
    """Every move of an offer, in order."""
    return list(session.scalars(select(OfferMove).where(OfferMove.offer_id == offer.id).order_by(OfferMove.id)))


def pledges_of(session: Session, person_id: int) -> list[Pledge]:
    """The confirmed pledges of a person, the newest first."""
    return list(
        session.scalars(select(Pledge).where(Pledge.person_id.in_(same_person(person_id))).order_by(Pledge.id.desc()))
    )
