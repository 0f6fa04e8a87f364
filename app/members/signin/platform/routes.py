"""Where a person proves to be a user of the platform."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.core.errors import N_, NotFound
from app.core.settings import settings
from app.members.access import Someone
from app.members.signin.platform.claiming import claim, possible
from app.members.signin.platform.proving import is_platform_user
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/me/platform")


@router.get("")
def show(request: Request, session: Snapshot, viewer: Someone, claim: str = "") -> Response:
    """The form for the platform's claim; the platform may link to it with the claim filled in."""
    proved = is_platform_user(session, viewer.person_id)
    if not (proved or possible()):
        raise NotFound
    facts: dict[str, Any] = {"proved": proved, "platform_name": settings().platform_name, "claim": claim[:4000]}
    return page(request, "members/signin/platform.html", **facts, possible=possible())


@router.post("")
def prove(request: Request, session: Tx, viewer: Someone, fields: Fields) -> Response:
    """Keep the proof."""
    facts: dict[str, Any] = {"proved": False, "platform_name": settings().platform_name, "claim": ""}
    with shown_again(request, "members/signin/platform.html", fields, **facts, possible=possible()):
        claim(session, viewer.person(session), fields.get("claim", ""))
    return redirect(request, "/me/security", N_("Thank you. It is proved that you are a user of the platform."))
