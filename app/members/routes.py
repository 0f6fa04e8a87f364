"""Signing in and out, and the desk's page of roles."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.language import translator
from app.members import signing_in
from app.members.access import Desk, Organizer, cookie_name, give_cookie, take_cookie
from app.members.persons import find_person, normal_email
from app.members.roles import GRANTED, TITLES, UnknownPerson, end_role, grant_role, standing_grants
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.language import language_of
from app.web.limiting import LINK, SIGN_IN
from app.web.pages import local_path, page, redirect

router = APIRouter()


@router.get("/sign-in")
def ask_for_link(request: Request, next: str = "/") -> Response:
    """The page that asks for the e-mail address."""
    return page(request, "members/sign_in.html", next=local_path(next))


@router.post("/sign-in", dependencies=SIGN_IN)
def send_link(request: Request, session: Tx, fields: Fields) -> Response:
    """Send a link when somebody is known by the address; the answer is the same either way."""
    back = local_path(fields.get("next", "/"))
    with shown_again(request, "members/sign_in.html", fields, next=back):
        email = normal_email(fields.get("email", ""))
        signing_in.send_link(session, email, back)
    return page(request, "members/link_sent.html", email=email)


@router.get("/sign-in/{token}", dependencies=LINK)
def show_link(request: Request, session: Tx, token: str) -> Response:
    """The page behind the link: only its button signs in, so that a mail scanner cannot use the link up."""
    link = signing_in.usable_link(session, token)
    return page(request, "members/use_link.html", token=token, email=link.person.email)


@router.post("/sign-in/{token}", dependencies=LINK)
def use_link(request: Request, session: Tx, token: str, fields: Fields) -> Response:
    """Open a session."""
    cookie, back = signing_in.use_link(session, token)
    response = redirect(request, back, N_("You are signed in."))
    give_cookie(response, cookie)
    return response


@router.post("/sign-out")
def sign_out(request: Request, session: Tx, fields: Fields) -> Response:
    """End the session."""
    signing_in.sign_out(session, request.cookies.get(cookie_name(), ""))
    response = redirect(request, "/", N_("You are signed out."))
    take_cookie(response)
    return response


@router.get("/desk/roles")
def show_roles(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """Who has which role."""
    return page(request, "members/roles.html", **_facts(request, session))


@router.post("/desk/roles")
def grant(request: Request, session: Tx, fields: Fields, viewer: Organizer) -> Response:
    """Give a role to a person who is known here."""
    with shown_again(request, "members/roles.html", fields, **_facts(request, session)):
        email = normal_email(fields.get("email", ""))
        person = find_person(session, email)
        if person is None:
            raise UnknownPerson(who=email)
        reason = fields.get("reason", "")
        grant_role(session, person, fields.get("role", ""), by=viewer.person(session), reason=reason)
    return redirect(request, "/desk/roles", N_("The role is granted."))


@router.post("/desk/roles/{grant_id}/end")
def end(request: Request, session: Tx, grant_id: Id, fields: Fields, viewer: Organizer) -> Response:
    """End a role."""
    end_role(session, grant_id, by=viewer.person(session), reason=fields.get("reason", ""))
    return redirect(request, "/desk/roles", N_("The role has ended."))


def _facts(request: Request, session: Session) -> dict[str, Any]:
    say = translator(language_of(request))
    options = [(role.value, say(TITLES[role])) for role in GRANTED]
    return {"grants": standing_grants(session), "titles": TITLES, "granted_options": options}
