"""Lapsing: by the clock a motion without enough support lapses, and one goes on to its ballot without a statement."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.motions.answering import due_of
from app.ballots.motions.keeping import gathering_of, locked_motion, move_motion
from app.ballots.motions.models import Motion, MotionGathering, MotionState
from app.ballots.motions.telling import tell_proposer
from app.core import clock


def keep_motions(session: Session) -> None:
    """Let every motion lapse or go on whose moment has come; the worker asks each minute."""
    now = clock.now()
    over = (
        select(Motion.id)
        .join(MotionGathering)
        .where(Motion.state == MotionState.GATHERING, MotionGathering.ends_at <= now)
    )
    for motion_id in session.scalars(over.order_by(Motion.id)).all():
        _lapse(session, motion_id)
    for motion_id in session.scalars(select(Motion.id).where(Motion.state == MotionState.REACHED)).all():
        _go_on(session, motion_id)


def _lapse(session: Session, motion_id: int) -> None:
    motion = locked_motion(session, motion_id)
    gathering = gathering_of(session, motion)
    if motion.state != MotionState.GATHERING or gathering is None or clock.now() < gathering.ends_at:
        return  # the last supporter came while the lock was waited for
    move_motion(session, motion, MotionState.LAPSED, by=None)
    tell_proposer(session, motion, "")


def _go_on(session: Session, motion_id: int) -> None:
    motion = locked_motion(session, motion_id)
    due = due_of(session, motion)
    if motion.state == MotionState.REACHED and due is not None and clock.now() >= due:
        move_motion(session, motion, MotionState.ANSWERED, by=None)
