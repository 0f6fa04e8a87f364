"""The list of an offer's pledges for the desk, page by page, with what was paid on each."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.money import Money
from app.offers.models import Offer, Pledge
from app.offers.tallying import paid_on

PAGE_SIZE = 50


def pledges_page(session: Session, offer: Offer, number: int) -> list[tuple[Pledge, Money]]:
    """A page (from 1) of an offer's pledges, the newest first."""
    rows = session.scalars(
        select(Pledge)
        .where(Pledge.offer_id == offer.id)
        .order_by(Pledge.id.desc())
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return [(pledge, paid_on(session, pledge)) for pledge in rows]
