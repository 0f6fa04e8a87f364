"""The desk: an organizer drafts, opens, watches and closes offers; auditors and treasurers look on."""

from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.money import Money
from app.members.access import OfferDesk, OfferOrganizer, Organizer, SomeDesk
from app.members.apitokens.scopes import DESK
from app.members.signin.access import Fresh
from app.offers.closing import cancel_offer, close_offer
from app.offers.desk.listing import PAGE_SIZE, pledges_page
from app.offers.drafting import change_draft, draft_offer, find_offer, impossible, open_offer
from app.offers.models import Offer, OfferState, OfferTerms, Pledge
from app.offers.reading import moves_of, read_terms
from app.offers.scoping import KIND
from app.offers.tallying import tally
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk")
ZONES = [(zone, zone) for zone in sorted(available_timezones()) if "/" in zone or zone == "UTC"]


@router.get("")
def show_desk(request: Request, session: Snapshot, viewer: SomeDesk) -> Response:
    """The desk's first page: every offer with its tally; with a role for one offer only, that one."""
    desk, offers = set(DESK), session.scalars(select(Offer).order_by(Offer.id.desc()))
    rows = [(offer, tally(session, offer)) for offer in offers if desk & viewer.roles_for(f"{KIND}:{offer.slug}")]
    return page(request, "offers/desk/index.html", rows=rows, whole=bool(desk & viewer.roles))


@router.get("/offers/new")
def show_new(request: Request, viewer: Organizer) -> Response:
    """The form of a new offer."""
    return page(request, "offers/desk/terms.html", offer=None, zones=ZONES, values=_blank())


@router.post("/offers/new")
def draft(request: Request, session: Tx, fields: Fields, viewer: Organizer) -> Response:
    """Write a new offer as a draft."""
    with shown_again(request, "offers/desk/terms.html", fields, offer=None, zones=ZONES):
        terms = read_terms(session, fields)
        offer = draft_offer(session, fields.get("slug", "").strip(), terms, by=viewer.person_id)
    return redirect(request, f"/desk/offers/{offer.slug}", N_("The draft is saved. Only staff can see it."))


@router.get("/offers/{slug}")
def show(request: Request, session: Snapshot, viewer: OfferDesk, slug: str, page_number: int = 1) -> Response:
    """One offer with its terms, moves and pledges."""
    return page(request, "offers/desk/show.html", **_facts(session, slug, min(max(page_number, 1), 1_000_000)))


@router.get("/offers/{slug}/terms")
def show_terms(request: Request, session: Snapshot, viewer: OfferOrganizer, slug: str) -> Response:
    """The form of a draft's terms."""
    offer = find_offer(session, slug)
    return page(request, "offers/desk/terms.html", offer=offer, zones=ZONES, values=_typed(offer.terms))


@router.post("/offers/{slug}/terms")
def change(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer) -> Response:
    """Write the next version of a draft's terms."""
    offer = find_offer(session, slug)
    with shown_again(request, "offers/desk/terms.html", fields, offer=offer, zones=ZONES):
        change_draft(session, slug, read_terms(session, fields), by=viewer.person_id)
    return redirect(request, f"/desk/offers/{slug}", N_("The draft is saved. Only staff can see it."))


@router.post("/offers/{slug}/opening")
def open_(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh) -> Response:
    """Open a draft for pledges."""
    with shown_again(request, "offers/desk/show.html", fields, **_facts(session, slug, 1)):
        open_offer(session, slug, by=viewer.person_id, reason=_reason(fields))
    return redirect(request, f"/desk/offers/{slug}", N_("The offer is open. Its terms are frozen."))


@router.post("/offers/{slug}/closing")
def close(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh) -> Response:
    """Close an open offer; the worker allots or refunds."""
    with shown_again(request, "offers/desk/show.html", fields, **_facts(session, slug, 1)):
        close_offer(session, slug, by=viewer.person_id, reason=_reason(fields))
    return redirect(request, f"/desk/offers/{slug}", N_("The offer is closed. Its pledges are being settled."))


@router.post("/offers/{slug}/cancellation")
def cancel(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh) -> Response:
    """Cancel a draft or open offer."""
    with shown_again(request, "offers/desk/show.html", fields, **_facts(session, slug, 1)):
        cancel_offer(session, slug, by=viewer.person_id, reason=fields.get("reason", "").strip()[:500])
    return redirect(request, f"/desk/offers/{slug}", N_("The offer is cancelled."))


def _facts(session: Session, slug: str, number: int) -> dict[str, Any]:
    offer = find_offer(session, slug)
    total = session.execute(select(func.count(Pledge.id)).where(Pledge.offer_id == offer.id)).scalar_one()
    return {
        "offer": offer,
        "terms": offer.terms,
        "tally": tally(session, offer),
        "moves": moves_of(session, offer),
        "obstacles": impossible(session, offer.terms) if offer.state == OfferState.DRAFT else [],
        "pledges": pledges_page(session, offer, number),
        "page_number": number,
        "page_count": max(1, -(-total // PAGE_SIZE)),
        "pledges_count": total,
    }


def _reason(fields: dict[str, str]) -> str:
    return fields.get("reason", "").strip()[:500] or N_("decided at the desk")


def _blank() -> dict[str, str]:
    return {"currency": "USD", "zone": "UTC", "class_code": "A", "person_shares_min": "1"}


def _typed(terms: OfferTerms) -> dict[str, str]:
    """A draft's terms as the form's fields show them."""
    numbers = ("person_shares_min", "person_shares_max", "users_count", "participants_target")
    words = ("title", "summary", "currency", "zone", "account_holder", "account_number")
    return {
        **{name: getattr(terms, name) for name in words},
        **{name: "" if getattr(terms, name) is None else str(getattr(terms, name)) for name in numbers},
        "price": str(terms.price.decimal()),
        "target": str(Money(terms.target_cents, terms.currency).decimal()),
        "deadline_at": terms.deadline_at.astimezone(ZoneInfo(terms.zone)).strftime("%Y-%m-%dT%H:%M"),
        "class_code": terms.share_class.code,
        "class_name": terms.share_class.name,
        "authorized_shares": str(terms.share_class.authorized_shares or ""),
    }
