"""Reconfirming: a supporter confirms a pledge under changed terms; who does not in time is out, and is repaid."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.letters.writing import write
from app.members.models import Person
from app.offers.drafting import locked_offer
from app.offers.models import Offer, OfferState, OfferTerms, Pledge, PledgeState
from app.offers.pledging.judging import beyond_law_again, beyond_limits, closed_to, shared_offer
from app.offers.pledging.standing import own_pledge
from app.offers.pledging.withdrawing import end_pledge
from app.offers.terms.models import PledgeReconfirmation
from app.offers.terms.waiting import asked_again, awaits_reconfirmation

BATCH = 1_000
NOT_CONFIRMED = N_("the terms changed, and the pledge was not confirmed again in time")


class NothingToReconfirm(Refusal):
    """The pledge stands under the present terms, or stands no more."""

    message = N_("This pledge does not wait to be confirmed again.")
    status = 409


class ReconfirmedTooLate(Refusal):
    """The time to confirm is over."""

    message = N_("Pledges could be confirmed again until {until}. Yours ends, and what you paid goes back to you.")
    status = 410


def reconfirm_pledge(session: Session, public_id: str, *, by: Person) -> Pledge:
    """Confirm one's own pledge under the changed terms of its offer, which are its terms from then on."""
    pledge = own_pledge(session, public_id, by)
    offer = shared_offer(session, pledge.offer.slug)
    session.refresh(pledge, with_for_update=True)
    terms = offer.terms
    if not awaits_reconfirmation(session, pledge):
        raise NothingToReconfirm
    until = asked_again(session, pledge)
    if until is None or until.reconfirm_by is None or until.reconfirm_by <= clock.now():
        raise ReconfirmedTooLate(until=until.reconfirm_by if until is not None else clock.now())
    refusal = beyond_limits(terms, pledge.shares) or closed_to(terms, pledge.country)
    if "address" in pledge.holder:
        refusal = refusal or closed_to(terms, pledge.holder["address"]["country"])
    if refusal := refusal or beyond_law_again(session, terms, pledge, pledge.amount, pledge.price):
        raise refusal
    session.add(
        PledgeReconfirmation(pledge_id=pledge.id, terms_id=terms.id, reconfirmed_at=clock.now(), reconfirmed_by=by.id)
    )
    pledge.terms_id = terms.id
    session.flush()
    session.refresh(pledge, ["terms"])
    audit.record(session, audit.Tag.PLEDGE_RECONFIRMED, f"pledge:{pledge.id}", by=by.id, version=terms.version)
    return pledge


def lapse_unconfirmed(session: Session) -> None:
    """End the pledges of open offers that were not confirmed under changed terms in time; their money goes back."""
    asked = (
        select(OfferTerms.offer_id, func.max(OfferTerms.id).label("terms_id"))
        .where(OfferTerms.reconfirm_by <= clock.now())
        .group_by(OfferTerms.offer_id)
        .subquery()
    )
    late = (
        select(Pledge.id, Offer.slug)
        .join(Offer, Offer.id == Pledge.offer_id)
        .join(asked, asked.c.offer_id == Offer.id)
        .where(
            Offer.state == OfferState.OPEN,
            Pledge.state == PledgeState.CONFIRMED,
            Pledge.terms_id < asked.c.terms_id,
        )
        .order_by(Pledge.id)
        .limit(BATCH)
    )
    for pledge_id, slug in session.execute(late).all():
        offer = shared_offer(session, slug)
        pledge = session.scalars(
            select(Pledge).where(Pledge.id == pledge_id).with_for_update().execution_options(populate_existing=True)
        ).one()
        if offer.state == OfferState.OPEN and awaits_reconfirmation(session, pledge):
            _lapse(session, offer, pledge)


def end_unconfirmed(session: Session, slug: str) -> None:
    """End every pledge of an offer that was not confirmed in time, before it is counted."""
    offer = locked_offer(session, slug)
    asked = select(func.max(OfferTerms.id)).where(OfferTerms.offer_id == offer.id, OfferTerms.reconfirm_by.is_not(None))
    waiting = select(Pledge).where(
        Pledge.offer_id == offer.id,
        Pledge.state == PledgeState.CONFIRMED,
        Pledge.terms_id < asked.scalar_subquery(),
    )
    for pledge in session.scalars(waiting.order_by(Pledge.id).with_for_update()).all():
        _lapse(session, offer, pledge)


def _lapse(session: Session, offer: Offer, pledge: Pledge) -> None:
    end_pledge(session, pledge, PledgeState.WITHDRAWN, by=None, reason=NOT_CONFIRMED)
    write(
        session,
        "not-reconfirmed",
        pledge.email,
        pledge.language,
        person_id=pledge.person_id,
        offer_title=offer.terms.title,
        path=f"/pledges/{pledge.public_id}",
    )
