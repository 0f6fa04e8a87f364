"""Motions over the API: read by whoever sees their pages, and supported by members; they are proposed on pages."""

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Caller, Once, ReadsBallots, Votes
from app.api.motions.shapes import MemberGiven, MotionGiven, MotionShown, SupportTaken, motion_given, motion_shown
from app.ballots.motions.access import require_reader
from app.ballots.motions.keeping import find_motion
from app.ballots.motions.models import Motion
from app.ballots.motions.showing import listed, motion_facts
from app.ballots.motions.supporting import members_for, support_motion, support_of, supportable, take_support_back
from app.core.errors import N_
from app.web.database import Id, Snapshot
from app.web.language import language_of
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/motions", route_class=ApiRoute, tags=["Motions"])


@router.get("", operation_id="listMotions", summary=N_("List motions"))
def list_motions(request: Request, caller: ReadsBallots, session: Snapshot, paging: Pages) -> Listed[MotionGiven]:
    """The motions of members, the newest first."""
    require_reader(session, caller)
    wanted, lang = select(Motion).order_by(Motion.id.desc()).limit(paging.limit + 1), language_of(request)
    if (after := paging.after()) is not None:
        wanted = wanted.where(Motion.id < after[0])
    rows = listed(session, session.scalars(wanted).all(), lang)
    return paging.listed(rows, lambda row: [row.motion.id], motion_given)


@router.get("/{motion_id}", operation_id="getMotion", summary=N_("Get a motion"))
def get_motion(request: Request, caller: ReadsBallots, session: Snapshot, motion_id: Id) -> MotionShown:
    """A motion with its support, the board's statement, and what was voted."""
    return _shown(request, session, caller, motion_id)


@router.post("/{motion_id}/support", operation_id="supportMotion", summary=N_("Support a motion"), status_code=201)
def support(request: Request, caller: Votes, session: Once, motion_id: Id, wanted: SupportTaken) -> MotionShown:
    """Support a motion for the caller, or for a member for whom they act; each member once."""
    require_reader(session, caller)
    support_motion(session, motion_id, wanted.member or caller.person_id, by=caller.person_id)
    return _shown(request, session, caller, motion_id)


@router.post(
    "/{motion_id}/support-withdrawal", operation_id="takeSupportBack", summary=N_("Take support of a motion back")
)
def take_back(request: Request, caller: Votes, session: Once, motion_id: Id, wanted: SupportTaken) -> MotionShown:
    """Take support back, as long as the countdown runs; a threshold that was reached stays reached."""
    require_reader(session, caller)
    take_support_back(session, motion_id, wanted.member or caller.person_id, by=caller.person_id)
    return _shown(request, session, caller, motion_id)


def _shown(request: Request, session: Session, caller: Caller, motion_id: int) -> MotionShown:
    require_reader(session, caller)
    motion, lang = find_motion(session, motion_id), language_of(request)
    mine = members_for(session, caller.person_id) if supportable(session, motion) else []
    members = [MemberGiven(member=each, supports=support_of(session, motion, each) is not None) for each in mine]
    return motion_shown(listed(session, [motion], lang)[0], motion_facts(session, motion, lang), members)
