"""Inviting: who was interested learns once that the offer has opened, with a form that shows what they said before.

Nothing is converted: confirming is a new pledge, which names the indication that it follows.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import jobs, tokens
from app.letters.writing import write
from app.offers.drafting import INVITE_JOB
from app.offers.models import Offer, OfferState, Pledge, PledgeState

FOLLOWS = "follow-pledge"
_BATCH = 500


def invite_interested(session: Session, offer_id: int, after: int = 0) -> None:
    """Write to everybody whose interest stands in the offer that this one follows; once, whatever they do.

    Puts itself in the queue again with the last pledge it wrote to, until none is left.
    """
    offer = session.get_one(Offer, offer_id)
    if offer.state != OfferState.OPEN or offer.terms.follows_offer_id is None:
        return
    interested = session.scalars(
        select(Pledge)
        .where(
            Pledge.offer_id == offer.terms.follows_offer_id,
            Pledge.state == PledgeState.CONFIRMED,
            Pledge.id > after,
        )
        .order_by(Pledge.id)
        .limit(_BATCH)
    ).all()
    for pledge in interested:
        _invite(session, offer, pledge)
    if len(interested) == _BATCH:
        jobs.defer(session, INVITE_JOB, offer_id=offer_id, after=interested[-1].id)


def followed(session: Session, offer: Offer, token: str) -> Pledge | None:
    """The indication of interest that a letter's link names, if this offer follows it and it still stands."""
    number = tokens.unseal(FOLLOWS, token) if token else None
    if number is None or not number.isdigit():
        return None
    pledge = session.get(Pledge, int(number))
    return pledge if pledge is not None and stands_before(pledge, offer) else None


def stands_before(pledge: Pledge, offer: Offer) -> bool:
    """Whether a pledge is an indication of interest that stands in the offer that this one follows."""
    return pledge.offer_id == offer.terms.follows_offer_id and pledge.state == PledgeState.CONFIRMED


def typed_before(pledge: Pledge) -> dict[str, str]:
    """What somebody typed when they said that they were interested, as fields of the form."""
    typed = {
        "legal_name": pledge.legal_name,
        "email": pledge.email,
        "telephone": pledge.telephone,
        "street": "\n".join(pledge.street_lines),
        "postal_code": pledge.postal_code,
        "locality": pledge.locality,
        "region": pledge.region,
        "country": pledge.country,
    }
    return {**typed, "shares": str(pledge.shares)} if pledge.shares else typed


def _invite(session: Session, offer: Offer, pledge: Pledge) -> None:
    person = pledge.person
    assert person is not None, "a confirmed pledge has a person"
    write(
        session,
        "offer-opened",
        person.email,
        person.language,
        person_id=person.id,
        offer_title=offer.terms.title,
        slug=offer.slug,
        link_id=pledge.id,
        deadline=offer.terms.deadline_at.isoformat(),
        zone=offer.terms.zone,
    )
