"""The funnel at the desk."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.members.access import OfferDesk
from app.offers.desk.funnel.counting import save_counts
from app.offers.desk.funnel.pictures import bars
from app.offers.desk.funnel.reading import SPANS, STAGES, TITLES, funnel
from app.offers.drafting import find_offer
from app.web.database import Snapshot
from app.web.pages import page

router = APIRouter(prefix="/desk/offers/{slug}/funnel")


@router.get("")
def show_funnel(request: Request, session: Snapshot, viewer: OfferDesk, slug: str, days: str = "") -> Response:
    """How many saw, began, confirmed and paid, by day."""
    save_counts()  # before the snapshot is taken by its first query
    span = int(days) if days in {str(each) for each in SPANS} else SPANS[1]
    offer = find_offer(session, slug)
    found = funnel(session, offer, span)
    return page(
        request,
        "offers/desk/funnel.html",
        offer=offer,
        found=found,
        bars=bars(found),
        stages=STAGES,
        titles=TITLES,
        span=span,
        spans=SPANS,
    )
