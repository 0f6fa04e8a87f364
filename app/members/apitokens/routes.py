"""The page of one's own tokens: what each may be used for, until when, and the way to make or revoke one."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.core.language import translator
from app.members.access import SignedInViewer, Someone
from app.members.apitokens.issuing import DAYS_MAX, Wanted, issue_token, revoke_token, tokens_of
from app.members.apitokens.scopes import PURPOSES, Scope, scopes_for
from app.members.signin.access import Fresh
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, FormFields, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/me/tokens")
TEMPLATE = "members/apitokens/index.html"


@router.get("")
def show_tokens(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The viewer's tokens for programs, and the form for a new one."""
    return page(request, TEMPLATE, **_facts(request, session, viewer))


@router.post("")
def issue(request: Request, session: Tx, fields: Fields, viewer: Fresh) -> Response:
    """Make a token for a program of the viewer's; it is shown on this answer only."""
    with shown_again(request, TEMPLATE, fields, **_facts(request, session, viewer)):
        wanted = _wanted(fields, viewer)
        made, secret = issue_token(
            session, viewer.person(session), wanted, roles=viewer.roles_anywhere, by=viewer.person_id
        )
    return page(request, TEMPLATE, **_facts(request, session, viewer) | {"made": made, "secret": secret})


@router.post("/{token_id}/revocation")
def revoke(request: Request, session: Tx, token_id: Id, fields: Fields, viewer: Someone) -> Response:
    """Revoke a token of the viewer's; it opens nothing from now on."""
    revoke_token(session, token_id, person_id=viewer.person_id, by=viewer.person_id)
    return redirect(request, "/me/tokens", N_("The token is revoked. It opens nothing any more."))


def _wanted(fields: FormFields, viewer: SignedInViewer) -> Wanted:
    form = Form(fields)
    wanted = Wanted(
        form_key=form.key(),
        label=form.text("label", max=100),
        scopes=[
            Scope(scope)
            for scope in form.choices("scopes", [scope.value for scope in scopes_for(viewer.roles_anywhere)])
        ],
        days=form.whole("days", min=1, max=DAYS_MAX),
    )
    form.done()
    return wanted


def _facts(request: Request, session: Session, viewer: SignedInViewer) -> dict[str, Any]:
    say = translator(language_of(request))
    offered = [(scope.value, say(PURPOSES[scope]), scope.value) for scope in scopes_for(viewer.roles_anywhere)]
    return {
        "tokens": tokens_of(session, viewer.person_id),
        "offered": offered,
        "now": clock.now(),
        "most_days": DAYS_MAX,
        "made": None,
        "secret": "",
    }
