"""Showing again who one is: before money moves, roles are granted, or second factors change."""

from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.core.database import reading
from app.core.settings import settings
from app.members.access import SignedInViewer, Someone, came_from
from app.members.models import Person, SignedIn
from app.members.signin.factors import authenticator, passkeys
from app.members.signin.factors.having import NotFresh, has_factor, may_change
from app.members.signin.sessions import is_fresh
from app.web.forms import Fields
from app.web.pages import Reply, page
from app.web.rights import lets_in

KEPT = "kept."


@lets_in(also="confirmed lately")
def _fresh(request: Request, viewer: Someone, fields: Fields) -> SignedInViewer:
    """The viewer, who has shown who they are within ten minutes; else they do it now, and the form is kept."""
    if settings().second_factor_required and not is_fresh(viewer.shown_at):
        raise _asked_again(request, viewer, fields)
    return viewer


@lets_in(also="confirmed lately")
def _changing(request: Request, viewer: Someone, fields: Fields) -> SignedInViewer:
    """The viewer, who may change their own second factors now; else they show first who they are."""
    with reading() as session:
        try:
            may_change(session, session.get_one(SignedIn, viewer.session_id))
        except NotFresh:
            raise _asked_again(request, viewer, fields) from None
    return viewer


Fresh = Annotated[SignedInViewer, Depends(_fresh)]
"""Whoever has just shown who they are: for acts that move money, grant roles or certify. List it after the role."""

Changing = Annotated[SignedInViewer, Depends(_changing)]
"""Whoever may add or remove their own second factors now."""


def confirm_facts(session: Session, person: Person, back: str) -> dict[str, Any]:
    """What the page needs on which somebody shows who they are."""
    keys = bool(passkeys.passkeys_of(session, person.id)) and passkeys.possible()
    return {
        "next": back,
        "email": person.email,
        "has_factor": has_factor(session, person.id),
        "has_app": authenticator.authenticator_of(session, person.id) is not None,
        "passkey": passkeys.offer_use() if keys else None,
        "resume": "",
        "kept": [],
    }


def kept_fields(fields: Fields) -> list[tuple[str, str]]:
    """What was typed into the form that waits, carried by the page on which somebody shows who they are."""
    return [(name, value) for name in fields if name.startswith(KEPT) for value in fields.several(name)]


def _asked_again(request: Request, viewer: SignedInViewer, fields: Fields) -> Reply:
    with reading() as session:
        facts = confirm_facts(session, viewer.person(session), came_from(request))
    typed = [(KEPT + name, value) for name in fields for value in fields.several(name) if name != "csrf"]
    facts |= {"resume": request.url.path, "kept": typed}
    return Reply(page(request, "members/signin/confirm.html", 403, **facts))
