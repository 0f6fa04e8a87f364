"""Where the caller is signed in, over the API: listed, and ended one by one or all at once."""

from fastapi import APIRouter

from app.api.access import ApiRoute, EndsSessions, Once
from app.api.sessions.shapes import SessionGiven, SessionsEnded, session_given
from app.core.errors import N_
from app.members.signin.sessions import open_sessions, revoke_others, revoke_session
from app.web.database import Id, Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/me/sessions", route_class=ApiRoute, tags=["Roles"])


@router.get("", operation_id="listSessions", summary=N_("List where you are signed in"))
def list_sessions(caller: EndsSessions, session: Snapshot, paging: Pages) -> Listed[SessionGiven]:
    """The sessions of the caller that last, the newest first."""
    after = paging.after()
    rows = [row for row in open_sessions(session, caller.person_id) if after is None or row.id < after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row.id], session_given)


@router.post("/end", operation_id="endSessions", summary=N_("Sign out everywhere"))
def end_all(caller: EndsSessions, session: Once) -> SessionsEnded:
    """End every session of the caller; tokens go on."""
    return SessionsEnded(ended=revoke_others(session, caller.person_id))


@router.post("/{session_id}/end", operation_id="endSession", summary=N_("Sign out of one browser"))
def end_one(caller: EndsSessions, session: Once, session_id: Id) -> SessionsEnded:
    """End one session of the caller."""
    revoke_session(session, session_id, person_id=caller.person_id)
    return SessionsEnded(ended=1)
