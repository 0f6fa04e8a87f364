"""The way to the OpenID provider and back."""

import json
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.core import clock, tokens
from app.core.database import transaction
from app.core.errors import N_, NotFound
from app.members.access import Someone, cookie_name, here, keep_cookie, open_here, take_cookie, way_on
from app.members.models import Person
from app.members.signin.access import Changing
from app.members.signin.accounts import provider
from app.members.signin.accounts.joining import connect, disconnect, person_of
from app.web.database import Id, Tx
from app.web.forms import Fields
from app.web.language import language_of
from app.web.limiting import CODE
from app.web.pages import local_path, redirect, viewer_of

router = APIRouter()

COOKIE = "account"
LASTS = timedelta(minutes=15)


@router.get("/sign-in/with/account", dependencies=CODE)
def go(request: Request, next: str = "/") -> Response:
    """Lead the browser to the provider to sign in; no database is asked."""
    return _sent_away(local_path(next), connect_to=0)


@router.post("/me/security/accounts")
def go_and_connect(request: Request, viewer: Changing, fields: Fields) -> Response:
    """Lead the viewer to a page whose link goes to the provider: forms may not lead to other sites."""
    response = redirect(request, "/me/security/accounts/way")
    ends = int((clock.now() + LASTS).timestamp())
    keep_cookie(
        response, "connecting", tokens.seal("connecting", f"{viewer.session_id}|{ends}"), int(LASTS.total_seconds())
    )
    return response


@router.get("/me/security/accounts/way")
def way(request: Request, viewer: Someone) -> Response:
    """Lead the viewer, who has just shown who they are, to the provider to connect the account."""
    allowed = tokens.unseal("connecting", request.cookies.get(cookie_name("connecting"), ""))
    session_id, _, ends = (allowed or "").partition("|")
    if session_id != str(viewer.session_id) or int(ends) <= clock.now().timestamp():
        raise NotFound
    response = _sent_away("/me/security", connect_to=viewer.person_id)
    take_cookie(response, "connecting")
    return response


@router.get(provider.ANSWER_PATH, dependencies=CODE)
def come_back(request: Request, state: str = "", code: str = "", iss: str = "") -> Response:
    """Take the provider's answer: first the network, then the transaction."""
    until, asked, back, connect_to = _kept(request)
    account = provider.read_answer(asked, state, code, iss)
    with transaction() as session:
        if connect_to:
            viewer = viewer_of(request)
            if getattr(viewer, "person_id", None) != connect_to:
                raise provider.AnswerRefused(name=provider.configured_name())
            person = session.get_one(Person, connect_to)
            connect(session, account, person, state=state, until=until)
            response = redirect(request, back, N_("The account is connected."))
        else:
            person = person_of(session, account, language_of(request), state=state, until=until)
            response = redirect(request, way_on(session, person.id, back), N_("You are signed in."))
            open_here(response, session, person, here(request), how="account")
    take_cookie(response, COOKIE)
    return response


@router.post("/me/security/accounts/{account_id}/removal")
def remove(request: Request, session: Tx, viewer: Changing, account_id: Id, fields: Fields) -> Response:
    """Disconnect an account of the viewer."""
    disconnect(session, account_id, person_id=viewer.person_id)
    return redirect(request, "/me/security", N_("The account is disconnected."))


def _sent_away(back: str, connect_to: int) -> Response:
    if not provider.configured_name():
        raise NotFound
    address, asked = provider.way_there()
    ends = int((clock.now() + LASTS).timestamp())
    kept = json.dumps([ends, asked.state, asked.nonce, asked.verifier, back, connect_to])
    response = RedirectResponse(address, status_code=303)
    keep_cookie(response, COOKIE, tokens.seal(COOKIE, kept), int(LASTS.total_seconds()))
    return response


def _kept(request: Request) -> tuple[datetime, provider.Asked, str, int]:
    """What this browser kept when it went to the provider."""
    text = tokens.unseal(COOKIE, request.cookies.get(cookie_name(COOKIE), ""))
    if text is None or not provider.configured_name():
        raise provider.AnswerRefused(name=provider.configured_name())
    ends, state, nonce, verifier, back, connect_to = json.loads(text)
    until = datetime.fromtimestamp(ends, UTC)
    if until <= clock.now():
        raise provider.AnswerRefused(name=provider.configured_name())
    return until, provider.Asked(state, nonce, verifier), local_path(back), connect_to
