"""Keeping motions: finding them, locking them, moving them from state to state, and counting who supports them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select, text
from sqlalchemy.orm import Session

from app.ballots.motions.models import (
    Motion,
    MotionGathering,
    MotionMove,
    MotionState,
    MotionStatement,
    MotionSupport,
    MotionSupportEnd,
    MotionText,
)
from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.members.entering import current_membership
from app.members.models import Membership
from app.members.people.asof import CANONICAL

_MEMBERS = f"""
    WITH {CANONICAL} SELECT count(DISTINCT coalesce(c.survivor_id, m.person_id)) FROM membership m
    LEFT JOIN canonical c ON c.person_id = m.person_id WHERE m.entered_on <= :day AND NOT EXISTS (
        SELECT FROM membership_end e WHERE e.membership_id = m.id AND e.ceased_on <= :day)"""  # noqa: S608  (fixed text)
_SUPPORTERS = f"""
    WITH {CANONICAL} SELECT s.motion_id, count(DISTINCT coalesce(c.survivor_id, s.person_id)) AS many
    FROM motion_support s LEFT JOIN canonical c ON c.person_id = s.person_id
    WHERE s.motion_id = ANY (:ids) AND NOT EXISTS (SELECT FROM motion_support_end e WHERE e.support_id = s.id)
    GROUP BY s.motion_id"""  # noqa: S608  (fixed text)


class MembersOnly(Refusal):
    """Members propose, support and discuss."""

    message = N_("Only members who have been admitted can do this. Others may read.")
    status = 403


class MotionMoved(Refusal):
    """Somebody, or the clock, moved the motion meanwhile."""

    message = N_("The motion stands at “{state}”, so this cannot be done. Nothing was changed.")
    status = 409


def require_member(session: Session, person_id: int) -> Membership:
    """The membership of whoever acts; refuses everybody else."""
    found = current_membership(session, person_id)
    if found is None:
        raise MembersOnly
    return found


def find_motion(session: Session, motion_id: int) -> Motion:
    """The motion of a number; `NotFound` when there is none."""
    found = session.get(Motion, motion_id)
    if found is None:
        raise NotFound
    return found


def locked_motion(session: Session, motion_id: int) -> Motion:
    """The motion of a number, locked against every other act on it."""
    rows = select(Motion).where(Motion.id == motion_id).with_for_update()
    found = session.scalars(rows.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found


def require_motion(motion: Motion, *states: MotionState) -> None:
    """Refuse unless the motion is in one of some states."""
    if motion.state not in states:
        raise MotionMoved(state=MotionState(motion.state))


def move_motion(session: Session, motion: Motion, to: MotionState, *, by: int | None, reason: str = "") -> None:
    """Note a change of state; take `locked_motion` first."""
    session.add(MotionMove(motion_id=motion.id, to_state=to, at=clock.now(), by=by, reason=reason))
    motion.state = to
    session.flush()
    audit.record(session, audit.Tag.MOTION_MOVED, motion.subject, by=by, reason=reason or None, to=to.name.lower())


def moves_of(session: Session, motion: Motion) -> list[MotionMove]:
    """Every move of a motion, in order."""
    return list(session.scalars(select(MotionMove).where(MotionMove.motion_id == motion.id).order_by(MotionMove.id)))


def texts_of(session: Session, motion: Motion) -> list[MotionText]:
    """Every version of a motion, in order; the last is its text."""
    rows = select(MotionText).where(MotionText.motion_id == motion.id).order_by(MotionText.version)
    return list(session.scalars(rows))


def text_of(session: Session, motion: Motion) -> MotionText:
    """The text of a motion as it stands."""
    return texts_of(session, motion)[-1]


def gathering_of(session: Session, motion: Motion) -> MotionGathering | None:
    """How much support a motion needs by when; None while it is an idea."""
    return session.get(MotionGathering, motion.id)


def statement_of(session: Session, motion: Motion) -> MotionStatement | None:
    """The board's statement."""
    return session.get(MotionStatement, motion.id)


def standing_support() -> ColumnElement[bool]:
    """The condition that a support was not taken back."""
    return ~exists().where(MotionSupportEnd.support_id == MotionSupport.id)


def supporters(session: Session, motion: Motion) -> int:
    """How many support a motion now; records of one person count once."""
    return supporters_of_all(session, [motion.id])[motion.id]


def supporters_of_all(session: Session, motion_ids: Sequence[int]) -> dict[int, int]:
    """How many support each of some motions now, by number."""
    rows = session.execute(text(_SUPPORTERS), {"ids": list(motion_ids), "known_at": clock.now()})
    return dict.fromkeys(motion_ids, 0) | {row.motion_id: row.many for row in rows}


def members_now(session: Session) -> int:
    """How many members there are today; records of one person count once."""
    return int(session.scalar(text(_MEMBERS), {"day": clock.today(), "known_at": clock.now()}) or 0)
