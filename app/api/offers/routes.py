"""Offers over the API: listed, drafted, changed and opened by the acts of the desk."""

from fastapi import APIRouter
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Caller, DraftsOffers, Once, ReadsOffers, WatchesOffer, WritesOffer
from app.api.offers.shapes import (
    MoveGiven,
    OfferGiven,
    OfferTaken,
    OpeningTaken,
    TallyGiven,
    TermsTaken,
    move_given,
    offer_given,
    tally_given,
)
from app.core.errors import N_
from app.members.apitokens.scopes import DESK
from app.offers.drafting import change_draft, draft_offer, find_offer, open_offer
from app.offers.models import Offer, OfferMove, OfferState
from app.offers.reading import offer_seen
from app.offers.scoping import KIND
from app.offers.tallying import tally
from app.web.database import Snapshot, Tx
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/offers", route_class=ApiRoute, tags=["Offers"])


@router.get("", operation_id="listOffers", summary=N_("List offers"))
def list_offers(caller: ReadsOffers, session: Snapshot, paging: Pages) -> Listed[OfferGiven]:
    """The offers, the newest first; drafts are shown to staff only."""
    wanted = select(Offer).order_by(Offer.id.desc()).limit(paging.limit + 1)
    if not caller.is_staff:
        own = [place.removeprefix(f"{KIND}:") for role, place in caller.scoped if role in DESK]
        wanted = wanted.where(or_(Offer.state != OfferState.DRAFT, Offer.slug.in_(own)))
    if (after := paging.after()) is not None:
        wanted = wanted.where(Offer.id < after[0])
    rows = session.scalars(wanted).all()
    return paging.listed(
        rows, lambda offer: [offer.id], lambda offer: offer_given(offer, staff=_staff(caller, offer.slug))
    )


@router.post("", operation_id="draftOffer", summary=N_("Draft an offer"), status_code=201)
def draft(caller: DraftsOffers, session: Once, wanted: OfferTaken) -> OfferGiven:
    """Write a new offer as a draft, which only staff can see."""
    offer = draft_offer(session, wanted.slug, wanted.terms(session), by=caller.person_id)
    return offer_given(offer, staff=True)


@router.get("/{slug}", operation_id="getOffer", summary=N_("Get an offer"))
def get_offer(caller: ReadsOffers, session: Snapshot, slug: str) -> OfferGiven:
    """An offer with its present terms; a draft is unknown to whoever is not staff."""
    return offer_given(seen(session, caller, slug), staff=_staff(caller, slug))


@router.put("/{slug}/terms", operation_id="changeTerms", summary=N_("Change a draft’s terms"))
def change(caller: WritesOffer, session: Tx, slug: str, wanted: TermsTaken) -> OfferGiven:
    """Write the next version of a draft's terms; those of an open offer are frozen."""
    find_offer(session, slug)
    return offer_given(change_draft(session, slug, wanted.terms(session), by=caller.person_id), staff=True)


@router.post("/{slug}/opening", operation_id="openOffer", summary=N_("Open a draft"))
def open_(caller: WritesOffer, session: Once, slug: str, wanted: OpeningTaken) -> OfferGiven:
    """Open a draft for pledges, which freezes its terms; refused when nobody could meet them."""
    opened = open_offer(session, slug, by=caller.person_id, reason=wanted.reason, seen_to=wanted.law_seen_to)
    return offer_given(opened, staff=True)


@router.get("/{slug}/tally", operation_id="getTally", summary=N_("How an offer stands"))
def get_tally(caller: ReadsOffers, session: Snapshot, slug: str) -> TallyGiven:
    """People and money pledged and paid, from the books at this moment."""
    return tally_given(tally(session, seen(session, caller, slug)))


@router.get("/{slug}/moves", operation_id="listMoves", summary=N_("List an offer’s changes of state"))
def list_moves(caller: WatchesOffer, session: Snapshot, paging: Pages, slug: str) -> Listed[MoveGiven]:
    """Every change of an offer's state in order, with who, when and why."""
    offer = find_offer(session, slug)
    wanted = select(OfferMove).where(OfferMove.offer_id == offer.id).order_by(OfferMove.id).limit(paging.limit + 1)
    if (after := paging.after()) is not None:
        wanted = wanted.where(OfferMove.id > after[0])
    return paging.listed(session.scalars(wanted).all(), lambda move: [move.id], move_given)


def seen(session: Session, caller: Caller, slug: str) -> Offer:
    """The offer at an address, as far as the caller may see it."""
    return find_offer(session, slug) if _staff(caller, slug) else offer_seen(session, slug)


def _staff(caller: Caller, slug: str) -> bool:
    return caller.is_staff_for(f"{KIND}:{slug}")
