"""Moderating: hide, show again, lock and unlock, each under a published rule and with a reason, in a public log."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.ballots.motions.discussion.commenting import is_author, locked_comment, place_of
from app.ballots.motions.discussion.models import Moderation, ModerationKind, MotionComment
from app.ballots.motions.discussion.moderators import moderates
from app.ballots.motions.discussion.standing import last_act
from app.ballots.motions.keeping import locked_motion, text_of
from app.ballots.motions.models import Motion
from app.ballots.motions.proposing import is_own
from app.ballots.motions.rules import rules_now
from app.ballots.stating import in_language
from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.letters.writing import write
from app.members.people.resolving import canonical_person
from app.members.roles import ReasonMissing


class NotModerator(Refusal):
    """Discussions are moderated by those whom the members elected."""

    message = N_("Only a moderator whom the members elected can do this.")
    status = 403


class OwnMatter(Refusal):
    """Nobody moderates what is theirs."""

    message = N_("Nobody moderates what they wrote themselves. Another moderator does.")
    status = 403


class UnknownRule(Refusal):
    """A moderator acts under a published rule."""

    message = N_("Choose the rule of discussion that this rests on.")
    field = "rule"


class ModeratedAlready(Refusal):
    """It stands as it is asked to stand."""

    message = N_("A moderator has done this already. Nothing was changed.")
    status = 409


def moderate_comment(session: Session, comment_id: int, *, hide: bool, rule: int, reason: str, by: int) -> Moderation:
    """Hide a comment from all but its author, moderators and auditors, or show it again; `rule` counts from 1."""
    comment, motion = locked_comment(session, comment_id)
    _judge(session, by, own=is_author(session, comment, by), reason=reason)
    said = _rule(session, rule)
    row = act_on(session, motion, comment, _kind(hide, ModerationKind.HIDDEN), said, reason, by=by)
    if hide:
        _tell_author(session, motion, comment, row)
    return row


def lock_discussion(session: Session, motion_id: int, *, lock: bool, rule: int, reason: str, by: int) -> Moderation:
    """Lock the discussion of a motion, or open it again."""
    motion = locked_motion(session, motion_id)
    _judge(session, by, own=is_own(session, motion, by), reason=reason)
    kind = _kind(lock, ModerationKind.LOCKED)
    return act_on(session, motion, None, kind, _rule(session, rule), reason, by=by)


def act_on(
    session: Session,
    motion: Motion,
    comment: MotionComment | None,
    kind: ModerationKind,
    rule: Mapping[str, str],
    reason: str,
    *,
    by: int,
) -> Moderation:
    """Put an act of moderation into the log; refused when it changes nothing."""
    last = last_act(session, motion, comment)
    undoes = kind in (ModerationKind.RESTORED, ModerationKind.UNLOCKED)
    if (last is None and undoes) or (last is not None and last.kind == kind):
        raise ModeratedAlready
    row = Moderation(
        motion_id=motion.id,
        comment_id=comment.id if comment else None,
        kind=kind,
        rule=dict(rule),
        reason=reason.strip(),
        at=clock.now(),
        by=by,
    )
    session.add(row)
    session.flush()
    tag, about = audit.Tag.DISCUSSION_MODERATED, motion.subject
    audit.record(session, tag, about, by=by, reason=row.reason, moderation=row.id, kind=kind.name.lower())
    return row


def _judge(session: Session, by: int, *, own: bool, reason: str) -> None:
    if not moderates(session, by):
        raise NotModerator
    if own:
        raise OwnMatter
    if not reason.strip():
        raise ReasonMissing


def _rule(session: Session, number: int) -> Mapping[str, str]:
    conduct = rules_now(session).conduct
    if not 1 <= number <= len(conduct):
        raise UnknownRule
    return conduct[number - 1]


def _kind(does: bool, kind: ModerationKind) -> ModerationKind:
    undone = {ModerationKind.HIDDEN: ModerationKind.RESTORED, ModerationKind.LOCKED: ModerationKind.UNLOCKED}
    return kind if does else undone[kind]


def _tell_author(session: Session, motion: Motion, comment: MotionComment, row: Moderation) -> None:
    person, text = canonical_person(session, comment.person_id), text_of(session, motion)
    lang = person.language
    write(
        session, "comment-hidden", person.email, lang, person_id=person.id, number=place_of(session, comment),
        title=in_language(text.title, lang), rule=in_language(row.rule, lang), reason=row.reason, moderation=row.id,
    )  # fmt: skip
