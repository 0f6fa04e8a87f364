"""Closing an offer: the target decides, then the worker allots or refunds pledge by pledge until it is settled."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.errors import N_, Refusal
from app.core.settings import settings
from app.letters.writing import write
from app.members.entering import enter_member
from app.offers.drafting import StateChanged, locked_offer, move_offer
from app.offers.models import Offer, OfferState, Pledge, PledgeState
from app.offers.pledging import end_pledge, move_pledge
from app.offers.tallying import tally
from app.payments.requesting import asked, end_request, held, held_account, locked_request
from app.shares.allotting import Allotment, allot, can_allot
from app.shares.models import Lot

SUBSCRIPTION = N_("subscription")
SETTLE_JOB = "offers.settle"


class TooEarly(Refusal):
    """The deadline is ahead and the target is not reached."""

    message = N_("The target is not reached and the deadline has not passed. Close the offer later, or cancel it.")
    status = 409


class ReasonMissing(Refusal):
    """Cancelling needs a reason, which supporters are told."""

    message = N_("Say why the offer is cancelled; its supporters will be told.")
    field = "reason"


def close_offer(session: Session, slug: str, *, by: int | None, reason: str = N_("closed")) -> Offer:
    """Close an open offer: target paid means allotment, a missed target after the deadline means refunds.

    Settling is done by the job `offers.settle`, committed with this act.
    """
    offer = locked_offer(session, slug)
    if offer.state != OfferState.OPEN:
        raise StateChanged(state=OfferState(offer.state))
    standing = tally(session, offer)
    if not standing.reached and clock.now() < offer.terms.deadline_at:
        raise TooEarly
    if standing.reached:
        _start_settling(session, offer, OfferState.ALLOTTING, OfferState.SUCCEEDED, by, reason)
    else:
        _start_settling(session, offer, OfferState.REFUNDING, OfferState.FAILED, by, reason)
    audit.record(
        session, audit.Tag.OFFER_CLOSED, f"offer:{offer.id}", by=by, reason=reason,
        paid_cents=standing.paid_in_full.minor, target_cents=standing.target.minor,
    )  # fmt: skip
    return offer


def cancel_offer(session: Session, slug: str, *, by: int | None, reason: str) -> Offer:
    """Cancel a draft or open offer; every supporter of an open one is repaid."""
    offer = locked_offer(session, slug)
    if offer.state not in (OfferState.DRAFT, OfferState.OPEN):
        raise StateChanged(state=OfferState(offer.state))
    if not reason.strip():
        raise ReasonMissing
    if offer.state == OfferState.DRAFT:
        move_offer(session, offer, OfferState.CANCELLED, by=by, reason=reason)
    else:
        _start_settling(session, offer, OfferState.REFUNDING, OfferState.CANCELLED, by, reason)
    audit.record(session, audit.Tag.OFFER_CANCELLED, f"offer:{offer.id}", by=by, reason=reason)
    return offer


def settle_next(session: Session, offer_id: int, end: str) -> None:
    """Settle the next pledges of a closed offer, then put itself in the queue again until none is left.

    `end` is the state in which the offer comes to rest.

    Each pledge moves once, under lock and with keys of its own in the books: killed anywhere and run again, the
    register ends the same.
    """
    offer = session.scalars(select(Offer).where(Offer.id == offer_id).with_for_update()).one()
    if offer.state not in (OfferState.ALLOTTING, OfferState.REFUNDING):
        return
    batch = settings().settle_batch
    pledges = session.scalars(
        select(Pledge)
        .where(Pledge.offer_id == offer.id, Pledge.state == PledgeState.CONFIRMED)
        .order_by(Pledge.id)
        .limit(batch)
        .with_for_update()
    ).all()
    for pledge in pledges:
        if offer.state == OfferState.ALLOTTING:
            _allot_or_lapse(session, offer, pledge)
        else:
            end_pledge(session, pledge, PledgeState.RETURNED, by=None, reason=N_("the offer did not succeed"))
    if len(pledges) < batch:
        move_offer(session, offer, OfferState(end), by=None, reason=N_("every pledge is settled"))
    else:
        jobs.defer(session, SETTLE_JOB, offer_id=offer.id, end=end)


def _start_settling(
    session: Session, offer: Offer, to: OfferState, end: OfferState, by: int | None, reason: str
) -> None:
    move_offer(session, offer, to, by=by, reason=reason)
    jobs.defer(session, SETTLE_JOB, offer_id=offer.id, end=end.value)


def _allot_or_lapse(session: Session, offer: Offer, pledge: Pledge) -> None:
    assert pledge.payment_request_id is not None and pledge.person is not None, "confirmed pledges have both"
    request = locked_request(session, pledge.payment_request_id)
    if held(session, request) < asked(request):
        end_pledge(session, pledge, PledgeState.LAPSED, by=None, reason=N_("not fully paid when the offer closed"))
        return
    if not can_allot(session, pledge.terms.share_class, pledge.shares):
        end_pledge(session, pledge, PledgeState.LAPSED, by=None, reason=N_("no shares of the class were left"))
        return
    on = clock.today(offer.terms.zone)
    member = enter_member(session, pledge.person, on=on, basis=SUBSCRIPTION, by=None)
    what = Allotment(
        source=f"pledge:{pledge.id}",
        member=member,
        share_class=pledge.terms.share_class,
        shares=pledge.shares,
        price=pledge.price,
        paid_from=held_account(request),
        on=on,
        basis=SUBSCRIPTION,
    )
    lot = allot(session, what, by=None)
    end_request(session, request, "the shares are allotted")
    move_pledge(session, pledge, PledgeState.ALLOTTED, by=None, reason=N_("paid in full when the offer succeeded"))
    jobs.defer(session, "documents.file_certificate", lot_id=lot.id)
    _tell(session, pledge, lot)


def _tell(session: Session, pledge: Pledge, lot: Lot) -> None:
    assert pledge.person is not None, "confirmed pledges have a person"
    write(
        session,
        "shares-allotted",
        pledge.person.email,
        pledge.person.language,
        person_id=pledge.person.id,
        shares=lot.shares,
        class_name=lot.share_class.name,
        certificate_number=lot.certificate_number,
        path="/holdings",
    )
