"""Who is asking: the session cookie, the viewer of a page, and the roles that a route needs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.core.database import reading
from app.core.errors import NotAllowed
from app.core.settings import settings
from app.members import signing_in
from app.members.entering import current_membership
from app.members.models import Person
from app.members.persons import name_of
from app.members.roles import Role, roles_of
from app.web.pages import Reply, viewer_of


@dataclass(frozen=True)
class SignedInViewer:
    """The signed-in person, as pages and routes know them."""

    person_id: int
    name: str
    roles: frozenset[str]

    def person(self, session: Session) -> Person:
        """The person in a session of one's own."""
        return session.get_one(Person, self.person_id)


def cookie_name() -> str:
    """The session cookie; over https a name that no sister domain can set."""
    return "__Host-session" if settings().secure else "session"


def give_cookie(response: Response, cookie: str) -> None:
    """Hand a session's cookie to the browser: not readable by scripts, not sent from other sites."""
    response.set_cookie(
        cookie_name(),
        cookie,
        max_age=int(signing_in.SESSION_LASTS.total_seconds()),
        path="/",
        secure=settings().secure,
        httponly=True,
        samesite="lax",
    )


def take_cookie(response: Response) -> None:
    """Remove the session's cookie from the browser."""
    response.delete_cookie(cookie_name(), path="/", secure=settings().secure, httponly=True, samesite="lax")


def know_viewer(request: Request) -> None:
    """For every route: find out who is asking, and note it for pages and rules."""
    cookie = request.cookies.get(cookie_name())
    request.state.viewer = None
    if not cookie:
        return
    with reading() as session:
        person = signing_in.signed_in(session, cookie)
        if person is not None:
            roles = set(roles_of(session, person.id))
            if current_membership(session, person.id) is not None:
                roles.add(Role.MEMBER)
            request.state.viewer = SignedInViewer(person.id, name_of(session, person), frozenset(roles))


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


def holding(*roles: Role) -> Callable[[SignedInViewer], SignedInViewer]:
    """A dependency that lets in whoever holds one of the roles, and refuses others with 403."""

    def judge(viewer: Someone) -> SignedInViewer:
        if not viewer.roles & set(roles):
            raise NotAllowed
        return viewer

    return judge


Organizer = Annotated[SignedInViewer, Depends(holding(Role.ORGANIZER))]
Treasurer = Annotated[SignedInViewer, Depends(holding(Role.TREASURER))]
Desk = Annotated[SignedInViewer, Depends(holding(Role.ORGANIZER, Role.TREASURER, Role.AUDITOR))]
"""Whoever may look at the desk: organizers and treasurers work there, auditors read everything."""
