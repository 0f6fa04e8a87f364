"""Who is asking: the session cookie, the viewer of a page, and the roles that a route needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, urlencode, urlsplit

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import NotAllowed
from app.core.settings import settings
from app.members import signing_in
from app.members.apitokens.scopes import DESK
from app.members.entering import current_membership
from app.members.models import Person, SignedIn
from app.members.persons import name_of
from app.members.roles import Role, holds_any_role, roles_of, scoped_roles_of
from app.members.signin.browsers import Here, describe
from app.members.signin.factors.having import has_factor
from app.members.signin.sessions import session_of
from app.web.pages import Reply, local_path, viewer_of
from app.web.rights import lets_in

DEVICE_SECONDS = 400 * 24 * 3600  # as long as browsers keep any cookie


@dataclass(frozen=True)
class SignedInViewer:
    """The signed-in person, as pages and routes know them.

    `scoped` are roles for one subject only, as (role, subject). `waiting` are roles that they hold somewhere, but not
    in this session until it has passed their second factor; `shown_at` is when they last showed who they are: by the
    second factor if they have one that guards roles, else by signing in.
    """

    person_id: int
    name: str
    roles: frozenset[str]
    session_id: int = 0
    waiting: frozenset[str] = frozenset()
    has_factor: bool = False
    shown_at: datetime | None = None
    scoped: frozenset[tuple[str, str]] = frozenset()

    @property
    def roles_anywhere(self) -> frozenset[str]:
        """The roles that count for at least something."""
        return self.roles | {role for role, _ in self.scoped}

    def roles_for(self, subject: str) -> frozenset[str]:
        """The roles that count for a subject: those that count everywhere, and those for it alone."""
        return self.roles | {role for role, place in self.scoped if place == subject}

    def person(self, session: Session) -> Person:
        """The person in a session of one's own."""
        return session.get_one(Person, self.person_id)


def cookie_name(name: str = "session") -> str:
    """The session cookie, or another of signing in; over https a name that no sister domain can set."""
    return f"__Host-{name}" if settings().secure else name


def give_cookie(response: Response, cookie: str) -> None:
    """Hand a session's cookie to the browser: not readable by scripts, not sent from other sites."""
    keep_cookie(response, "session", cookie, int(signing_in.SESSION_LASTS.total_seconds()))


def keep_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    """Hand one of the cookies of signing in to the browser."""
    response.set_cookie(
        cookie_name(name), value, max_age=seconds, path="/", secure=settings().secure, httponly=True, samesite="lax"
    )


def take_cookie(response: Response, name: str = "session") -> None:
    """Remove the session's cookie, or another of signing in, from the browser."""
    response.delete_cookie(cookie_name(name), path="/", secure=settings().secure, httponly=True, samesite="lax")


def here(request: Request) -> Here:
    """The browser at hand, as far as it is known by its cookies."""
    browser, system = describe(request.headers.get("user-agent", ""))
    device = request.cookies.get(cookie_name("device"))
    known = {"device": device} if device and 20 <= len(device) <= 200 else {}
    return Here(
        asker=request.cookies.get(cookie_name("asker"), ""),
        before=request.cookies.get(cookie_name(), ""),
        browser=browser,
        system=system,
        **known,
    )


def open_here(
    response: Response, session: Session, person: Person, at: Here, *, how: str, second_factor: bool = False
) -> None:
    """Open a session for a person in the browser that gets the response."""
    welcome(response, at, signing_in.open_session(session, person, at, how=how, second_factor=second_factor))


def welcome(response: Response, at: Here, cookie: str) -> None:
    """Hand the cookies of a new session to the browser: its own, and the one by which the browser is recognised."""
    give_cookie(response, cookie)
    keep_cookie(response, "device", at.device, DEVICE_SECONDS)


def way_on(session: Session, person_id: int, back: str, *, second_factor: bool = False) -> str:
    """Where somebody goes who has signed in: staff who have not shown their second factor must do that first."""
    if second_factor or not settings().second_factor_required or not holds_any_role(session, person_id):
        return back
    return _to_factor(has_factor(session, person_id), back)


def know_viewer(request: Request) -> None:
    """For every route: find out who is asking, and note it for pages and rules."""
    cookie = request.cookies.get(cookie_name())
    request.state.viewer = None
    if not cookie:
        return
    with reading() as session:
        row = session_of(session, cookie)
        if row is None:
            return
        request.state.viewer = _viewer(session, row)
    if row.used_on != clock.today():
        with transaction() as session:
            session.get_one(SignedIn, row.id).used_on = clock.today()


def _viewer(session: Session, row: SignedIn) -> SignedInViewer:
    """The person of a session; staff roles count only once it has passed the second factor, where one is needed."""
    everywhere, scoped = roles_of(session, row.person_id), scoped_roles_of(session, row.person_id)
    staff = everywhere | {role for role, _ in scoped}
    guarded = bool(staff) and has_factor(session, row.person_id)
    waits = settings().second_factor_required and (row.second_factor_at is None or not guarded)
    roles = set() if waits else set(everywhere)
    if current_membership(session, row.person_id) is not None:
        roles.add(Role.MEMBER)
    return SignedInViewer(
        person_id=row.person_id,
        name=name_of(session, row.person),
        roles=frozenset(roles),
        session_id=row.id,
        scoped=frozenset() if waits else scoped,
        waiting=staff if waits else frozenset(),
        has_factor=guarded,
        shown_at=row.second_factor_at if guarded else max(row.second_factor_at or row.opened_at, row.opened_at),
    )


