"""What the desk's page of one offer shows: its terms, how it stands, what waits, and what can be done next."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.offers.drafting import find_offer, target_of_everyone
from app.offers.ending import closes_at
from app.offers.models import Offer, OfferState, Pledge
from app.offers.reading import moves_of
from app.offers.result.deciding import ENDABLE, reflected_until, window_end
from app.offers.result.models import OfferResult
from app.offers.result.proposing import proposals_on
from app.offers.tallying import paid_on, tally
from app.offers.terms.contradictions import impossible
from app.offers.terms.lawful import law_of, said_by_law

LATEST = 5


def desk_facts(session: Session, slug: str) -> dict[str, Any]:
    """The facts of the desk's page of an offer."""
    offer = find_offer(session, slug)
    drafted = offer.state == OfferState.DRAFT
    said = said_by_law(session, offer.terms)
    law = law_of(session, offer.terms)
    return {
        "offer": offer,
        "terms": offer.terms,
        "law": law,
        "said": said,
        "model": target_of_everyone(offer.terms),
        "tally": tally(session, offer),
        "moves": moves_of(session, offer),
        "obstacles": [*impossible(session, offer.terms), *said.bars] if drafted else [],
        "latest": [(pledge, paid_on(session, pledge)) for pledge in _latest(session, offer)],
        "proposals": proposals_on(session, offer),
        "result": session.get(OfferResult, offer.id),
        "window_end": window_end(session, offer),
        "reflected_until": reflected_until(session, offer) if offer.state == OfferState.COLLECTING else None,
        "closes_at": closes_at(session, offer),
        "endable": offer.state in ENDABLE,
        "announces": law is not None and "early_close" in law.values,
    }


def _latest(session: Session, offer: Offer) -> Sequence[Pledge]:
    return session.scalars(
        select(Pledge).where(Pledge.offer_id == offer.id).order_by(Pledge.id.desc()).limit(LATEST)
    ).all()
