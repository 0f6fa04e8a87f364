"""Discussions on pages: comments, the acts of moderators, their public log, and appeals."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots.motions.access import require_reader
from app.ballots.motions.discussion.appealing import appeal, comment_of, concerns, decide_appeal, waiting_appeals
from app.ballots.motions.discussion.commenting import (
    TEXT_MAX,
    change_comment,
    post_comment,
    versions_of,
    withdraw_comment,
)
from app.ballots.motions.discussion.models import Moderation, MotionComment
from app.ballots.motions.discussion.moderating import UnknownRule, lock_discussion, moderate_comment
from app.ballots.motions.discussion.moderators import moderates, moderators, moderators_now, resign_moderator
from app.ballots.motions.discussion.showing import LOG_PAGE, discussion_facts, log, logged, may_read_hidden
from app.ballots.motions.keeping import find_motion
from app.core.errors import N_, NotFound
from app.core.limits import Try, count
from app.members.access import SignedInViewer, Someone
from app.members.people.resolving import same_person
from app.members.persons import name_of
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, FormFields, shown_again
from app.web.language import language_of
from app.web.limiting import COMMENT_PERSON
from app.web.pages import page, redirect

router = APIRouter(prefix="/motions")
ONE, LOG, ACT = (f"ballots/motions/discussion/{name}.html" for name in ("comment", "log", "act"))
POST = "ballots/motions/discussion/post.html"


def _paced(viewer: Someone) -> None:
    """Count what somebody says, so that nobody fills a discussion alone."""
    count(Try(COMMENT_PERSON, str(viewer.person_id)))


PACED = [Depends(_paced)]


@router.get("/log")
def show_log(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The public log of moderation: who did what, when, by which rule and why; and the appeals."""
    require_reader(session, viewer)
    said, lang = request.query_params.get("page", ""), language_of(request)
    at = max(1, int(said)) if said.isdigit() and len(said) < 6 else 1
    many = session.execute(select(func.count(Moderation.id))).scalar_one()
    is_moderator = moderates(session, viewer.person_id)
    waiting = [
        logged(session, session.get_one(Moderation, row.moderation_id), lang) for row in waiting_appeals(session)
    ]
    return page(
        request,
        LOG,
        lines=log(session, lang, page=at),
        number=at,
        pages=-(-many // LOG_PAGE),
        waiting=waiting,
        is_moderator=is_moderator,
        moderators=[(row, name_of(session, row.person)) for row in moderators_now(session)],
        former=[(row, name_of(session, row.person), end) for row, end in moderators(session) if end is not None],
    )


@router.post("/log/resignation")
def resign(request: Request, session: Tx, viewer: Someone, fields: Fields) -> Response:
    """Give up being a moderator."""
    resign_moderator(session, by=viewer.person_id, reason=fields.get("reason", "").strip()[:500])
    return redirect(request, "/motions/log", N_("You are no moderator any more."))


@router.post("/{motion_id}/comments", dependencies=PACED)
def post(request: Request, session: Tx, viewer: Someone, motion_id: Id, fields: Fields) -> Response:
    """Say something about a motion."""
    require_reader(session, viewer)
    with shown_again(request, POST, fields, motion=find_motion(session, motion_id)):
        form = Form(fields)
        text, key = form.text("text", max=TEXT_MAX, lines=True), form.key()
        form.done()
        comment = post_comment(session, motion_id, text, by=viewer.person_id, form_key=key)
    return redirect(request, f"/motions/{motion_id}#c{comment.id}", N_("Your comment is there."))


@router.post("/{motion_id}/lock")
def lock(request: Request, session: Tx, viewer: Someone, motion_id: Id, fields: Fields) -> Response:
    """Lock a discussion or open it again, as a moderator."""
    require_reader(session, viewer)
    motion = find_motion(session, motion_id)
    facts = {"motion": motion} | discussion_facts(session, motion, viewer, language_of(request))
    with shown_again(request, "ballots/motions/discussion/lock.html", fields, **facts):
        rule, reason = _rule(fields)
        lock_ = fields.get("act") == "lock"
        lock_discussion(session, motion_id, lock=lock_, rule=rule, reason=reason, by=viewer.person_id)
    return redirect(request, f"/motions/{motion_id}", N_("It is done, and stands in the log of moderation."))


@router.get("/comments/{comment_id}")
def show(request: Request, session: Snapshot, viewer: Someone, comment_id: Id) -> Response:
    """One comment with its versions, and what its author or a moderator can do with it."""
    return page(request, ONE, **_facts(session, request, viewer, comment_id))


@router.post("/comments/{comment_id}", dependencies=PACED)
def change(request: Request, session: Tx, viewer: Someone, comment_id: Id, fields: Fields) -> Response:
    """Keep the next version of one's own comment."""
    facts = _facts(session, request, viewer, comment_id)
    with shown_again(request, ONE, fields, **facts):
        form = Form(fields)
        text = form.text("text", max=TEXT_MAX, lines=True)
        form.done()
        change_comment(session, comment_id, text, by=viewer.person_id)
    return redirect(request, f"/motions/{facts['motion'].id}#c{comment_id}", N_("The new version is kept."))


@router.post("/comments/{comment_id}/withdrawal")
def withdraw(request: Request, session: Tx, viewer: Someone, comment_id: Id, fields: Fields) -> Response:
    """Withdraw one's own comment."""
    facts = _facts(session, request, viewer, comment_id)
    with shown_again(request, ONE, fields, **facts):
        withdraw_comment(session, comment_id, by=viewer.person_id)
    return redirect(request, f"/motions/{facts['motion'].id}#c{comment_id}", N_("Your comment is withdrawn."))


@router.post("/comments/{comment_id}/moderation")
def moderate(request: Request, session: Tx, viewer: Someone, comment_id: Id, fields: Fields) -> Response:
    """Hide a comment or show it again, as a moderator."""
    facts = _facts(session, request, viewer, comment_id)
    with shown_again(request, ONE, fields, **facts):
        rule, reason = _rule(fields)
        hide = fields.get("act") == "hide"
        moderate_comment(session, comment_id, hide=hide, rule=rule, reason=reason, by=viewer.person_id)
    done = N_("It is done, and stands in the log of moderation.")
    return redirect(request, f"/motions/{facts['motion'].id}#c{comment_id}", done)


@router.get("/moderations/{moderation_id}")
def show_act(request: Request, session: Snapshot, viewer: Someone, moderation_id: Id) -> Response:
    """One act of moderation, with the appeal against it."""
    return page(request, ACT, **_act_facts(session, request, viewer, moderation_id))


@router.post("/moderations/{moderation_id}/appeal")
def appeal_(request: Request, session: Tx, viewer: Someone, moderation_id: Id, fields: Fields) -> Response:
    """Appeal against an act of moderation."""
    with shown_again(request, ACT, fields, **_act_facts(session, request, viewer, moderation_id)):
        form = Form(fields)
        text = form.text("text", max=TEXT_MAX, lines=True)
        form.done()
        appeal(session, moderation_id, text, by=viewer.person_id)
    return redirect(request, f"/motions/moderations/{moderation_id}", N_("Another moderator decides on your appeal."))


@router.post("/moderations/{moderation_id}/decision")
def decide(request: Request, session: Tx, viewer: Someone, moderation_id: Id, fields: Fields) -> Response:
    """Decide on an appeal, as another moderator than the one who acted."""
    with shown_again(request, ACT, fields, **_act_facts(session, request, viewer, moderation_id)):
        form = Form(fields)
        reason, said = form.text("reason", max=2_000, lines=True), form.choice("decision", ("grant", "decline"))
        form.done()
        decide_appeal(session, moderation_id, grant=said == "grant", reason=reason, by=viewer.person_id)
    return redirect(request, f"/motions/moderations/{moderation_id}", N_("The appeal is decided."))


def _facts(session: Session, request: Request, viewer: SignedInViewer, comment_id: int) -> dict[str, Any]:
    require_reader(session, viewer)
    comment = session.get(MotionComment, comment_id)
    if comment is None:
        raise NotFound
    motion = find_motion(session, comment.motion_id)
    facts = discussion_facts(session, motion, viewer, language_of(request))
    said = next(each for each in facts["thread"] if each.comment.id == comment_id)
    shown = versions_of(session, comment) if said.text is not None else []
    return facts | {"motion": motion, "said": said, "versions": shown, "values": {"text": said.text or ""}}


def _act_facts(session: Session, request: Request, viewer: SignedInViewer, moderation_id: int) -> dict[str, Any]:
    require_reader(session, viewer)
    row = session.get(Moderation, moderation_id)
    if row is None:
        raise NotFound
    comment, motion = comment_of(session, row), find_motion(session, row.motion_id)
    is_moderator = moderates(session, viewer.person_id)
    concerned, reads = concerns(session, row, viewer.person_id), may_read_hidden(session, row, viewer)
    acted = row.by in session.scalars(same_person(viewer.person_id)).all()
    return {
        "line": logged(session, row, language_of(request)),
        "motion": motion,
        "text": versions_of(session, comment)[-1].text if comment is not None and reads else None,
        "reads": reads,
        "concerned": concerned,
        "may_decide": is_moderator and not acted and not concerned,
    }


def _rule(fields: FormFields) -> tuple[int, str]:
    said = fields.get("rule", "")
    if not said.isdigit() or len(said) > 4:
        raise UnknownRule
    return int(said), fields.get("reason", "").strip()[:2_000]
