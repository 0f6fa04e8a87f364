"""Supporting: each member once, taken back at will until the countdown ends; what was reached stays reached."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.motions.keeping import (
    gathering_of,
    locked_motion,
    move_motion,
    require_member,
    require_motion,
    standing_support,
    supporters,
)
from app.ballots.motions.models import Motion, MotionGathering, MotionState, MotionSupport, MotionSupportEnd
from app.ballots.motions.telling import tell_board
from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.members.entering import current_membership
from app.members.people.representing import may_act_for, represented_by
from app.members.people.resolving import same_person

SUPPORTABLE = (MotionState.GATHERING, MotionState.REACHED, MotionState.ANSWERED)


class SupportedAlready(Refusal):
    """Each member supports a motion once."""

    message = N_("This member supports the motion already. Nothing was changed.")
    status = 409


class NotSupported(Refusal):
    """There is nothing to take back."""

    message = N_("This member does not support the motion. Nothing was changed.")
    status = 409


class CountdownOver(Refusal):
    """Support counts until an announced moment."""

    message = N_("Support could be given and taken back until {ends_at}. Nothing was changed.")
    status = 409


def support_motion(session: Session, motion_id: int, member_id: int, *, by: int) -> MotionSupport:
    """Support a motion for oneself, or for a member for whom one acts; the last one needed reaches the threshold."""
    motion, gathering = _open(session, motion_id, member_id, by)
    require_member(session, member_id)
    if support_of(session, motion, member_id) is not None:
        raise SupportedAlready
    row = MotionSupport(motion_id=motion.id, person_id=member_id, given_by=by, given_at=clock.now())
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.MOTION_SUPPORTED, motion.subject, by=by, person=member_id)
    if motion.state == MotionState.GATHERING and supporters(session, motion) >= gathering.needed:
        move_motion(session, motion, MotionState.REACHED, by=None)
        tell_board(session, motion, gathering)
    return row


def take_support_back(session: Session, motion_id: int, member_id: int, *, by: int) -> MotionSupportEnd:
    """Take support back before the countdown ends; a threshold that was reached stays reached."""
    motion, _ = _open(session, motion_id, member_id, by)
    standing = support_of(session, motion, member_id)
    if standing is None:
        raise NotSupported
    row = MotionSupportEnd(support_id=standing.id, taken_back_by=by, taken_back_at=clock.now())
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.MOTION_SUPPORT_TAKEN_BACK, motion.subject, by=by, person=member_id)
    return row


def support_of(session: Session, motion: Motion, member_id: int) -> MotionSupport | None:
    """The support of a member that stands."""
    rows = select(MotionSupport).where(
        MotionSupport.motion_id == motion.id, MotionSupport.person_id.in_(same_person(member_id)), standing_support()
    )
    return session.scalars(rows).first()


def supportable(session: Session, motion: Motion) -> bool:
    """Whether support of a motion can be given and taken back now."""
    gathering = gathering_of(session, motion)
    return gathering is not None and motion.state in SUPPORTABLE and clock.now() < gathering.ends_at


def members_for(session: Session, person_id: int) -> list[int]:
    """The members for whom somebody may support: themself first, then those for whom they act today."""
    acts_for = [row.holder_id for row in represented_by(session, person_id, clock.today())]
    ids = dict.fromkeys([person_id, *acts_for])
    return [each for each in ids if current_membership(session, each) is not None]


def _open(session: Session, motion_id: int, member_id: int, by: int) -> tuple[Motion, MotionGathering]:
    motion = locked_motion(session, motion_id)
    if not may_act_for(session, by, member_id, clock.today()):
        raise NotFound
    require_motion(motion, *SUPPORTABLE)
    gathering = gathering_of(session, motion)
    assert gathering is not None, "whatever can be supported has begun to gather support"
    if clock.now() >= gathering.ends_at:
        raise CountdownOver(ends_at=gathering.ends_at)
    return motion, gathering
