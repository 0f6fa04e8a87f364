"""Where Stripe delivers its events, and the desk's list of what waits for a person."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.members.access import Desk, Treasurer
from app.payments.cards import stripe
from app.payments.cards.hearing.counting import kinds_of_events
from app.payments.cards.hearing.parking import finish_parked, parked
from app.payments.cards.hearing.taking import take_event
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect

router = APIRouter()
EVENT_MAX = 256 * 1024


class EventTooLarge(Refusal):
    """Larger than any event."""

    message = N_("This message is larger than any event.")
    status = 413


async def _raw(request: Request) -> bytes:
    """The very bytes that were signed, up to the size of any event."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > EVENT_MAX:
            raise EventTooLarge
    return bytes(body)


Raw = Annotated[bytes, Depends(_raw)]


@router.post("/webhooks/stripe")
def hear(request: Request, session: Tx, body: Raw) -> Response:
    """Keep an event that Stripe signed; the worker handles it."""
    take_event(session, stripe.opened(body, request.headers.get("stripe-signature", "")))
    return Response(status_code=204)


@router.get("/desk/processor")
def show_parked(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """What waits for a person, and how many events came of each kind."""
    return page(request, "payments/cards/processor.html", **_facts(session))


@router.post("/desk/processor/{item_id}/note")
def finish(request: Request, session: Tx, item_id: Id, fields: Fields, viewer: Treasurer) -> Response:
    """Note what was done about something that waited."""
    with shown_again(request, "payments/cards/processor.html", fields, item_id=item_id, **_facts(session)):
        finish_parked(session, item_id, by=viewer.person_id, note=fields.get("note", "")[:500])
    return redirect(request, "/desk/processor", N_("Noted. It waits no more."))


def _facts(session: Session) -> dict[str, Any]:
    return {"items": parked(session), "kinds": kinds_of_events(session)}
