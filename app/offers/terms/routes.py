"""Where a supporter sees what changed in the terms of an offer, and confirms the pledge under them."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.members.access import Someone
from app.offers.pledging.standing import own_pledge
from app.offers.terms.comparing import compared
from app.offers.terms.reconfirming import reconfirm_pledge
from app.offers.terms.waiting import awaits_reconfirmation
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/pledges/{public_id}/reconfirmation")
PAGE = "offers/reconfirm/show.html"


@router.get("")
def show(request: Request, session: Snapshot, viewer: Someone, public_id: str) -> Response:
    """What changed in the terms of a pledge of the viewer."""
    return page(request, PAGE, **_facts(request, session, viewer, public_id))


@router.post("")
def reconfirm(request: Request, session: Tx, viewer: Someone, public_id: str, fields: Fields) -> Response:
    """Confirm one's own pledge under the changed terms."""
    with shown_again(request, PAGE, fields, **_facts(request, session, viewer, public_id)):
        reconfirm_pledge(session, public_id, by=viewer.person(session))
    return redirect(request, f"/pledges/{public_id}", N_("Thank you. Your pledge is confirmed under the new terms."))


def _facts(request: Request, session: Session, viewer: Someone, public_id: str) -> dict[str, Any]:
    found = own_pledge(session, public_id, viewer.person(session))
    now = found.offer.terms
    return {
        "pledge": found,
        "terms": now,
        "waits": awaits_reconfirmation(session, found),
        "until": now.reconfirm_by,
        "changed": compared(found.terms, now, language_of(request)),
    }
