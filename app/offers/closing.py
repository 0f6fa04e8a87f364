"""Closing an offer in one go, and cancelling it: the acts that two people at the desk, the worker and tests perform."""

from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import N_, Refusal
from app.offers.drafting import StateChanged, find_offer, locked_offer, move_offer
from app.offers.models import Offer, OfferState
from app.offers.result.counting import TooEarly, tally_offer
from app.offers.result.deciding import ENDABLE, approve_result
from app.offers.result.settling import settle_next, start_settling

__all__ = ["NeedsSecond", "ReasonMissing", "TooEarly", "cancel_draft", "cancel_offer", "close_offer", "settle_next"]


class ReasonMissing(Refusal):
    """Cancelling needs a reason, which supporters are told."""

    message = N_("Say why the offer is cancelled; its supporters will be told.")
    field = "reason"


class NeedsSecond(Refusal):
    """Supporters rely on an offer that has opened."""

    message = N_("This offer has opened, so it takes two people to cancel it: propose it.")
    status = 409


def close_offer(session: Session, slug: str, *, by: int | None, reason: str = N_("closed"), seed: str = "") -> Offer:
    """Close an open or tallied offer and put its result into force: it collects, allots, repays, or falls short.

    Allotting and repaying are done by the job `offers.settle`, committed with this act.
    """
    if find_offer(session, slug).state != OfferState.TALLYING:
        offer = tally_offer(session, slug, by=by, reason=reason)
        if offer.state != OfferState.TALLYING:
            return offer
    return approve_result(session, slug, by=by, reason=reason, seed=seed)


def cancel_offer(session: Session, slug: str, *, by: int | None, reason: str) -> Offer:
    """Cancel an offer before its shares are allotted; every supporter is repaid."""
    offer = locked_offer(session, slug)
    if offer.state not in (OfferState.DRAFT, *ENDABLE):
        raise StateChanged(state=OfferState(offer.state))
    if not reason.strip():
        raise ReasonMissing
    if offer.state == OfferState.DRAFT:
        move_offer(session, offer, OfferState.CANCELLED, by=by, reason=reason)
    else:
        start_settling(session, offer, OfferState.REFUNDING, OfferState.CANCELLED, by, reason)
    audit.record(session, audit.Tag.OFFER_CANCELLED, f"offer:{offer.id}", by=by, reason=reason)
    return offer


def cancel_draft(session: Session, slug: str, *, by: int | None, reason: str) -> Offer:
    """Cancel a draft, which takes one person only."""
    if find_offer(session, slug).state != OfferState.DRAFT:
        raise NeedsSecond
    return cancel_offer(session, slug, by=by, reason=reason)
