"""Signing in and out, and the desk's page of roles."""

from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.core.language import say, translator
from app.members import signing_in
from app.members.access import (
    Desk,
    Organizer,
    SignedInViewer,
    Someone,
    cookie_name,
    here,
    keep_cookie,
    take_cookie,
    way_on,
    welcome,
)
from app.members.approvals.approving import undecided
from app.members.approvals.ending import ACT as END
from app.members.approvals.ending import propose_end, suspend_role, suspensions
from app.members.approvals.granting import propose_role, waiting_roles
from app.members.models import SignInLink
from app.members.people.resolving import same_person
from app.members.persons import find_person, name_of, normal_email
from app.members.role_scopes import subjects
from app.members.roles import GRANTED, TITLES, Bounds, UnknownPerson, resign_role, standing_grants
from app.members.signin.access import Fresh
from app.members.signin.accounts.provider import configured_name
from app.members.signin.factors import passkeys
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, FormFields, problems_of, shown_again
from app.web.language import language_of
from app.web.limiting import LINK, SIGN_IN
from app.web.pages import local_path, page, redirect

router = APIRouter()
EVERYTHING = "*"


@router.get("/sign-in")
def ask_for_link(request: Request, next: str = "/") -> Response:
    """The page that asks for the e-mail address, and offers the other ways to sign in."""
    return page(request, "members/sign_in.html", **_ways(local_path(next)))


@router.post("/sign-in", dependencies=SIGN_IN)
def send_link(request: Request, session: Tx, fields: Fields) -> Response:
    """Send a link when somebody is known by the address; the answer is the same either way."""
    back = local_path(fields.get("next", "/"))
    asker, code = request.cookies.get(cookie_name("asker")) or token_urlsafe(32), signing_in.new_code()
    with shown_again(request, "members/sign_in.html", fields, **_ways(back)):
        email = normal_email(fields.get("email", ""))
        signing_in.send_link(session, email, back, asker=asker, code=code)
    response = page(request, "members/link_sent.html", email=email, code=f"{code[:3]} {code[3:]}")
    keep_cookie(response, "asker", asker, int(signing_in.LINK_LASTS.total_seconds()))
    return response


@router.get("/sign-in/{token}", dependencies=LINK)
def show_link(request: Request, session: Tx, token: str) -> Response:
    """The page behind the link: only its button signs in, so that a mail scanner cannot use the link up."""
    return page(request, "members/use_link.html", **_link_facts(request, signing_in.usable_link(session, token), token))


@router.post("/sign-in/{token}", dependencies=LINK)
def use_link(request: Request, session: Tx, token: str, fields: Fields) -> Response:
    """Open a session; a wrong code is counted, so the page that says so is an answer and not a refusal."""
    link, at = signing_in.usable_link(session, token), here(request)
    fits = not signing_in.needs_code(link, at) or signing_in.code_fits(link, fields.get("code", ""))
    if not fits:
        wrong, lang = signing_in.WrongLinkCode(), language_of(request)
        said = {"values": {}, "problems": problems_of(wrong, lang), "refusal": say(wrong, lang)}
        return page(request, "members/use_link.html", 422, **(_link_facts(request, link, token) | said))
    cookie, back = signing_in.use_link(session, token, at, code_checked=fits)
    response = redirect(request, way_on(session, link.person_id, back), N_("You are signed in."))
    welcome(response, at, cookie)
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
def propose_grant(request: Request, session: Tx, fields: Fields, viewer: Organizer, fresh: Fresh) -> Response:
    """Propose a role for a person who is known here, for everything or one offer, with its first and last day."""
    with shown_again(request, "members/roles.html", fields, **_facts(request, session)):
        email, bounds = normal_email(fields.get("email", "")), _bounds(fields)
        person = find_person(session, email)
        if person is None:
            raise UnknownPerson(who=email)
        by, reason = viewer.person(session), fields.get("reason", "")
        propose_role(session, person, fields.get("role", ""), by=by, reason=reason, bounds=bounds)
    return redirect(request, "/desk/roles", N_("Proposed. The role counts once another organizer approves it."))


@router.post("/desk/roles/{grant_id}/end")
def end(request: Request, session: Tx, grant_id: Id, fields: Fields, viewer: Organizer, fresh: Fresh) -> Response:
    """Propose to end a role of somebody else."""
    with shown_again(request, "members/roles.html", fields, **_facts(request, session)):
        propose_end(session, grant_id, by=viewer.person(session), reason=fields.get("reason", "")[:500])
    return redirect(request, "/desk/roles", N_("Proposed. The role ends once another organizer approves it."))


@router.post("/desk/roles/{grant_id}/suspension")
def suspend(request: Request, session: Tx, grant_id: Id, fields: Fields, viewer: Organizer, fresh: Fresh) -> Response:
    """Suspend a role of somebody else at once, for some days, and propose to end it."""
    with shown_again(request, "members/roles.html", fields, **_facts(request, session)):
        suspend_role(session, grant_id, by=viewer.person(session), reason=fields.get("reason", "")[:500])
    return redirect(request, "/desk/roles", N_("Suspended. Another organizer decides whether the role ends."))


@router.get("/me/roles")
def show_own_roles(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The roles of the viewer, each of which can be given up."""
    return page(request, "members/own_roles.html", **_own_roles(session, viewer))


@router.post("/me/roles/resignation")
def resign(request: Request, session: Tx, fields: Fields, viewer: Someone, fresh: Fresh) -> Response:
    """Give up a role of the viewer's."""
    with shown_again(request, "members/own_roles.html", fields, **_own_roles(session, viewer)):
        form = Form(fields)
        grant_id = form.whole("grant_id")
        form.done()
        resign_role(session, grant_id, by=viewer.person(session), reason=fields.get("reason", "")[:500])
    return redirect(request, "/me/roles", N_("You have given up the role."))


def _own_roles(session: Session, viewer: SignedInViewer) -> dict[str, Any]:
    people = session.scalars(same_person(viewer.person_id)).all()
    grants = [grant for each in people for grant in standing_grants(session, each)]
    return {"grants": grants, "titles": TITLES, "subjects": subjects(session), "suspensions": suspensions(session)}


def _ways(back: str) -> dict[str, Any]:
    """What the sign-in page needs to offer every way that is possible here."""
    passkey = passkeys.offer_use() if passkeys.possible() else None
    return {"next": back, "passkey": passkey, "account_name": configured_name()}


def _link_facts(request: Request, link: SignInLink, token: str) -> dict[str, Any]:
    needs_code = signing_in.needs_code(link, here(request))
    return {"token": token, "email": link.person.email, "needs_code": needs_code}


def _bounds(fields: FormFields) -> Bounds:
    form = Form(fields)
    bounds = Bounds(
        None if form.peek("subject") in ("", EVERYTHING) else form.peek("subject").strip()[:100],
        form.day_or_none("valid_from"),
        form.day_or_none("valid_until"),
    )
    form.done()
    return bounds


def _facts(request: Request, session: Session) -> dict[str, Any]:
    say, known = translator(language_of(request)), subjects(session)
    return {
        "grants": standing_grants(session),
        "name_of": lambda person: name_of(session, person),
        "waiting": waiting_roles(session),
        "ending": {each.payload["grant_id"]: each for each in undecided(session) if each.act == END},
        "suspensions": suspensions(session),
        "titles": TITLES,
        "granted_options": [(role.value, say(TITLES[role])) for role in GRANTED],
        "subjects": known,
        "subject_options": [(EVERYTHING, say(N_("everything"))), *known.items()],
        "today": clock.today(),
    }
