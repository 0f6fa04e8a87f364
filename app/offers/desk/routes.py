"""The desk: an organizer drafts, opens and changes offers; auditors and treasurers look on."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.members.access import OfferDesk, OfferOrganizer, Organizer, SomeDesk
from app.members.apitokens.scopes import DESK
from app.members.approvals.approving import may_decide, undecided
from app.members.signin.access import Fresh
from app.offers import doubling  # noqa: F401  (warns of pledges when records are merged)
from app.offers.desk.facts import desk_facts
from app.offers.drafting import change_draft, draft_offer, find_offer, open_offer
from app.offers.models import Offer, OfferKind, OfferState, Oversubscription, PayWhen
from app.offers.scoping import KIND
from app.offers.tallying import tally
from app.offers.terms.changing import propose_change, reconfirm_until
from app.offers.terms.form import ZONES, blank_terms, read_terms, typed_terms
from app.offers.terms.lawful import laws_to_choose
from app.payments.models import PayBy
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, FormFields, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk")
TERMS = "offers/desk/terms.html"


@router.get("")
def show_desk(request: Request, session: Snapshot, viewer: SomeDesk) -> Response:
    """What waits for this person, every offer (with a role for one offer only, that one), and the rooms."""
    desk, offers = set(DESK), session.scalars(select(Offer).order_by(Offer.id.desc()))
    rows = [(offer, tally(session, offer)) for offer in offers if desk & viewer.roles_for(f"{KIND}:{offer.slug}")]
    mine = [each for each in undecided(session) if may_decide(session, each, viewer.person_id)]
    return page(request, "offers/desk/index.html", rows=rows, whole=bool(desk & viewer.roles), to_decide=len(mine))


@router.get("/offers/new")
def show_new(request: Request, session: Snapshot, viewer: Organizer) -> Response:
    """The form of a new offer."""
    return page(request, TERMS, values=_ticked(blank_terms(), [PayBy.BANK_TRANSFER.value]), **_choices(session, None))


@router.post("/offers/new")
def draft(request: Request, session: Tx, fields: Fields, viewer: Organizer) -> Response:
    """Write a new offer as a draft."""
    with shown_again(request, TERMS, fields, **_choices(session, None)):
        terms = read_terms(session, fields)
        offer = draft_offer(session, fields.get("slug", "").strip(), terms, by=viewer.person_id)
    return redirect(request, f"/desk/offers/{offer.slug}", N_("The draft is saved. Only staff can see it."))


@router.get("/offers/{slug}")
def show(request: Request, session: Snapshot, viewer: OfferDesk, slug: str) -> Response:
    """One offer with its terms, how it stands, and its moves."""
    return page(request, "offers/desk/show.html", **desk_facts(session, slug))


@router.get("/offers/{slug}/terms")
def show_terms(request: Request, session: Snapshot, viewer: OfferOrganizer, slug: str) -> Response:
    """The form of an offer's terms."""
    offer = find_offer(session, slug)
    values = _ticked(typed_terms(session, offer.terms), offer.terms.ways_to_pay)
    return page(request, TERMS, values=values, **_choices(session, offer))


@router.post("/offers/{slug}/terms")
def change(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer) -> Response:
    """Write the next version of a draft's terms; of an open offer's, propose it to a second person."""
    offer = find_offer(session, slug)
    with shown_again(request, TERMS, fields, **_choices(session, offer)):
        terms = read_terms(session, fields)
        if offer.state != OfferState.DRAFT:
            reason = fields.get("reason", "").strip()[:500]
            propose_change(session, slug, terms, by=viewer.person(session), reason=reason)
            return redirect(request, f"/desk/offers/{slug}", N_("Proposed. Another person decides it."))
        change_draft(session, slug, terms, by=viewer.person_id)
    return redirect(request, f"/desk/offers/{slug}", N_("The draft is saved. Only staff can see it."))


@router.post("/offers/{slug}/opening")
def open_(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh) -> Response:
    """Open a draft for pledges."""
    with shown_again(request, "offers/desk/show.html", fields, **desk_facts(session, slug)):
        reason = fields.get("reason", "").strip()[:500] or N_("decided at the desk")
        seen_to = fields.get("seen_to") == "yes"
        open_offer(session, slug, by=viewer.person_id, reason=reason, seen_to=seen_to)
    return redirect(request, f"/desk/offers/{slug}", N_("The offer is open. Its terms are frozen."))


def _choices(session: Session, offer: Offer | None) -> dict[str, Any]:
    """What the form of terms offers to choose from."""
    is_open = offer is not None and offer.state != OfferState.DRAFT
    return {
        "offer": offer,
        "is_open": is_open,
        "reconfirm_until": reconfirm_until(session, offer.terms) if offer is not None and is_open else None,
        "zones": ZONES,
        "laws": laws_to_choose(session),
        "kinds": list(OfferKind),
        "surpluses": list(Oversubscription),
        "pay_whens": list(PayWhen),
        "ways": list(PayBy),
    }


def _ticked(values: dict[str, str], ways: list[str]) -> FormFields:
    """What the form shows at first, with every way to pay that is chosen."""
    return FormFields([*values.items(), *(("ways_to_pay", way) for way in ways)])
