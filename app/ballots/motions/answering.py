"""Answering: the board's statement to a motion that reached its threshold, or its refusal as inadmissible by two."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.motions.keeping import find_motion, gathering_of, locked_motion, move_motion, require_motion
from app.ballots.motions.models import Motion, MotionMove, MotionState, MotionStatement, Stance
from app.ballots.motions.telling import STATEMENT_JOB, statement_due, tell_proposer
from app.core import audit, clock, jobs
from app.core.errors import N_, Refusal
from app.members.approvals.approving import TwoPersonAct, propose, register, undecided
from app.members.approvals.models import Proposal
from app.members.models import Person
from app.members.roles import Role

REFUSAL = "motion:refusal"
REFUSABLE = (MotionState.IDEA, MotionState.GATHERING, MotionState.REACHED, MotionState.ANSWERED)


class NoStatement(Refusal):
    """A statement says something."""

    message = N_("Write what the board says to the motion.")
    field = "text_en"


class StatementLate(Refusal):
    """The board had its time; the motion goes on without its statement."""

    message = N_("The board's statement was due by {due}. The motion goes on without it.")
    status = 409


def state_board(
    session: Session, motion_id: int, stance: Stance, texts: Mapping[str, str], resolved: str, *, by: int
) -> MotionStatement:
    """Record the board's statement, once and in time; whoever supports the motion is told by a letter."""
    motion = locked_motion(session, motion_id)
    require_motion(motion, MotionState.REACHED)
    due = due_of(session, motion)
    if due is not None and clock.now() >= due:
        raise StatementLate(due=due)
    if not any(text.strip() for text in texts.values()):
        raise NoStatement
    row = MotionStatement(
        motion_id=motion.id,
        stance=stance,
        text=dict(texts),
        resolved=resolved.strip(),
        written_at=clock.now(),
        written_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.MOTION_ANSWERED, motion.subject, by=by, stance=stance.name.lower())
    move_motion(session, motion, MotionState.ANSWERED, by=by)
    jobs.defer(session, STATEMENT_JOB, motion_id=motion.id, after=0)
    return row


def due_of(session: Session, motion: Motion) -> datetime | None:
    """Until when the board makes its statement; None before the threshold was reached."""
    reached = select(MotionMove.at).where(MotionMove.motion_id == motion.id, MotionMove.to_state == MotionState.REACHED)
    at, gathering = session.scalars(reached).first(), gathering_of(session, motion)
    return statement_due(gathering, at) if at is not None and gathering is not None else None


def propose_refusal(session: Session, motion_id: int, *, by: Person, reason: str) -> Proposal:
    """Propose to refuse a motion as inadmissible; it is refused once another organizer or secretary agrees."""
    motion = find_motion(session, motion_id)
    require_motion(motion, *REFUSABLE)
    payload = {"motion": motion.id, "reason": reason.strip()}
    return propose(session, REFUSAL, subject=motion.subject, payload=payload, by=by, reason=reason)


def refusal_waits(session: Session, motion: Motion) -> Proposal | None:
    """The proposal to refuse a motion that waits for a second person."""
    waiting = (each for each in undecided(session) if (each.act, each.subject) == (REFUSAL, motion.subject))
    return next(waiting, None)


def _refuse(session: Session, payload: dict[str, Any], by: int) -> None:
    motion = locked_motion(session, payload["motion"])
    require_motion(motion, *REFUSABLE)
    move_motion(session, motion, MotionState.REFUSED, by=by, reason=payload["reason"])
    tell_proposer(session, motion, payload["reason"])


register(
    TwoPersonAct(
        REFUSAL,
        N_("Refuse a motion as inadmissible"),
        (Role.ORGANIZER, Role.SECRETARY),
        _refuse,
        unsaid=("motion",),
    )
)
