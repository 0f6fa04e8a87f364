"""Deciding what follows from a result: shares, time to collect, or repayment; each is decided by two people."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.errors import N_, Refusal
from app.law import windows
from app.offers.drafting import StateChanged, locked_offer, move_offer
from app.offers.models import Offer, OfferState, Pledge, PledgeMove, PledgeState
from app.offers.result.models import CollectingWindow, OfferResult
from app.offers.result.previewing import Result, result_of
from app.offers.result.settling import COLLECT_JOB, start_settling
from app.offers.tallying import tally
from app.offers.terms.lawful import law_of

ENDABLE = (OfferState.OPEN, OfferState.TALLYING, OfferState.COLLECTING, OfferState.SHORT)
WINDOW_MAX = timedelta(days=3650)
WRITTEN = 5_000  # rows sent to the database at once


class ResultChanged(Refusal):
    """What was approved is not what would be done."""

    message = N_("The result is no longer the one that was proposed: pledges changed meanwhile. Propose it again.")
    status = 409


class StillCollecting(Refusal):
    """Not everybody has paid, and there is time left to."""

    message = N_("Some pledges are not paid, and money is collected until {until}. Allot shares then.")
    status = 409


class TooLittleCollected(Refusal):
    """The minimum is not collected: the second gate."""

    message = N_("{collected} of pledges are paid in full; {minimum} must be before any share is final.")
    status = 409


class StillReflecting(Refusal):
    """The law lets the last supporters withdraw freely for some time."""

    message = N_("Supporters may still withdraw freely until {until}. Shares are allotted after that.")
    status = 409


class WindowInThePast(Refusal):
    """The new end of collecting is not ahead."""

    message = N_("Choose an end that lies ahead of {after}.")
    field = "until"


def approve_result(
    session: Session, slug: str, *, by: int | None, reason: str, seed: str = "", sha256: str | None = None
) -> Offer:
    """Put a result into force: its allotment stands, and the offer collects, allots, repays, or waits for a decision.

    `sha256` is the hash of the result that was proposed; None approves the result as it is.
    """
    offer = locked_offer(session, slug)
    if offer.state != OfferState.TALLYING:
        raise StateChanged(state=OfferState(offer.state))
    result = result_of(session, offer, seed)
    if sha256 is not None and sha256 != result.sha256:
        raise ResultChanged
    _keep(session, offer, result, by)
    audit.record(
        session, audit.Tag.OFFER_RESULT_APPROVED, f"offer:{offer.id}", by=by, reason=reason, sha256=result.sha256,
        pledged_cents=result.pledged.minor, allotted_cents=result.allotted.minor,
    )  # fmt: skip
    if result.reached:
        _go_on(session, offer, by, reason)
    else:
        start_settling(session, offer, OfferState.REFUNDING, OfferState.FAILED, by, reason)
    return offer


def allot_offer(session: Session, slug: str, *, by: int | None, reason: str) -> Offer:
    """Let the worker allot: the minimum is collected, and everybody has paid or the time to is over."""
    offer = locked_offer(session, slug)
    if offer.state not in (OfferState.COLLECTING, OfferState.SHORT):
        raise StateChanged(state=OfferState(offer.state))
    standing, until = tally(session, offer), window_end(session, offer)
    if until is not None and clock.now() < until and standing.paid_people < standing.people:
        raise StillCollecting(until=until)
    if not standing.collected:
        raise TooLittleCollected(collected=standing.paid_in_full, minimum=offer.terms.minimum)
    if ends := reflected_until(session, offer):
        raise StillReflecting(until=ends)
    start_settling(session, offer, OfferState.ALLOTTING, OfferState.SUCCEEDED, by, reason)
    audit.record(session, audit.Tag.OFFER_ALLOTTED, f"offer:{offer.id}", by=by, reason=reason)
    return offer


def extend_window(session: Session, slug: str, until: datetime, *, by: int | None, reason: str) -> Offer:
    """Collect longer: of an offer that fell short, or one that still collects."""
    offer = locked_offer(session, slug)
    if offer.state not in (OfferState.COLLECTING, OfferState.SHORT):
        raise StateChanged(state=OfferState(offer.state))
    after = max(clock.now(), window_end(session, offer) or clock.now())
    if not after < until < after + WINDOW_MAX:
        raise WindowInThePast(after=after)
    if offer.state == OfferState.SHORT:
        move_offer(session, offer, OfferState.COLLECTING, by=by, reason=reason)
    _set_window(session, offer, until, by, reason)
    return offer


def refund_offer(session: Session, slug: str, *, by: int | None, reason: str) -> Offer:
    """Repay everybody of an offer that fell short of its minimum."""
    offer = locked_offer(session, slug)
    if offer.state != OfferState.SHORT:
        raise StateChanged(state=OfferState(offer.state))
    start_settling(session, offer, OfferState.REFUNDING, OfferState.FAILED, by, reason)
    audit.record(session, audit.Tag.OFFER_REFUNDED, f"offer:{offer.id}", by=by, reason=reason)
    return offer


def end_windows(session: Session) -> None:
    """Every offer whose time to collect is over without its minimum falls short; people decide what follows."""
    collecting = session.scalars(select(Offer.slug).where(Offer.state == OfferState.COLLECTING)).all()
    for slug in collecting:
        offer = locked_offer(session, slug)
        until = window_end(session, offer)
        over = until is not None and until <= clock.now()
        if offer.state == OfferState.COLLECTING and over and not tally(session, offer).collected:
            reason = N_("the time to collect is over, and the minimum is not reached")
            move_offer(session, offer, OfferState.SHORT, by=None, reason=reason)


def window_end(session: Session, offer: Offer) -> datetime | None:
    """Until when money is collected; None before the result of the offer is approved."""
    return session.scalars(
        select(CollectingWindow.ends_at)
        .where(CollectingWindow.offer_id == offer.id)
        .order_by(CollectingWindow.id.desc())
        .limit(1)
    ).first()


def reflected_until(session: Session, offer: Offer) -> datetime | None:
    """Until when the last supporter may withdraw freely by law; None when nobody may any more."""
    law = law_of(session, offer.terms)
    if law is None or "reflection" not in law.values:
        return None
    last = session.execute(
        select(func.max(PledgeMove.at))
        .join(Pledge, Pledge.id == PledgeMove.pledge_id)
        .where(
            Pledge.offer_id == offer.id,
            Pledge.state == PledgeState.CONFIRMED,
            PledgeMove.to_state == PledgeState.CONFIRMED,
        )
    ).scalar_one()
    if last is None:
        return None
    until = datetime.fromisoformat(str(windows.reflection(law, last, max(last, clock.now())).answers["until"]))
    return until if clock.now() < until else None


def _go_on(session: Session, offer: Offer, by: int | None, reason: str) -> None:
    """The target is pledged: allot when nothing is missing, else collect as long as the terms say, or fall short."""
    standing, reflecting = tally(session, offer), reflected_until(session, offer)
    all_paid = standing.paid_people == standing.people
    time_to_collect = timedelta(days=offer.terms.collecting_days)
    if standing.collected and not reflecting and (all_paid or not time_to_collect):
        start_settling(session, offer, OfferState.ALLOTTING, OfferState.SUCCEEDED, by, reason)
    elif time_to_collect or (standing.collected and reflecting):
        move_offer(session, offer, OfferState.COLLECTING, by=by, reason=reason)
        _set_window(session, offer, max(clock.now() + time_to_collect, reflecting or clock.now()), by, reason)
        jobs.defer(session, COLLECT_JOB, offer_id=offer.id, after=0)
    else:
        move_offer(session, offer, OfferState.SHORT, by=by, reason=reason)


def _set_window(session: Session, offer: Offer, ends_at: datetime, by: int | None, reason: str) -> None:
    session.add(CollectingWindow(offer_id=offer.id, ends_at=ends_at, set_at=clock.now(), set_by=by, reason=reason))
    session.flush()
    audit.record(
        session, audit.Tag.OFFER_WINDOW_SET, f"offer:{offer.id}", by=by, reason=reason, ends_at=ends_at.isoformat()
    )


def _keep(session: Session, offer: Offer, result: Result, by: int | None) -> None:
    session.add(
        OfferResult(
            offer_id=offer.id,
            terms_id=offer.terms_id,
            sha256=result.sha256,
            seed=result.seed,
            pledged_cents=result.pledged.minor,
            allotted_cents=result.allotted.minor,
            approved_at=clock.now(),
            approved_by=by,
        )
    )
    session.flush()
    for rows in _batches(list((result.shares or {}).items()) if result.reached else []):
        session.execute(update(Pledge), [{"id": id_, "allotted_shares": part} for id_, part in rows])
    for row in list(session.identity_map.values()):
        if isinstance(row, Pledge):
            session.expire(row, ["allotted_shares"])


def _batches(rows: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    for start in range(0, len(rows), WRITTEN):
        yield rows[start : start + WRITTEN]
