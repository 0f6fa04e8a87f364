"""Commenting: members discuss a motion in a thread; an edit is a new version, and authors can withdraw theirs."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots.motions.discussion.models import (
    MotionComment,
    MotionCommentText,
    MotionCommentWithdrawal,
)
from app.ballots.motions.discussion.standing import is_hidden, is_locked
from app.ballots.motions.keeping import find_motion, require_member
from app.ballots.motions.models import Motion
from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.members.people.resolving import same_person

TEXT_MAX = 5_000


class DiscussionLocked(Refusal):
    """A moderator locked the discussion."""

    message = N_("A moderator has locked this discussion; the log of moderation says why.")
    status = 409


class NotAuthor(Refusal):
    """What somebody said is theirs."""

    message = N_("Only its author can do this.")
    status = 403


class CommentGone(Refusal):
    """A withdrawn comment is not changed any more."""

    message = N_("This comment was withdrawn by its author. Nothing was changed.")
    status = 409


class CommentHidden(Refusal):
    """A hidden comment stays as it was while one can appeal."""

    message = N_("A moderator has hidden this comment, so it cannot be changed. You can appeal.")
    status = 409


def post_comment(session: Session, motion_id: int, text: str, *, by: int, form_key: str) -> MotionComment:
    """Say something about a motion; the same form again is the same comment."""
    motion = find_motion(session, motion_id)
    require_member(session, by)
    one_at_a_time(session, f"comments of person {by}")
    key = f"{by}:{form_key}"
    earlier = session.scalars(select(MotionComment).where(MotionComment.form_key == key)).first()
    if earlier is not None:
        return earlier
    _require_open(session, motion)
    row = MotionComment(form_key=key, motion_id=motion.id, person_id=by, posted_at=clock.now())
    session.add(row)
    session.flush()
    _write(session, row, 1, text)
    audit.record(session, audit.Tag.COMMENT_POSTED, motion.subject, by=by, comment=row.id)
    return row


def change_comment(session: Session, comment_id: int, text: str, *, by: int) -> MotionCommentText:
    """Keep the next version of one's own comment."""
    comment, motion = _own(session, comment_id, by)
    require_member(session, by)
    _require_open(session, motion)
    if is_hidden(session, comment):
        raise CommentHidden
    last = versions_of(session, comment)[-1]
    row = _write(session, comment, last.version + 1, text)
    audit.record(session, audit.Tag.COMMENT_CHANGED, motion.subject, by=by, comment=comment.id, version=row.version)
    return row


def withdraw_comment(session: Session, comment_id: int, *, by: int) -> MotionCommentWithdrawal:
    """Withdraw one's own comment: it keeps its place, and its text is shown no more."""
    comment, motion = _own(session, comment_id, by)
    row = MotionCommentWithdrawal(comment_id=comment.id, withdrawn_at=clock.now())
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.COMMENT_WITHDRAWN, motion.subject, by=by, comment=comment.id)
    return row


def locked_comment(session: Session, comment_id: int) -> tuple[MotionComment, Motion]:
    """A comment, locked against every other act on it, with its motion."""
    rows = select(MotionComment).where(MotionComment.id == comment_id).with_for_update()
    found = session.scalars(rows).first()
    if found is None:
        raise NotFound
    return found, find_motion(session, found.motion_id)


def versions_of(session: Session, comment: MotionComment) -> list[MotionCommentText]:
    """Every version of a comment, in order."""
    rows = select(MotionCommentText).where(MotionCommentText.comment_id == comment.id)
    return list(session.scalars(rows.order_by(MotionCommentText.version)))


def place_of(session: Session, comment: MotionComment) -> int:
    """The number of a comment in its thread, from 1."""
    before = select(func.count(MotionComment.id)).where(
        MotionComment.motion_id == comment.motion_id, MotionComment.id <= comment.id
    )
    return int(session.execute(before).scalar_one())


def is_author(session: Session, comment: MotionComment, person_id: int) -> bool:
    """Whether somebody wrote a comment, in this record or in one that is merged with it."""
    return comment.person_id in session.scalars(same_person(person_id)).all()


def _own(session: Session, comment_id: int, by: int) -> tuple[MotionComment, Motion]:
    comment, motion = locked_comment(session, comment_id)
    if not is_author(session, comment, by):
        raise NotAuthor
    if session.get(MotionCommentWithdrawal, comment.id) is not None:
        raise CommentGone
    return comment, motion


def _require_open(session: Session, motion: Motion) -> None:
    if is_locked(session, motion):
        raise DiscussionLocked


def _write(session: Session, comment: MotionComment, version: int, text: str) -> MotionCommentText:
    row = MotionCommentText(
        comment_id=comment.id, person_id=comment.person_id, version=version, text=text, written_at=clock.now()
    )
    session.add(row)
    session.flush()
    return row
