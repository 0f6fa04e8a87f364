"""Balloting: an organizer makes a formal ballot of a motion, by the same acts as of any other resolution."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.drafting import ItemPlan, add_item, draft_ballot, find_ballot, item_of
from app.ballots.models import Ballot, BallotState
from app.ballots.motions.keeping import find_motion, locked_motion, move_motion, require_motion, text_of
from app.ballots.motions.models import Motion, MotionBallot, MotionState
from app.ballots.questions import question_of
from app.ballots.rules import Rule, rule_of
from app.ballots.stating import BallotPlan
from app.core import audit, clock
from app.core.errors import N_, Refusal


class OnABallot(Refusal):
    """A motion is voted on once."""

    message = N_("The motion is on the ballot “{slug}” already. Only when that is called off can it go on another.")
    status = 409


def draft_from_motion(
    session: Session, motion_id: int, slug: str, plan: BallotPlan, rule: Rule | None, *, by: int
) -> Ballot:
    """Draft a ballot of its own for a motion: its text becomes the only item so far, word for word."""
    motion = ready_motion(session, motion_id)
    ballot = draft_ballot(session, slug, plan, by=by)
    _put(session, motion, ballot, rule, by)
    return ballot


def add_to_draft(session: Session, motion_id: int, slug: str, rule: Rule | None, *, by: int) -> Ballot:
    """Put a motion at the end of a ballot that is drafted already, such as that of the next meeting."""
    motion = ready_motion(session, motion_id)
    ballot = find_ballot(session, slug)
    _put(session, motion, ballot, rule, by)
    return ballot


def ready_motion(session: Session, motion_id: int) -> Motion:
    """The motion, locked, when it waits for a ballot or its last one came to nothing; refuses any other."""
    motion = locked_motion(session, motion_id)
    require_motion(motion, MotionState.ANSWERED, MotionState.BALLOT)
    standing = standing_ballot(session, motion)
    if standing is not None:
        raise OnABallot(slug=standing.ballot.slug)
    return motion


def standing_ballot(session: Session, motion: Motion) -> MotionBallot | None:
    """The ballot that a motion is on now: the last, unless that was called off or its item withdrawn."""
    rows = select(MotionBallot).where(MotionBallot.motion_id == motion.id).order_by(MotionBallot.id.desc()).limit(1)
    last = session.scalars(rows).first()
    if last is None or last.ballot.state == BallotState.CALLED_OFF:
        return None
    gone = item_of(session, last.ballot, last.item_id).withdrawal is not None
    return None if gone else last


def ballots_of(session: Session, motion: Motion) -> list[MotionBallot]:
    """Every ballot that a motion was put on, in order."""
    return list(
        session.scalars(select(MotionBallot).where(MotionBallot.motion_id == motion.id).order_by(MotionBallot.id))
    )


def proposed_rule(session: Session, motion_id: int) -> Rule | None:
    """The rule that the motion itself proposes."""
    said = text_of(session, find_motion(session, motion_id)).rule
    return rule_of(said) if said else None


def _put(session: Session, motion: Motion, ballot: Ballot, rule: Rule | None, by: int) -> None:
    text = text_of(session, motion)
    item = add_item(session, ballot.slug, ItemPlan(text.title, text.text, question_of(text.question), rule), by=by)
    row = MotionBallot(
        motion_id=motion.id,
        ballot_id=ballot.id,
        item_id=item.id,
        text_id=text.id,
        drafted_at=clock.now(),
        drafted_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.MOTION_BALLOTED, motion.subject, by=by, ballot=ballot.slug, item=item.row.position)
    if motion.state != MotionState.BALLOT:
        move_motion(session, motion, MotionState.BALLOT, by=by)
