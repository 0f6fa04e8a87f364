"""Proposing: a member writes an idea, rewrites it, puts it forward to gather support, or withdraws it."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots.days import end_of_day
from app.ballots.motions.keeping import (
    locked_motion,
    members_now,
    move_motion,
    require_member,
    require_motion,
    text_of,
)
from app.ballots.motions.models import Motion, MotionGathering, MotionState, MotionText, Topic
from app.ballots.motions.rules import rules_now
from app.ballots.motions.stating import MotionPlan, check_motion
from app.ballots.motions.threshold import supporters_needed
from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.members.people.resolving import same_person

OPEN_MAX = 3
OPEN = (MotionState.IDEA, MotionState.GATHERING)


class TooManyMotions(Refusal):
    """Attention is scarce: nobody fills the list alone."""

    message = N_("{most} of your motions are open already. Withdraw one, or wait until one is decided.")
    status = 429


class NotYours(Refusal):
    """A motion is its proposer's until it is everybody's."""

    message = N_("Only whoever proposed the motion can do this.")
    status = 403


class TextUnchanged(Refusal):
    """A version says something else than the one before."""

    message = N_("The text is as it was. Nothing was changed.")
    status = 409


def propose_motion(
    session: Session, plan: MotionPlan, *, by: int, topic: Topic, form_key: str, template: str = ""
) -> Motion:
    """Write an idea, seen and discussed by all members; the same form again is the same motion."""
    require_member(session, by)
    one_at_a_time(session, f"motions of person {by}")
    key = f"{by}:{form_key}"
    earlier = session.scalars(select(Motion).where(Motion.form_key == key)).first()
    if earlier is not None:
        return earlier
    check_motion(plan)
    mine = select(func.count(Motion.id)).where(Motion.person_id.in_(same_person(by)), Motion.state.in_(OPEN))
    if session.execute(mine).scalar_one() >= OPEN_MAX:
        raise TooManyMotions(most=OPEN_MAX)
    motion = Motion(
        form_key=key, person_id=by, state=MotionState.IDEA, topic=topic, template=template, proposed_at=clock.now()
    )
    session.add(motion)
    session.flush()
    _write(session, motion, 1, plan, by)
    audit.record(session, audit.Tag.MOTION_PROPOSED, motion.subject, by=by, topic=topic.name.lower())
    return motion


def rewrite_motion(session: Session, motion_id: int, plan: MotionPlan, *, by: int) -> MotionText:
    """Keep the next version of an idea; once it gathers support, its text stands."""
    motion = _own(session, motion_id, by, MotionState.IDEA)
    check_motion(plan)
    last = text_of(session, motion)
    if (last.title, last.text, last.grounds) == (plan.title, plan.text, plan.grounds):
        raise TextUnchanged
    row = _write(session, motion, last.version + 1, plan, by)
    audit.record(session, audit.Tag.MOTION_CHANGED, motion.subject, by=by, version=row.version)
    return row


def put_forward(session: Session, motion_id: int, *, by: int) -> MotionGathering:
    """Freeze the text and begin to gather support: how much by when is fixed by the rules of the day."""
    motion = _own(session, motion_id, by, MotionState.IDEA)
    rules, members = rules_now(session), members_now(session)
    last_day = clock.today(rules.zone) + timedelta(days=rules.support_days)
    row = MotionGathering(
        motion_id=motion.id,
        rules_id=rules.id,
        members=members,
        needed=supporters_needed(members, rules.support_number, rules.support_part),
        statement_days=rules.statement_days,
        zone=rules.zone,
        began_at=clock.now(),
        ends_at=end_of_day(last_day, rules.zone),
    )
    session.add(row)
    move_motion(session, motion, MotionState.GATHERING, by=by)
    return row


def withdraw_motion(session: Session, motion_id: int, *, by: int, reason: str) -> Motion:
    """Withdraw one's own motion until enough members support it; from then on it is theirs too."""
    motion = _own(session, motion_id, by, *OPEN)
    move_motion(session, motion, MotionState.WITHDRAWN, by=by, reason=reason.strip())
    return motion


def is_own(session: Session, motion: Motion, person_id: int) -> bool:
    """Whether somebody proposed a motion, in this record or in one that is merged with it."""
    return motion.person_id in session.scalars(same_person(person_id)).all()


def _own(session: Session, motion_id: int, by: int, *states: MotionState) -> Motion:
    motion = locked_motion(session, motion_id)
    if not is_own(session, motion, by):
        raise NotYours
    require_member(session, by)
    require_motion(motion, *states)
    return motion


def _write(session: Session, motion: Motion, version: int, plan: MotionPlan, by: int) -> MotionText:
    row = MotionText(
        motion_id=motion.id,
        version=version,
        title=plan.title,
        text=plan.text,
        grounds=plan.grounds,
        question=plan.question.as_data(),
        rule=plan.rule.as_data() if plan.rule else {},
        written_at=clock.now(),
        written_by=by,
    )
    session.add(row)
    session.flush()
    return row
