"""Settling a closed offer, pledge by pledge: less is asked of those who get less, shares are allotted, money goes back.

Each pledge moves once, under lock and with keys of its own in the books: killed anywhere and run again, the register
ends the same.
"""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, jobs
from app.core.errors import N_
from app.core.money import Money
from app.core.settings import settings
from app.letters.writing import write
from app.members.entering import enter_member
from app.offers.drafting import move_offer
from app.offers.models import Offer, OfferState, PayWhen, Pledge, PledgeState
from app.offers.pledging.dating import days_of
from app.offers.pledging.solidarity.returning import back_to_fund, return_later
from app.offers.pledging.standing import move_pledge
from app.offers.pledging.withdrawing import end_pledge
from app.offers.result.models import CollectingWindow
from app.payments.cards.saving import release_method
from app.payments.models import PaymentRequest
from app.payments.refunding import owe_beyond
from app.payments.requesting import asked, end_request, held, held_account, locked_request, lower_request, schedule
from app.shares.allotting import Allotment, allot, can_allot
from app.shares.models import Lot

SUBSCRIPTION = N_("subscription")
SETTLE_JOB, COLLECT_JOB = "offers.settle", "offers.collect"
FEWER = N_("more was pledged than the cap allows, so fewer shares are allotted")


def start_settling(
    session: Session, offer: Offer, to: OfferState, end: OfferState, by: int | None, reason: str
) -> None:
    """Let the worker settle every pledge of an offer, which then comes to rest in the state `end`."""
    move_offer(session, offer, to, by=by, reason=reason)
    jobs.defer(session, SETTLE_JOB, offer_id=offer.id, end=end.value)


def settle_next(session: Session, offer_id: int, end: str) -> None:
    """Settle the next pledges of a closed offer, then put itself in the queue again until none is left.

    `end` is the state in which the offer comes to rest.
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
        return_later(session, offer)
        jobs.defer(session, "documents.certify", cause=f"offer:{offer.id}")
    else:
        jobs.defer(session, SETTLE_JOB, offer_id=offer.id, end=end)


def collect_next(session: Session, offer_id: int, after: int) -> None:
    """Carry the result out for the next pledges of an offer that collects, and ask those who have not paid."""
    offer = session.scalars(select(Offer).where(Offer.id == offer_id).with_for_update(read=True)).one()
    if offer.state != OfferState.COLLECTING:
        return
    until = session.scalars(
        select(CollectingWindow.ends_at)
        .where(CollectingWindow.offer_id == offer_id)
        .order_by(CollectingWindow.id.desc())
        .limit(1)
    ).one()
    batch = settings().settle_batch
    pledges = session.scalars(
        select(Pledge)
        .where(Pledge.offer_id == offer_id, Pledge.state == PledgeState.CONFIRMED, Pledge.id > after)
        .order_by(Pledge.id)
        .limit(batch)
        .with_for_update()
    ).all()
    for pledge in pledges:
        request = carry_out(session, pledge)
        if request is not None and held(session, request) < asked(request):
            _ask(session, offer, pledge, request, until.astimezone(ZoneInfo(offer.terms.zone)).date())
    if len(pledges) == batch:
        jobs.defer(session, COLLECT_JOB, offer_id=offer_id, after=pledges[-1].id)


def carry_out(session: Session, pledge: Pledge) -> PaymentRequest | None:
    """Ask for no more than the pledge gets, and owe back what was paid beyond it; who gets nothing is out.

    Answers the request, locked, or None when the pledge ended. Harmless when repeated.
    """
    assert pledge.payment_request_id is not None, "confirmed pledges have a request"
    if pledge.due_shares == 0:
        end_pledge(session, pledge, PledgeState.RETURNED, by=None, reason=FEWER)
        return None
    request = locked_request(session, pledge.payment_request_id)
    if pledge.due < asked(request):
        lower_request(session, request, pledge.due, FEWER)
        back_to_fund(session, pledge, FEWER, beyond_asked=True)
        owe_beyond(session, request, f"fewer-shares:{pledge.id}", FEWER, by=None)
    return request


def _ask(session: Session, offer: Offer, pledge: Pledge, request: PaymentRequest, last: date) -> None:
    """Tell a supporter that the target is reached and what is to be paid until when."""
    if offer.terms.pay_when == PayWhen.AT_GOAL:
        schedule(session, request, _parts(offer, pledge, last))
    assert pledge.person is not None, "confirmed pledges have a person"
    write(
        session,
        "target-reached",
        pledge.person.email,
        pledge.person.language,
        person_id=pledge.person.id,
        offer_title=offer.terms.title,
        shares=pledge.due_shares,
        pledged_shares=pledge.shares,
        amount_minor=(asked(request) - held(session, request)).minor,
        currency=pledge.currency,
        reference=request.reference,
        account_holder=offer.terms.account_holder,
        account_number=offer.terms.account_number,
        pay_by=last.isoformat(),
        path=f"/pledges/{pledge.public_id}",
    )


def _parts(offer: Offer, pledge: Pledge, last: date) -> list[tuple[date, Money]]:
    """The payments of a pledge that is paid when the target is reached: as many as wished that end in time."""
    today = clock.today(offer.terms.zone)
    for count in range(min(pledge.instalments, pledge.due.minor), 1, -1):
        days = days_of(offer.terms, count, today)
        if days[-1] <= last:
            return list(zip(days, pledge.due.split([1] * count), strict=True))
    return [(last, pledge.due)]


def _allot_or_lapse(session: Session, offer: Offer, pledge: Pledge) -> None:
    holder = pledge.holding_person or pledge.person
    assert holder is not None, "confirmed pledges have a person"
    request = carry_out(session, pledge)
    if request is None:
        return
    if held(session, request) < asked(request):
        end_pledge(session, pledge, PledgeState.LAPSED, by=None, reason=N_("not fully paid when the offer closed"))
        return
    if not can_allot(session, pledge.terms.share_class, pledge.due_shares):
        end_pledge(session, pledge, PledgeState.LAPSED, by=None, reason=N_("no shares of the class were left"))
        return
    on = clock.today(offer.terms.zone)
    what = Allotment(
        source=f"pledge:{pledge.id}",
        member=enter_member(session, holder, on=on, basis=SUBSCRIPTION, by=None),
        share_class=pledge.terms.share_class,
        shares=pledge.due_shares,
        price=pledge.price,
        paid_from=held_account(request),
        on=on,
        basis=SUBSCRIPTION,
    )
    lot = allot(session, what, by=None)
    end_request(session, request, "the shares are allotted")
    release_method(session, request)
    move_pledge(session, pledge, PledgeState.ALLOTTED, by=None, reason=N_("paid in full when the offer succeeded"))
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
