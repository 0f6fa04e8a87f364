"""The page of one's own security: sessions, and showing again who one is."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.language import say
from app.core.settings import settings
from app.members.access import SignedInViewer, Someone, give_cookie
from app.members.models import Person
from app.members.roles import holds_any_role
from app.members.signin.access import KEPT, confirm_facts, kept_fields
from app.members.signin.accounts.joining import accounts_of
from app.members.signin.factors import authenticator, passkeys, recovery
from app.members.signin.factors.authenticator import WrongCode
from app.members.signin.factors.having import has_factor
from app.members.signin.platform.proving import is_platform_user
from app.members.signin.sessions import open_sessions, pass_second_factor, revoke_others, revoke_session
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, problems_of, shown_again
from app.web.language import language_of
from app.web.limiting import CODE
from app.web.pages import local_path, page, redirect

router = APIRouter(prefix="/me/security")


class WrongRecoveryCode(Refusal):
    """The code is not one of the person's, or was used."""

    message = N_("This is not one of your recovery codes, or it was used already.")
    field = "recovery"


@router.get("")
def show(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """Sessions, second factors and connected accounts of the viewer."""
    return page(request, "members/signin/security.html", **security_facts(session, viewer))


@router.post("/sessions/{session_id}/end")
def end_one(request: Request, session: Tx, viewer: Someone, session_id: Id, fields: Fields) -> Response:
    """End one session of the viewer."""
    revoke_session(session, session_id, person_id=viewer.person_id)
    return redirect(request, "/me/security", N_("This session has ended."))


@router.post("/sessions/end-others")
def end_others(request: Request, session: Tx, viewer: Someone, fields: Fields) -> Response:
    """End every other session of the viewer."""
    revoke_others(session, viewer.person_id, kept=viewer.session_id)
    return redirect(request, "/me/security", N_("All your other sessions have ended."))


@router.get("/confirm")
def ask(request: Request, session: Snapshot, viewer: Someone, next: str = "/me/security") -> Response:
    """The page on which the viewer shows who they are."""
    facts = confirm_facts(session, viewer.person(session), local_path(next))
    return page(request, "members/signin/confirm.html", **facts)


@router.post("/confirm/{way}", dependencies=CODE)
def confirm(
    request: Request, session: Tx, viewer: Someone, way: Literal["app", "recovery", "passkey"], fields: Fields
) -> Response:
    """Show who one is; a wrong code is counted, so the page that says so is an answer and not a refusal."""
    person = viewer.person(session)
    back, resume = local_path(fields.get("next", "/")), local_path(fields.get("resume", ""), "")
    facts = confirm_facts(session, person, back) | {"resume": resume, "kept": kept_fields(fields)}
    with shown_again(request, "members/signin/confirm.html", fields, **facts):
        wrong = _wrong(session, person, way, fields)
    if wrong is not None:
        lang = language_of(request)
        said = {"values": {}, "problems": problems_of(wrong, lang), "refusal": say(wrong, lang)}
        return page(request, "members/signin/confirm.html", wrong.status, **(facts | said))
    cookie = pass_second_factor(session, viewer.session_id)
    if resume:
        kept = [(name.removeprefix(KEPT), value) for name, value in facts["kept"]]
        response: Response = page(request, "members/signin/resume.html", resume=resume, kept=kept, next=back)
    else:
        response = redirect(request, back, N_("Thank you. It is you."))
    give_cookie(response, cookie)
    return response


def _wrong(session: Session, person: Person, way: str, fields: Fields) -> Refusal | None:
    """What is wrong with what the person showed; None when they have shown who they are."""
    if way == "app":
        return None if authenticator.check(session, person.id, fields.get("code", "")) else WrongCode()
    if way == "recovery":
        return None if recovery.check(session, person, fields.get("recovery", "")) else WrongRecoveryCode()
    shown = passkeys.use(session, fields.get("credential", ""), fields.get("challenge", ""))
    return None if shown.id == person.id else passkeys.PasskeyRefused()


def security_facts(session: Session, viewer: SignedInViewer) -> dict[str, Any]:
    """What the page of one's own security shows."""
    person = viewer.person(session)
    return {
        "sessions": open_sessions(session, person.id),
        "passkeys": passkeys.passkeys_of(session, person.id),
        "passkeys_possible": passkeys.possible(),
        "app": authenticator.authenticator_of(session, person.id),
        "codes_left": recovery.codes_left(session, person.id),
        "is_staff": holds_any_role(session, person.id),
        "required": settings().second_factor_required,
        "has_factor": has_factor(session, person.id),
        "new_passkey": passkeys.offer_registration(session, person, viewer.name) if passkeys.possible() else None,
        "accounts": accounts_of(session, person.id),
        "account_name": settings().oidc_name or settings().oidc_issuer,
        "platform_name": settings().platform_name,
        "is_platform_user": is_platform_user(session, person.id),
        "next": "/me/security",
    }