def came_from(request: Request) -> str:
    """The page of ours on which the viewer is or was: for a form, the one that held it."""
    if request.method in ("GET", "HEAD"):
        return local_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
    before = urlsplit(request.headers.get("referer", ""))
    ours = before.netloc == request.headers.get("host") and bool(before.path)
    return local_path(before.path + (f"?{before.query}" if before.query else "")) if ours else "/"


def _to_factor(has_one: bool, back: str) -> str:
    place = "confirm" if has_one else "enrol"
    return f"/me/security/{place}?{urlencode({'next': back})}"


@lets_in(signed_in=True)
def _someone(request: Request) -> SignedInViewer:
    """The viewer; whoever is not signed in is asked to, and comes back to the page."""
    viewer = viewer_of(request)
    if viewer is None:
        back = request.url.path if request.method == "GET" else "/"
        raise Reply(RedirectResponse(f"/sign-in?next={quote(back, safe='/')}", status_code=303))
    assert isinstance(viewer, SignedInViewer), "viewers are made here"
    return viewer


Someone = Annotated[SignedInViewer, Depends(_someone)]
"""Whoever is signed in, in any role or none."""


def holding(*roles: Role) -> Callable[[Request, SignedInViewer], SignedInViewer]:
    """A dependency that lets in whoever holds one of the roles everywhere, and refuses others with 403.

    Whoever holds one that waits for the second factor is led to it, and from there back.
    """

    @lets_in(roles=roles)
    def judge(request: Request, viewer: Someone) -> SignedInViewer:
        return _let_in(request, viewer, viewer.roles, roles)

    return judge


def holding_for(kind: str, place: str, *roles: Role) -> Callable[[Request, SignedInViewer], SignedInViewer]:
    """Like `holding`, but a role for the subject `kind:name` is enough; `place` of the address holds the name.

    For the rest of the request, also on its page, the viewer then has the roles that count for this subject.
    """

    @lets_in(roles=roles, also=f"or for this {kind} only")
    def judge(request: Request, viewer: Someone) -> SignedInViewer:
        counting = viewer.roles_for(f"{kind}:{request.path_params[place]}")
        return _let_in(request, viewer, counting, roles)

    return judge


def holding_somewhere(*roles: Role, kind: str = "offer") -> Callable[[Request, SignedInViewer], SignedInViewer]:
    """Like `holding`, but a role for any one subject is enough: the page shows what `viewer.roles_for` lets it."""

    @lets_in(roles=roles, also=f"or for one {kind} only")
    def judge(request: Request, viewer: Someone) -> SignedInViewer:
        _let_in(request, viewer, viewer.roles_anywhere, roles)
        request.state.viewer = viewer
        return viewer

    return judge


def _let_in(
    request: Request, viewer: SignedInViewer, counting: frozenset[str], roles: tuple[Role, ...]
) -> SignedInViewer:
    if counting & set(roles):
        request.state.viewer = viewer if counting == viewer.roles else replace(viewer, roles=counting)
        known: SignedInViewer = request.state.viewer
        return known
    if viewer.waiting & set(roles):
        raise Reply(RedirectResponse(_to_factor(viewer.has_factor, came_from(request)), status_code=303))
    raise NotAllowed


Organizer = Annotated[SignedInViewer, Depends(holding(Role.ORGANIZER))]
Treasurer = Annotated[SignedInViewer, Depends(holding(Role.TREASURER))]
Desk = Annotated[SignedInViewer, Depends(holding(*DESK))]
"""Whoever may look at the desk: organizers, treasurers and secretaries work there, auditors read everything."""
Decider = Annotated[SignedInViewer, Depends(holding(Role.ORGANIZER, Role.TREASURER, Role.TELLER, Role.SECRETARY))]
"""Whoever may be the second person of some act; the act itself says in which roles."""
Registrar = Annotated[SignedInViewer, Depends(holding(Role.ORGANIZER, Role.SECRETARY))]
"""Whoever keeps the register and admits members."""

OfferOrganizer = Annotated[SignedInViewer, Depends(holding_for("offer", "slug", Role.ORGANIZER))]
OfferDesk = Annotated[SignedInViewer, Depends(holding_for("offer", "slug", *DESK))]
"""Whoever may look at the desk of the offer that the address names."""
SomeDesk = Annotated[SignedInViewer, Depends(holding_somewhere(*DESK))]
"""Whoever may look at some of the desk: pages show them what `viewer.roles_for` a subject lets them see."""

BallotOrganizer = Annotated[SignedInViewer, Depends(holding_for("ballot", "slug", Role.ORGANIZER))]
BallotTeller = Annotated[SignedInViewer, Depends(holding_for("ballot", "slug", Role.TELLER))]
BallotStaff = Annotated[SignedInViewer, Depends(holding_for("ballot", "slug", Role.ORGANIZER, Role.TELLER))]
"""Whoever calls a ballot or counts it."""
BallotDesk = Annotated[SignedInViewer, Depends(holding_for("ballot", "slug", *DESK, Role.TELLER))]
SomeBallotDesk = Annotated[SignedInViewer, Depends(holding_somewhere(*DESK, Role.TELLER, kind="ballot"))]
"""Whoever may look at the desk of some ballot."""
