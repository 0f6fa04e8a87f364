"""Standing: what moderators' acts mean now: which comments are hidden, and whether a discussion is locked."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.motions.discussion.models import Moderation, ModerationKind, MotionComment
from app.ballots.motions.models import Motion


def last_act(session: Session, motion: Motion, comment: MotionComment | None) -> Moderation | None:
    """The act of moderation that counts for a comment, or for the discussion of a motion as a whole."""
    rows = select(Moderation).where(Moderation.motion_id == motion.id)
    rows = rows.where(Moderation.comment_id == comment.id if comment else Moderation.comment_id.is_(None))
    return session.scalars(rows.order_by(Moderation.id.desc()).limit(1)).first()


def is_hidden(session: Session, comment: MotionComment) -> bool:
    """Whether a moderator has hidden a comment."""
    last = last_act(session, session.get_one(Motion, comment.motion_id), comment)
    return last is not None and last.kind == ModerationKind.HIDDEN


def is_locked(session: Session, motion: Motion) -> bool:
    """Whether a moderator has locked the discussion of a motion."""
    last = last_act(session, motion, None)
    return last is not None and last.kind == ModerationKind.LOCKED
