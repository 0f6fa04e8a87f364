"""Reminders at the desk: who would be reminded of what, who not and why, and the button that starts it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_, NotFound
from app.members.access import OfferDesk, OfferOrganizer
from app.members.signin.access import Fresh
from app.offers.desk.models import ReminderKind
from app.offers.desk.reminders.judging import last_receipt_age, manners_of
from app.offers.desk.reminders.reminding import outlook, runs_of, start_reminders, wrong_time
from app.offers.drafting import find_offer
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/offers/{slug}/reminders")


@router.get("")
def show_reminders(request: Request, session: Snapshot, viewer: OfferDesk, slug: str) -> Response:
    """Who would be reminded now, who not and why, and the reminders so far."""
    return page(request, "offers/desk/reminders.html", **_facts(session, slug))


@router.post("/{kind}")
def remind(
    request: Request, session: Tx, slug: str, kind: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh
) -> Response:
    """Remind everyone who may be reminded."""
    if kind.upper() not in ReminderKind.__members__:
        raise NotFound
    with shown_again(request, "offers/desk/reminders.html", fields, **_facts(session, slug)):
        start_reminders(session, slug, ReminderKind[kind.upper()], by=viewer.person_id, reason=fields.get("reason", ""))
    return redirect(request, f"/desk/offers/{slug}/reminders", N_("The reminders are being written."))


def _facts(session: Session, slug: str) -> dict[str, Any]:
    offer = find_offer(session, slug)
    age = last_receipt_age(session)
    return {
        "offer": offer,
        "manners": manners_of(session, offer),
        "kinds": [
            (each.name.lower(), outlook(session, offer, each), wrong_time(session, offer, each))
            for each in ReminderKind
        ],
        "runs": runs_of(session, offer),
        "receipt_days": age.days if age is not None else None,
    }
