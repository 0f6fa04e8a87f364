"""The desk's pages of the processor's payouts: where each is, and of which lines it is made."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.core.errors import N_, Refusal
from app.members.access import Desk
from app.payments.cards.payouts.models import CAME_BACK, STATES
from app.payments.cards.payouts.standing import (
    count_payouts,
    items_of,
    latest_payouts,
    payouts_expected,
    standing_of,
    sums_of,
)
from app.web.database import Id, Snapshot
from app.web.pages import page

router = APIRouter(prefix="/desk/processor/payouts")
PAYOUTS, LINES = 50, 200
TYPES = {
    "charge": N_("charges of cards"),
    "payment": N_("debits of bank accounts"),
    "refund": N_("refunds to cards"),
    "payment_refund": N_("refunds to bank accounts"),
    "refund_failure": N_("refunds that came back"),
    "adjustment": N_("disputes"),
    "payout_failure": N_("payouts that came back"),
    "payout_cancel": N_("payouts that were canceled"),
    "stripe_fee": N_("fees of the processor"),
    "stripe_fx_fee": N_("fees for exchanging money"),
    "tax_fee": N_("tax on fees"),
}
_WORDS: dict[str, Any] = {"states": STATES, "came_back": CAME_BACK, "types": TYPES}


class NoSuchProcessorPayout(Refusal):
    """There is no payout of this number."""

    message = N_("There is no such payout.")
    status = 404


@router.get("")
def show(request: Request, session: Snapshot, viewer: Desk, number: int = 1) -> Response:
    """The payouts of the card processor, and what the bank has yet to show."""
    pages = max(-(-count_payouts(session) // PAYOUTS), 1)
    number = min(max(number, 1), pages)
    return page(
        request,
        "payments/cards/payouts.html",
        rows=latest_payouts(session, after=(number - 1) * PAYOUTS, most=PAYOUTS),
        expected=payouts_expected(session),
        number=number,
        count=pages,
        **_WORDS,
    )


@router.get("/{payout_id}")
def show_one(request: Request, session: Snapshot, viewer: Desk, payout_id: Id, number: int = 1) -> Response:
    """One payout of the card processor: its lines, what they come to, and what remains."""
    found = standing_of(session, payout_id)
    if found is None:
        raise NoSuchProcessorPayout
    sums = sums_of(session, payout_id)
    pages = max(-(-sum(each.number for each in sums) // LINES), 1)
    number = min(max(number, 1), pages)
    return page(
        request,
        "payments/cards/payout.html",
        found=found,
        sums=sums,
        items=items_of(session, payout_id, after=(number - 1) * LINES, most=LINES),
        number=number,
        count=pages,
        **_WORDS,
    )
