"""The desk of an offer that closes: pledges end, the result is previewed and proposed, two people move the money."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from sqlalchemy.orm import Session

from app.core.errors import N_, NotFound
from app.members.access import OfferDesk, OfferOrganizer
from app.members.roles import ReasonMissing
from app.members.signin.access import Fresh
from app.offers.closing import cancel_draft
from app.offers.desk.facts import desk_facts
from app.offers.drafting import find_offer
from app.offers.models import Offer, OfferState
from app.offers.result.counting import announce_early_closing, tally_offer
from app.offers.result.previewing import SeedNeeded, listed, needs_seed, result_lines, result_of
from app.offers.result.proposing import (
    proposals_on,
    propose_allotment,
    propose_cancellation,
    propose_extension,
    propose_refund,
    propose_result,
)
from app.offers.tallying import tally
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect
from app.web.typed import Form

router = APIRouter(prefix="/desk/offers/{slug}")
SHOW, RESULT = "offers/desk/show.html", "offers/desk/result.html"
PAGE_SIZE = 100
PROPOSED = N_("Proposed. Another person decides it.")


@router.post("/closing")
def close(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh) -> Response:
    """Close an open offer for pledges."""
    with shown_again(request, SHOW, fields, **desk_facts(session, slug)):
        reason = fields.get("reason", "").strip()[:500] or N_("decided at the desk")
        offer = tally_offer(session, slug, by=viewer.person_id, reason=reason)
    end = f"/desk/offers/{slug}/result" if offer.state == OfferState.TALLYING else f"/desk/offers/{slug}"
    return redirect(request, end, N_("The offer is closed for pledges."))


@router.post("/early-closing")
def announce(
    request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh
) -> Response:
    """Tell supporters that the offer closes before its deadline."""
    facts = desk_facts(session, slug)
    with shown_again(request, SHOW, fields, **facts):
        closes, reason = _moment(fields, "closes_at", facts["terms"].zone), _reason(fields)
        announce_early_closing(session, slug, closes, by=viewer.person_id, reason=reason)
    return redirect(request, f"/desk/offers/{slug}", N_("Supporters are told that the offer closes early."))


@router.get("/result")
def show_result(
    request: Request, session: Snapshot, viewer: OfferDesk, slug: str, seed: str = "", page_number: int = 1
) -> Response:
    """What closing an offer would do, pledge by pledge, before anybody approves it."""
    number = min(max(page_number, 1), 1_000_000)
    return page(request, RESULT, **_result_facts(session, _tallied(session, slug), seed.strip()[:300], number))


@router.get("/result.txt")
def download_result(session: Snapshot, viewer: OfferDesk, slug: str, seed: str = "") -> Response:
    """The list that is hashed, for anyone who wants to repeat it."""
    offer = _tallied(session, slug)
    result = result_of(session, offer, seed.strip()[:300])
    name = f"{slug}-result.txt"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse("".join(result_lines(session, offer, result)), headers=headers)


@router.post("/result")
def propose_it(
    request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh
) -> Response:
    """Propose the result to a second person."""
    seed, offer = fields.get("seed", "").strip()[:300], _tallied(session, slug)
    with shown_again(request, RESULT, fields, **_result_facts(session, offer, seed, 1)):
        propose_result(session, slug, by=viewer.person(session), reason=_reason(fields), seed=seed)
    return redirect(request, f"/desk/offers/{slug}", PROPOSED)


@router.post("/allotment")
def allot(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh) -> Response:
    """Propose to allot the shares."""
    with shown_again(request, SHOW, fields, **desk_facts(session, slug)):
        propose_allotment(session, slug, by=viewer.person(session), reason=_reason(fields))
    return redirect(request, f"/desk/offers/{slug}", PROPOSED)


@router.post("/extension")
def extend(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh) -> Response:
    """Propose to collect longer."""
    facts = desk_facts(session, slug)
    with shown_again(request, SHOW, fields, **facts):
        until, reason = _moment(fields, "until", facts["terms"].zone), _reason(fields)
        propose_extension(session, slug, until, by=viewer.person(session), reason=reason)
    return redirect(request, f"/desk/offers/{slug}", PROPOSED)


@router.post("/refund")
def refund(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh) -> Response:
    """Propose to repay everybody of an offer that fell short."""
    with shown_again(request, SHOW, fields, **desk_facts(session, slug)):
        propose_refund(session, slug, by=viewer.person(session), reason=_reason(fields))
    return redirect(request, f"/desk/offers/{slug}", PROPOSED)


@router.post("/cancellation")
def cancel(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh) -> Response:
    """Cancel a draft; propose to cancel an offer that has opened."""
    facts = desk_facts(session, slug)
    with shown_again(request, SHOW, fields, **facts):
        if facts["offer"].state == OfferState.DRAFT:
            cancel_draft(session, slug, by=viewer.person_id, reason=fields.get("reason", "").strip()[:500])
            return redirect(request, f"/desk/offers/{slug}", N_("The offer is cancelled."))
        propose_cancellation(session, slug, by=viewer.person(session), reason=_reason(fields))
    return redirect(request, f"/desk/offers/{slug}", PROPOSED)


def _tallied(session: Session, slug: str) -> Offer:
    offer = find_offer(session, slug)
    if offer.state != OfferState.TALLYING:
        raise NotFound
    return offer


def _result_facts(session: Session, offer: Offer, seed: str, number: int) -> dict[str, Any]:
    """The preview; without a seed that is needed, only the question for it."""
    facts = {"offer": offer, "terms": offer.terms, "tally": tally(session, offer), "seed": seed}
    facts |= {"draws": needs_seed(session, offer), "proposals": proposals_on(session, offer), "page_number": number}
    try:
        result = result_of(session, offer, seed)
    except SeedNeeded:
        return {**facts, "result": None}
    rows = [(pledge, result.shares_of(pledge)) for pledge in listed(session, offer, number, PAGE_SIZE)]
    pages, marks = max(1, -(-result.people // PAGE_SIZE)), dict(_marks(offer, result.pledged.minor))
    return {**facts, "result": result, "rows": rows, "page_count": pages, "marks": marks}


def _marks(offer: Offer, pledged: int) -> Iterator[tuple[str, int]]:
    """Where minimum, target and cap stand on a picture of a thousand units' width, whose whole is the most of all."""
    terms = offer.terms
    most = max(pledged, terms.target_cents, terms.cap_cents or 0)
    for name, cents in (("minimum", terms.minimum.minor), ("target", terms.target_cents), ("cap", terms.cap_cents)):
        if cents is not None:
            yield name, 1000 * cents // most
    yield "pledged", 1000 * pledged // most


def _reason(fields: dict[str, str]) -> str:
    """Why something is proposed: whoever decides reads it."""
    reason = fields.get("reason", "").strip()[:500]
    if not reason:
        raise ReasonMissing
    return reason


def _moment(fields: dict[str, str], name: str, zone: str) -> datetime:
    form = Form(fields)
    moment = form.moment(name, zone)
    form.done()
    return moment
