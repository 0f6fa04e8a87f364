"""What the desk's page of one offer shows: its terms, how it stands, what waits, and what can be done next."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.offers.desk.listing import PAGE_SIZE, pledges_page
from app.offers.drafting import find_offer, target_of_everyone
from app.offers.ending import closes_at
from app.offers.models import OfferState, Pledge
from app.offers.reading import moves_of
from app.offers.result.deciding import ENDABLE, reflected_until, window_end
from app.offers.result.models import OfferResult
from app.offers.result.proposing import proposals_on
from app.offers.tallying import tally
from app.offers.terms.contradictions import impossible
from app.offers.terms.lawful import law_of, said_by_law


def desk_facts(session: Session, slug: str, number: int = 1) -> dict[str, Any]:
    """The facts of the desk's page of an offer, with a page (from 1) of its pledges."""
    offer = find_offer(session, slug)
    total = session.execute(select(func.count(Pledge.id)).where(Pledge.offer_id == offer.id)).scalar_one()
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
        "pledges": pledges_page(session, offer, number),
        "page_number": number,
        "page_count": max(1, -(-total // PAGE_SIZE)),
        "pledges_count": total,
        "proposals": proposals_on(session, offer),
        "result": session.get(OfferResult, offer.id),
        "window_end": window_end(session, offer),
        "reflected_until": reflected_until(session, offer) if offer.state == OfferState.COLLECTING else None,
        "closes_at": closes_at(session, offer),
        "endable": offer.state in ENDABLE,
        "announces": law is not None and "early_close" in law.values,
    }
