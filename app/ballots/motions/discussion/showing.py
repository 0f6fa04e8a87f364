"""What pages show of discussions: the thread as a reader may see it, and the public log of moderation."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.motions.discussion.appealing import comment_of, concerns
from app.ballots.motions.discussion.commenting import place_of
from app.ballots.motions.discussion.models import (
    Appeal,
    AppealDecision,
    Moderation,
    ModerationKind,
    MotionComment,
    MotionCommentText,
    MotionCommentWithdrawal,
)
from app.ballots.motions.discussion.moderators import moderates
from app.ballots.motions.discussion.standing import is_locked
from app.ballots.motions.keeping import find_motion, text_of
from app.ballots.motions.models import Motion
from app.ballots.motions.rules import rules_now
from app.ballots.stating import in_language
from app.members.access import SignedInViewer
from app.members.models import Person
from app.members.people.naming import names_of
from app.members.people.resolving import same_person
from app.members.persons import name_of
from app.members.roles import Role

LOG_PAGE = 50


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as a reader may see it: `text` is None where it is withdrawn or hidden from them."""

    comment: MotionComment
    number: int
    author: str
    text: str | None
    versions: int
    withdrawn: bool
    hidden: Moderation | None
    own: bool


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of the log: the act, on what, by whom, and the appeal against it with its decision."""

    act: Moderation
    motion_title: str
    comment_number: int | None
    moderator: str
    rule: str
    appeal: Appeal | None
    decision: AppealDecision | None
    decided_by: str


def discussion_facts(session: Session, motion: Motion, viewer: SignedInViewer, lang: str) -> dict[str, Any]:
    """The thread of a motion for a viewer, and what they can do in it."""
    rules, is_moderator = rules_now(session), moderates(session, viewer.person_id)
    return {
        "thread": thread(session, motion, viewer, sees_hidden=is_moderator or Role.AUDITOR in viewer.roles),
        "locked": is_locked(session, motion),
        "is_moderator": is_moderator,
        "conduct": [(str(number), in_language(rule, lang)) for number, rule in enumerate(rules.conduct, start=1)],
    }


def thread(session: Session, motion: Motion, viewer: SignedInViewer, *, sees_hidden: bool) -> list[Said]:
    """The comments on a motion in order; what is hidden is read by its author, moderators and auditors only."""
    mine = set(session.scalars(same_person(viewer.person_id)))
    comments = session.scalars(
        select(MotionComment).where(MotionComment.motion_id == motion.id).order_by(MotionComment.id)
    ).all()
    ids = [each.id for each in comments]
    texts: dict[int, list[MotionCommentText]] = {each: [] for each in ids}
    rows = select(MotionCommentText).where(MotionCommentText.comment_id.in_(ids)).order_by(MotionCommentText.version)
    for row in session.scalars(rows):
        texts[row.comment_id].append(row)
    gone = set(
        session.scalars(select(MotionCommentWithdrawal.comment_id).where(MotionCommentWithdrawal.comment_id.in_(ids)))
    )
    acts = select(Moderation).where(Moderation.motion_id == motion.id, Moderation.comment_id.is_not(None))
    last = {row.comment_id: row for row in session.scalars(acts.order_by(Moderation.id))}
    authors, found = names_of(session, {each.person_id for each in comments}), []
    for number, comment in enumerate(comments, start=1):
        own, withdrawn, act = comment.person_id in mine, comment.id in gone, last.get(comment.id)
        hidden = act if act is not None and act.kind == ModerationKind.HIDDEN else None
        shown = sees_hidden or (not withdrawn and (hidden is None or own))
        versions = texts[comment.id]
        text, author = versions[-1].text if shown else None, authors[comment.person_id]
        found.append(Said(comment, number, author, text, len(versions), withdrawn, hidden, own))
    return found


def log(session: Session, lang: str, *, page: int = 1) -> list[Logged]:
    """A page of the log of moderation, the newest first."""
    rows = select(Moderation).order_by(Moderation.id.desc()).limit(LOG_PAGE).offset(LOG_PAGE * (page - 1))
    return [logged(session, row, lang) for row in session.scalars(rows)]


def logged(session: Session, row: Moderation, lang: str) -> Logged:
    """An act of moderation as the log shows it."""
    comment, decision = comment_of(session, row), session.get(AppealDecision, row.id)
    return Logged(
        row,
        in_language(text_of(session, find_motion(session, row.motion_id)).title, lang),
        place_of(session, comment) if comment is not None else None,
        name_of(session, session.get_one(Person, row.by)),
        in_language(row.rule, lang),
        session.get(Appeal, row.id),
        decision,
        name_of(session, session.get_one(Person, decision.decided_by)) if decision else "",
    )


def may_read_hidden(session: Session, row: Moderation, viewer: SignedInViewer) -> bool:
    """Whether a viewer reads the text that an act hid: whom it concerns, moderators and auditors."""
    reads = Role.AUDITOR in viewer.roles or concerns(session, row, viewer.person_id)
    return reads or moderates(session, viewer.person_id)
