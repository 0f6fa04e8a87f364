"""The desk of a solidarity fund: whom it can pay for, proposed to a second person, and requests set aside."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_, NotFound
from app.members.access import OfferDesk, OfferOrganizer
from app.members.roles import ReasonMissing
from app.members.signin.access import Fresh
from app.offers.drafting import find_offer
from app.offers.pledging.judging import takes_pledges
from app.offers.pledging.solidarity.asking import set_aside
from app.offers.pledging.solidarity.giving import has_fund
from app.offers.pledging.solidarity.matching import MATCHING, plan_matching, propose_matching
from app.offers.pledging.solidarity.models import SolidarityMatching
from app.offers.pledging.solidarity.telling import fund_told
from app.offers.result.proposing import proposals_on
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/offers/{slug}/solidarity")
SHOW = "offers/desk/solidarity.html"


@router.get("")
def show_fund(request: Request, session: Snapshot, viewer: OfferDesk, slug: str) -> Response:
    """The solidarity fund of the offer: its money, the requests in their order, and whom it can pay for now."""
    return page(request, SHOW, **_facts(session, slug))


@router.post("")
def propose_paying(
    request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh
) -> Response:
    """Propose to a second person that the fund pays for the requests that it can."""
    with shown_again(request, SHOW, fields, **_facts(session, slug)):
        propose_matching(session, slug, by=viewer.person(session), reason=_reason(fields))
    return redirect(request, f"/desk/offers/{slug}/solidarity", N_("Proposed. Another person decides it."))


@router.post("/{public_id}/end")
def set_request_aside(
    request: Request, session: Tx, slug: str, public_id: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh
) -> Response:
    """Set a request to the fund aside, with a reason that the person reads."""
    facts = _facts(session, slug)
    with shown_again(request, SHOW, fields, **facts):
        set_aside(session, facts["offer"], public_id, by=viewer.person_id, reason=_reason(fields))
    return redirect(request, f"/desk/offers/{slug}/solidarity", N_("The request is set aside."))


def _facts(session: Session, slug: str) -> dict[str, Any]:
    offer = find_offer(session, slug)
    if not has_fund(offer.terms):
        raise NotFound
    matchings = session.scalars(
        select(SolidarityMatching).where(SolidarityMatching.offer_id == offer.id).order_by(SolidarityMatching.id.desc())
    ).all()
    return {
        "offer": offer,
        "terms": offer.terms,
        "is_open": takes_pledges(offer),
        "plan": plan_matching(session, offer),
        "told": fund_told(session, offer),
        "matchings": matchings,
        "proposals": [each for each in proposals_on(session, offer) if each.act == MATCHING],
    }


def _reason(fields: dict[str, str]) -> str:
    reason = fields.get("reason", "").strip()[:500]
    if not reason:
        raise ReasonMissing
    return reason
