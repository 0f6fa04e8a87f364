"""Counting: an offer closes for pledges at its deadline, or earlier where its law allows; then it is tallied."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.errors import N_, Refusal
from app.law.decisions import Decision
from app.law.windows import early_closing
from app.letters.writing import write
from app.offers.drafting import StateChanged, locked_offer, move_offer
from app.offers.ending import closes_at
from app.offers.models import Offer, OfferKind, OfferMove, OfferState, OfferTerms, PayWhen, Pledge, PledgeState
from app.offers.result.models import EarlyClosing
from app.offers.tallying import tally
from app.offers.terms.lawful import Quoted, law_of
from app.offers.terms.reconfirming import end_unconfirmed

ANNOUNCE_JOB = "offers.announce_early_closing"
BATCH = 500


class TooEarly(Refusal):
    """The deadline is ahead, and the target is not pledged or not paid."""

    message = N_(
        "Before the deadline an offer closes only when its target is pledged and paid. Close it later, or cancel it."
    )
    status = 409


class TooEarlyByLaw(Refusal):
    """The law lets the offer close early only under conditions that are not met."""

    message = N_("{law} does not let this offer close now: {reasons}")
    status = 409


class NotAnnounced(Refusal):
    """Supporters were not told of an early closing."""

    message = N_("{law}: supporters must hear of an early closing first. Announce it, and close the offer then.")
    status = 409


class ClosesWhen(Refusal):
    """The announced moment is not between now and the deadline."""

    message = N_("Choose a moment that lies ahead and before the deadline.")
    field = "closes_at"


class StillReconfirming(Refusal):
    """Pledges wait for their supporters to confirm changed terms."""

    message = N_(
        "The terms were changed, and supporters may confirm their pledges until {until}. Close the offer then."
    )
    status = 409


def tally_offer(session: Session, slug: str, *, by: int | None, reason: str) -> Offer:
    """Close an open offer for pledges; an indication of interest is over with that, as it moves no money.

    Before the deadline the target must be pledged, and the law that rules the offer must let it.
    """
    offer = locked_offer(session, slug)
    if offer.state != OfferState.OPEN:
        raise StateChanged(state=OfferState(offer.state))
    until = offer.terms.reconfirm_by
    if until is not None and clock.now() < until:
        raise StillReconfirming(until=until)
    if clock.now() < closes_at(session, offer):
        _refuse_early(session, offer)
    end_unconfirmed(session, slug)
    standing = tally(session, offer)
    move_offer(session, offer, OfferState.TALLYING, by=by, reason=reason)
    audit.record(
        session, audit.Tag.OFFER_CLOSED, f"offer:{offer.id}", by=by, reason=reason,
        pledged_cents=standing.pledged.minor, paid_cents=standing.paid_in_full.minor,
        target_cents=standing.target.minor,
    )  # fmt: skip
    if offer.terms.kind == OfferKind.INDICATION:
        end = OfferState.SUCCEEDED if standing.reached else OfferState.FAILED
        move_offer(session, offer, end, by=None, reason=N_("an indication of interest takes no money"))
    return offer


def tally_due(session: Session) -> None:
    """Close every open offer whose deadline, or announced early closing, has passed."""
    now = clock.now()
    due = session.scalars(
        select(Offer.slug)
        .join(OfferTerms, OfferTerms.id == Offer.terms_id)
        .outerjoin(EarlyClosing, EarlyClosing.offer_id == Offer.id)
        .where(Offer.state == OfferState.OPEN, (OfferTerms.deadline_at <= now) | (EarlyClosing.closes_at <= now))
        .distinct()
    ).all()
    for slug in due:
        offer = locked_offer(session, slug)
        waits = offer.terms.reconfirm_by is not None and now < offer.terms.reconfirm_by
        if offer.state == OfferState.OPEN and closes_at(session, offer) <= now and not waits:
            tally_offer(session, slug, by=None, reason=N_("the deadline has passed"))


def announce_early_closing(session: Session, slug: str, closes: datetime, *, by: int | None, reason: str) -> Offer:
    """Tell supporters that an open offer will close at a moment before its deadline."""
    offer = locked_offer(session, slug)
    if offer.state != OfferState.OPEN:
        raise StateChanged(state=OfferState(offer.state))
    if not clock.now() < closes < offer.terms.deadline_at:
        raise ClosesWhen
    _refuse_unpledged(session, offer)
    if decision := _judged(session, offer, clock.now(), closes):
        _refuse_decided(session, offer, decision)
    row = EarlyClosing(offer_id=offer.id, closes_at=closes, announced_at=clock.now(), announced_by=by, reason=reason)
    session.add(row)
    session.flush()
    audit.record(
        session, audit.Tag.OFFER_CLOSING_ANNOUNCED, f"offer:{offer.id}", by=by, reason=reason,
        closes_at=closes.isoformat(),
    )  # fmt: skip
    jobs.defer(session, ANNOUNCE_JOB, offer_id=offer.id, announcement_id=row.id, after=0)
    return offer


def tell_of_early_closing(session: Session, offer_id: int, announcement_id: int, after: int) -> None:
    """Write to the next supporters that an offer closes early, then go on with those after them."""
    offer, row = session.get_one(Offer, offer_id), session.get_one(EarlyClosing, announcement_id)
    pledges = session.scalars(
        select(Pledge)
        .where(Pledge.offer_id == offer_id, Pledge.state == PledgeState.CONFIRMED, Pledge.id > after)
        .order_by(Pledge.id)
        .limit(BATCH)
    ).all()
    for pledge in pledges:
        assert pledge.person is not None, "a confirmed pledge has a person"
        write(
            session, "closes-early", pledge.email, pledge.language, person_id=pledge.person_id,
            offer_title=offer.terms.title, closes_at=row.closes_at.isoformat(), zone=offer.terms.zone,
            path=f"/pledges/{pledge.public_id}",
        )  # fmt: skip
    if len(pledges) == BATCH:
        jobs.defer(session, ANNOUNCE_JOB, offer_id=offer_id, announcement_id=announcement_id, after=pledges[-1].id)


def opened_at(session: Session, offer: Offer) -> datetime:
    """When an offer opened."""
    return session.scalars(
        select(OfferMove.at).where(OfferMove.offer_id == offer.id, OfferMove.to_state == OfferState.OPEN).limit(1)
    ).one()


def _refuse_early(session: Session, offer: Offer) -> None:
    _refuse_unpledged(session, offer)
    law = law_of(session, offer.terms)
    if law is not None and "early_close" in law.values:
        decision = _judged(session, offer, clock.now(), clock.now())
        if decision is not None:
            _refuse_decided(session, offer, decision)
        raise NotAnnounced(law=Quoted(law.title, {}))


def _refuse_unpledged(session: Session, offer: Offer) -> None:
    """Nobody closes early what would fail by it: the target is pledged, and paid unless a time to collect follows."""
    standing = tally(session, offer)
    awaits_money = offer.terms.pay_when == PayWhen.AT_GOAL or offer.terms.collecting_days > 0
    if not standing.reached or not (awaits_money or standing.collected):
        raise TooEarly


def _judged(session: Session, offer: Offer, notified: datetime, closes: datetime) -> Decision | None:
    law = law_of(session, offer.terms)
    if law is None or "early_close" not in law.values:
        return None
    zone = ZoneInfo(law.zone)
    opened, told, ends = (at.astimezone(zone).date() for at in (opened_at(session, offer), notified, closes))
    return early_closing(law, opened, told, ends, tally(session, offer).reached)


def _refuse_decided(session: Session, offer: Offer, decision: Decision) -> None:
    if decision.refused:
        law = law_of(session, offer.terms)
        assert law is not None, "a decision rests on a law"
        failing = [Quoted(reason.message, reason.places) for reason in decision.reasons if not reason.holds]
        raise TooEarlyByLaw(law=Quoted(law.title, {}), reasons=failing)
