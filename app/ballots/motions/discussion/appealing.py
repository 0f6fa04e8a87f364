"""Appealing: whom an act of moderation concerns asks another moderator, never the one who acted."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.motions.discussion.commenting import is_author
from app.ballots.motions.discussion.models import Appeal, AppealDecision, Moderation, ModerationKind, MotionComment
from app.ballots.motions.discussion.moderating import NotModerator, OwnMatter, act_on
from app.ballots.motions.discussion.moderators import moderates
from app.ballots.motions.discussion.standing import last_act
from app.ballots.motions.keeping import find_motion, text_of
from app.ballots.motions.proposing import is_own
from app.ballots.stating import in_language
from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.letters.writing import write
from app.members.people.resolving import canonical_person, same_person
from app.members.roles import ReasonMissing

UNDONE = {ModerationKind.HIDDEN: ModerationKind.RESTORED, ModerationKind.LOCKED: ModerationKind.UNLOCKED}


class NotConcerned(Refusal):
    """An appeal is for whom the act concerns."""

    message = N_("The author of a hidden comment can appeal, and the proposer whose discussion was locked.")
    status = 403


class NothingToAppeal(Refusal):
    """What is shown or open again harms nobody."""

    message = N_("This act has been undone, or restricts nothing, so there is nothing to appeal against.")
    status = 409


class AppealedAlready(Refusal):
    """One appeal for each act."""

    message = N_("An appeal against this was made already.")
    status = 409


class SameModerator(Refusal):
    """Whoever acted does not decide on the appeal."""

    message = N_("You did this yourself. Another moderator decides on the appeal.")
    status = 403


class AppealDecided(Refusal):
    """An appeal is decided once."""

    message = N_("This appeal was decided already. Nothing was changed.")
    status = 409


def appeal(session: Session, moderation_id: int, text: str, *, by: int) -> Appeal:
    """Appeal against an act that hid one's comment, or locked the discussion of one's motion."""
    row = locked_moderation(session, moderation_id)
    if not concerns(session, row, by):
        raise NotConcerned
    if session.get(Appeal, row.id) is not None:
        raise AppealedAlready
    if not _stands(session, row):
        raise NothingToAppeal
    made = Appeal(moderation_id=row.id, person_id=by, text=text, appealed_at=clock.now())
    session.add(made)
    session.flush()
    audit.record(session, audit.Tag.MODERATION_APPEALED, f"motion:{row.motion_id}", by=by, moderation=row.id)
    return made


def decide_appeal(session: Session, moderation_id: int, *, grant: bool, reason: str, by: int) -> AppealDecision:
    """Grant an appeal, which undoes the act, or decline it; by another moderator than the one who acted."""
    row = locked_moderation(session, moderation_id)
    made = session.get(Appeal, row.id)
    if made is None:
        raise NotFound
    if not moderates(session, by):
        raise NotModerator
    if row.by in session.scalars(same_person(by)).all():
        raise SameModerator
    if concerns(session, row, by):
        raise OwnMatter
    if session.get(AppealDecision, row.id) is not None:
        raise AppealDecided
    if not reason.strip():
        raise ReasonMissing
    decision = AppealDecision(
        moderation_id=row.id, granted=grant, reason=reason.strip(), decided_at=clock.now(), decided_by=by
    )
    session.add(decision)
    session.flush()
    about, tag = f"motion:{row.motion_id}", audit.Tag.APPEAL_DECIDED
    audit.record(session, tag, about, by=by, reason=decision.reason, moderation=row.id, granted=grant)
    if grant and _stands(session, row):
        motion = find_motion(session, row.motion_id)
        act_on(session, motion, comment_of(session, row), UNDONE[ModerationKind(row.kind)], row.rule, reason, by=by)
    _tell(session, row, made, decision)
    return decision


def waiting_appeals(session: Session) -> list[Appeal]:
    """The appeals that wait for their decision, the oldest first."""
    rows = select(Appeal).outerjoin(AppealDecision, AppealDecision.moderation_id == Appeal.moderation_id)
    return list(session.scalars(rows.where(AppealDecision.moderation_id.is_(None)).order_by(Appeal.appealed_at)))


def locked_moderation(session: Session, moderation_id: int) -> Moderation:
    """An act of moderation, locked against every other appeal; `NotFound` when there is none."""
    found = session.scalars(select(Moderation).where(Moderation.id == moderation_id).with_for_update()).first()
    if found is None:
        raise NotFound
    return found


def comment_of(session: Session, row: Moderation) -> MotionComment | None:
    """The comment that an act is about, None for a whole discussion."""
    return session.get_one(MotionComment, row.comment_id) if row.comment_id is not None else None


def concerns(session: Session, row: Moderation, person_id: int) -> bool:
    """Whether an act concerns somebody: the author of the comment, or the proposer of the motion."""
    comment = comment_of(session, row)
    if comment is not None:
        return is_author(session, comment, person_id)
    return is_own(session, find_motion(session, row.motion_id), person_id)


def _stands(session: Session, row: Moderation) -> bool:
    last = last_act(session, find_motion(session, row.motion_id), comment_of(session, row))
    return row.kind in UNDONE and last is not None and last.id == row.id


def _tell(session: Session, row: Moderation, made: Appeal, decision: AppealDecision) -> None:
    person, text = canonical_person(session, made.person_id), text_of(session, find_motion(session, row.motion_id))
    write(
        session, "appeal-decided", person.email, person.language, person_id=person.id, moderation=row.id,
        title=in_language(text.title, person.language), granted=decision.granted, reason=decision.reason,
    )  # fmt: skip
