"""Returning: what the fund paid for a pledge that ends comes back to it, and at the end what is left goes to givers.

Givers get it back in proportion to what the fund took of each gift, by largest remainder.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock, jobs
from app.core.errors import N_
from app.core.money import Money
from app.core.settings import settings
from app.ledger import journal
from app.offers.models import Offer, OfferState, Pledge
from app.offers.pledging.solidarity.asking import FUND_USED, end_request_to_fund
from app.offers.pledging.solidarity.holding import fund_account, in_fund, paid_by_fund
from app.offers.pledging.solidarity.models import (
    SolidarityComeback,
    SolidarityGift,
    SolidarityMatching,
    SolidarityPart,
    SolidarityRequest,
)
from app.offers.pledging.solidarity.waiting import waiting_requests
from app.payments.models import Refund
from app.payments.refunding import owe_back, owe_directly
from app.payments.requesting import asked, end_request, held, held_account, locked_request

RETURN_JOB = "offers.return_fund"
NOT_NEEDED = N_("the solidarity fund did not use it")
_ENDED = (OfferState.SUCCEEDED, OfferState.FAILED, OfferState.CANCELLED)


def back_to_fund(session: Session, pledge: Pledge, reason: str, *, beyond_asked: bool = False) -> None:
    """Put what the fund paid for a pledge back, before anything is owed to its supporter; harmless for other pledges.

    `beyond_asked` takes only what is held beyond what is asked. The pledge's request is locked by the caller.
    """
    grant = paid_by_fund(session, pledge)
    if grant is None or pledge.request is None:
        return
    present = held(session, pledge.request)
    amount = present - asked(pledge.request) if beyond_asked else present
    if amount.minor <= 0:
        return
    source = f"fewer-shares:{pledge.id}" if beyond_asked else f"pledge:{pledge.id}"
    legs = (
        journal.Leg(*held_account(pledge.request), amount.currency, amount.minor),
        journal.Leg(*fund_account(pledge.offer_id), amount.currency, -amount.minor),
    )
    draft = journal.Draft(f"fund-back:{source}", "back to the fund", clock.today(), legs)
    session.add(
        SolidarityComeback(
            source=source,
            pledge_id=pledge.id,
            amount_cents=amount.minor,
            currency=amount.currency,
            reason=reason,
            came_at=clock.now(),
            entry_id=journal.post(session, draft, by=None),
        )
    )
    session.flush()


def return_later(session: Session, offer: Offer) -> None:
    """Let the worker give back what the fund of an offer that has ended did not use."""
    if session.scalars(select(SolidarityGift.id).where(SolidarityGift.offer_id == offer.id).limit(1)).first():
        jobs.defer(session, RETURN_JOB, offer_id=offer.id, after=0)
    else:
        _end_requests(session, offer)


def return_next(session: Session, offer_id: int, after: int) -> None:
    """Give the next givers of an ended offer their part of what is left, then go on; harmless when repeated."""
    offer = session.scalars(select(Offer).where(Offer.id == offer_id).with_for_update()).one()
    if offer.state not in _ENDED:
        return
    if after == 0:
        _end_requests(session, offer)
    parts = _parts_back(session, offer)
    batch = settings().settle_batch
    gifts = session.scalars(
        select(SolidarityGift)
        .where(
            SolidarityGift.offer_id == offer_id,
            SolidarityGift.payment_request_id.is_not(None),
            SolidarityGift.id > after,
        )
        .order_by(SolidarityGift.id)
        .limit(batch)
    ).all()
    for gift in gifts:
        _return(session, offer, gift, parts.get(gift.id))
    if len(gifts) == batch:
        jobs.defer(session, RETURN_JOB, offer_id=offer_id, after=gifts[-1].id)


def taken_of(session: Session, offer: Offer) -> dict[int, int]:
    """What the fund took of each gift, in minor units by the gift's id."""
    rows = session.execute(
        select(SolidarityPart.gift_id, func.sum(SolidarityPart.amount_cents))
        .join(SolidarityMatching, SolidarityMatching.id == SolidarityPart.matching_id)
        .where(SolidarityMatching.offer_id == offer.id)
        .group_by(SolidarityPart.gift_id)
        .order_by(SolidarityPart.gift_id)
    )
    return {gift_id: int(minor) for gift_id, minor in rows}


def source_of(gift: SolidarityGift) -> str:
    """How the refund of a gift's part of the fund is called."""
    return f"solidarity:{gift.id}"


def _parts_back(session: Session, offer: Offer) -> dict[int, Money]:
    """Each gift's part of all that goes back, also of what has gone back already: so batches agree."""
    taken = taken_of(session, offer)
    gone = session.scalar(
        select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(
            Refund.source.in_(
                select(func.concat("solidarity:", SolidarityGift.id)).where(SolidarityGift.offer_id == offer.id)
            )
        )
    )
    whole = in_fund(session, offer) + Money(int(gone or 0), offer.terms.currency)
    if not taken or not whole.minor:
        return {}
    return dict(zip(taken, whole.split(list(taken.values())), strict=True))


def _return(session: Session, offer: Offer, gift: SolidarityGift, part: Money | None) -> None:
    assert gift.payment_request_id is not None, "only gifts that were confirmed"
    request = locked_request(session, gift.payment_request_id)
    end_request(session, request, NOT_NEEDED)
    owe_back(session, request, f"gift:{gift.id}", NOT_NEEDED, by=None)
    source = source_of(gift)
    if part is None or not part.minor or session.scalars(select(Refund.id).where(Refund.source == source)).first():
        return
    legs = (
        journal.Leg(*fund_account(offer.id), part.currency, part.minor),
        journal.Leg("refunds_payable", f"request:{request.id}", part.currency, -part.minor),
    )
    draft = journal.Draft(f"refund:{source}", "refund due", clock.today(), legs)
    owe_directly(session, request, part, source, NOT_NEEDED, journal.post(session, draft, by=None))


def _end_requests(session: Session, offer: Offer) -> None:
    waiting = session.scalars(
        waiting_requests().where(SolidarityRequest.offer_id == offer.id).with_for_update(of=SolidarityRequest)
    ).all()
    for request in waiting:
        end_request_to_fund(session, request, by=None, reason=FUND_USED)
