"""Adding and removing second factors, signing in with a passkey, and the way by which staff get their first one."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.members.access import Someone, give_cookie, here, open_here
from app.members.models import Person
from app.members.roles import holds_any_role
from app.members.signin.access import Changing
from app.members.signin.accounts.provider import configured_name
from app.members.signin.factors import authenticator, passkeys, recovery
from app.members.signin.sessions import pass_second_factor
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.limiting import CODE
from app.web.pages import local_path, page, redirect

router = APIRouter()


@router.post("/sign-in/with/passkey", dependencies=CODE)
def sign_in(request: Request, session: Tx, fields: Fields) -> Response:
    """Sign in with a passkey: it is both factors at once, since the device has verified the person."""
    back = local_path(fields.get("next", "/"))
    facts = {"next": back, "passkey": passkeys.offer_use(), "account_name": configured_name()}
    with shown_again(request, "members/sign_in.html", fields, **facts):
        person = passkeys.use(session, fields.get("credential", ""), fields.get("challenge", ""))
    response = redirect(request, back, N_("You are signed in."))
    open_here(response, session, person, here(request), how="passkey", second_factor=True)
    return response


@router.get("/me/security/enrol")
def show_enrol(request: Request, session: Snapshot, viewer: Someone, next: str = "/desk") -> Response:
    """Where staff without a second factor choose one."""
    person = viewer.person(session)
    new = passkeys.offer_registration(session, person, viewer.name) if passkeys.possible() else None
    return page(request, "members/signin/enrol.html", next=local_path(next), new_passkey=new)


@router.post("/me/security/passkeys")
def add_passkey(request: Request, session: Tx, viewer: Changing, fields: Fields) -> Response:
    """Add a passkey that the browser has made."""
    person, back = viewer.person(session), local_path(fields.get("next", "/me/security"))
    facts = {"next": back, "new_passkey": passkeys.offer_registration(session, person, viewer.name)}
    with shown_again(request, "members/signin/enrol.html", fields, **facts):
        at = here(request)
        name = fields.get("name", "").strip() or " · ".join(part for part in (at.browser, at.system) if part) or "1"
        answer, challenge = fields.get("credential", ""), fields.get("challenge", "")
        passkeys.register(session, person, answer, challenge, name)
    return _added(request, session, viewer, person, back, N_("The passkey is added."))


@router.post("/me/security/passkeys/{passkey_id}/removal")
def remove_passkey(request: Request, session: Tx, viewer: Changing, passkey_id: Id, fields: Fields) -> Response:
    """Remove a passkey of the viewer."""
    passkeys.remove(session, passkey_id, viewer.person(session))
    return redirect(request, "/me/security", N_("The passkey is removed."))


@router.get("/me/security/app")
def show_app(request: Request, session: Snapshot, viewer: Someone, next: str = "/me/security") -> Response:
    """The picture by which an authenticator app takes a new secret."""
    person = viewer.person(session)
    facts = _app_facts(person, authenticator.new_secret(person), local_path(next))
    return page(request, "members/signin/app.html", **facts)


@router.post("/me/security/app")
def add_app(request: Request, session: Tx, viewer: Changing, fields: Fields) -> Response:
    """Add the authenticator app once it shows a right code."""
    person, sealed = viewer.person(session), fields.get("secret", "")
    back = local_path(fields.get("next", "/me/security"))
    secret = authenticator.secret_in(person, sealed)
    with shown_again(request, "members/signin/app.html", fields, **_app_facts(person, sealed, back)):
        authenticator.add(session, person, secret, fields.get("code", ""))
    return _added(request, session, viewer, person, back, N_("The authenticator app is added."))


@router.post("/me/security/app/removal")
def remove_app(request: Request, session: Tx, viewer: Changing, fields: Fields) -> Response:
    """Remove the viewer's authenticator app."""
    authenticator.remove(session, viewer.person(session))
    return redirect(request, "/me/security", N_("The authenticator app is removed."))


@router.post("/me/security/recovery-codes")
def make_codes(request: Request, session: Tx, viewer: Changing, fields: Fields) -> Response:
    """Ten new recovery codes, shown this once."""
    codes = recovery.make_codes(session, viewer.person(session))
    return page(request, "members/signin/codes.html", codes=codes, next="/me/security")


def _added(request: Request, session: Session, viewer: Someone, person: Person, back: str, notice: str) -> Response:
    """After a second factor was added it counts as passed; staff get recovery codes with their first one."""
    if holds_any_role(session, person.id) and not recovery.codes_left(session, person.id):
        codes = recovery.make_codes(session, person)
        response: Response = page(request, "members/signin/codes.html", codes=codes, next=back)
    else:
        response = redirect(request, back, notice)
    give_cookie(response, pass_second_factor(session, viewer.session_id))
    return response


def _app_facts(person: Person, sealed: str, back: str) -> dict[str, Any]:
    secret = authenticator.secret_in(person, sealed)
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    drawn = Markup(authenticator.picture(person, secret))  # noqa: S704  (our own drawing)
    return {"picture": drawn, "secret": sealed, "spaced": spaced, "next": back}
