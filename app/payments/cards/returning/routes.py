"""The desk's page of disputes: what people dispute at their banks, until when they wait for evidence."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.core import clock
from app.members.access import Desk
from app.payments.cards.returning.disputing import OVER, REASONS, STATES, latest_disputes
from app.web.database import Snapshot
from app.web.pages import page

router = APIRouter(prefix="/desk/disputes")


@router.get("")
def show(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """The disputes of payments by card or debit, and until when evidence can be sent."""
    return page(
        request,
        "payments/cards/disputes.html",
        disputes=latest_disputes(session),
        states=STATES,
        reasons=REASONS,
        over=OVER,
        now=clock.now(),
    )
