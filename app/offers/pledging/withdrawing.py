"""Withdrawing a pledge while that is possible; what was paid goes back."""

from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.models import Person
from app.offers.models import OfferState, Pledge, PledgeState
from app.offers.pledging.dating import may_withdraw, windows_of
from app.offers.pledging.judging import shared_offer
from app.offers.pledging.solidarity.returning import back_to_fund
from app.offers.pledging.standing import move_pledge, own_pledge
from app.payments.cards.saving import release_method
from app.payments.refunding import owe_back
from app.payments.requesting import end_request, locked_request


class NotWithdrawable(Refusal):
    """The pledge has ended, or the offer is closed."""

    message = N_("This pledge can no longer be withdrawn: it is {state}.")
    status = 409


class CancellationOver(Refusal):
    """The law lets a pledge be cancelled until some time before the deadline, and that is over."""

    message = N_("Pledges in this offer could be withdrawn until {until}. Nothing was changed.")
    status = 409


def withdraw_pledge(session: Session, public_id: str, *, by: Person, reason: str) -> Pledge:
    """Withdraw one's own pledge while that is possible; what was paid becomes a refund due."""
    pledge = own_pledge(session, public_id, by)
    shared_offer(session, pledge.offer.slug)
    session.refresh(pledge, with_for_update=True)
    refuse_unless_withdrawable(session, pledge)
    end_pledge(session, pledge, PledgeState.WITHDRAWN, by=by.id, reason=reason or N_("withdrawn by the supporter"))
    audit.record(session, audit.Tag.PLEDGE_WITHDRAWN, f"pledge:{pledge.id}", by=by.id)
    return pledge


def refuse_unless_withdrawable(session: Session, pledge: Pledge) -> None:
    """Refuse to give up a pledge that cannot be withdrawn now, with the reason."""
    if may_withdraw(session, pledge):
        return
    if pledge.state != PledgeState.CONFIRMED:
        raise NotWithdrawable(state=PledgeState(pledge.state))
    until = windows_of(session, pledge).cancel_until
    if pledge.offer.state == OfferState.OPEN and until is not None and until < clock.now():
        raise CancellationOver(until=until)
    raise NotWithdrawable(state=OfferState(pledge.offer.state))


def end_pledge(session: Session, pledge: Pledge, to: PledgeState, *, by: int | None, reason: str) -> None:
    """End a confirmed pledge without shares: nothing is asked any more, and what is held goes back."""
    if pledge.payment_request_id is not None:
        request = locked_request(session, pledge.payment_request_id)
        end_request(session, request, reason)
        release_method(session, request)
        back_to_fund(session, pledge, reason)
        owe_back(session, request, f"pledge:{pledge.id}", reason, by=by)
    move_pledge(session, pledge, to, by=by, reason=reason)
