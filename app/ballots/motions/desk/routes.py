"""The desk of motions: rules, the board's statement, refusals as inadmissible, and the ballot made of a motion."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.delegations.topics import topics_of
from app.ballots.desk.form import choices, read_ballot
from app.ballots.drafting import find_ballot
from app.ballots.models import Ballot, BallotState
from app.ballots.motions import subjects  # noqa: F401  (says what proposals are about)
from app.ballots.motions.answering import propose_refusal, refusal_waits, state_board
from app.ballots.motions.balloting import add_to_draft, draft_from_motion, proposed_rule, standing_ballot
from app.ballots.motions.desk.form import (
    read_motion_rule,
    read_rules,
    read_statement,
    typed_ballot_of,
    typed_rules,
)
from app.ballots.motions.keeping import find_motion, text_of
from app.ballots.motions.models import MotionState, Stance
from app.ballots.motions.rules import propose_rules, rules_now, versions_of_rules
from app.ballots.motions.showing import listed, motion_facts, motions_in
from app.ballots.questions import question_of
from app.ballots.showing import needs_in_words
from app.ballots.stating import in_language, title_of
from app.core.errors import N_
from app.members.access import Desk, Organizer, Registrar
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/motions")
LIST, SHOW, RULES, BALLOT = (f"ballots/motions/desk/{name}.html" for name in ("index", "show", "rules", "ballot"))
WAITING = (MotionState.REACHED, MotionState.ANSWERED, MotionState.GATHERING, MotionState.IDEA)


@router.get("")
def show_all(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """What waits for the board, the secretary or an organizer, with every other motion that is open."""
    rows = [(state, listed(session, motions_in(session, state), language_of(request))) for state in WAITING]
    return page(request, LIST, rows=rows)


@router.get("/rules")
def show_rules(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """The rules of motions with their versions, and the form that proposes others."""
    return page(request, RULES, values=typed_rules(rules_now(session)), **_rules_facts(session))


@router.post("/rules")
def write_rules(request: Request, session: Tx, viewer: Registrar, fields: Fields) -> Response:
    """Propose other rules, for a second person to approve."""
    with shown_again(request, RULES, fields, **_rules_facts(session)):
        form = Form(fields)
        reason = form.text("reason", max=500)
        propose_rules(session, read_rules(form), by=viewer.person(session), reason=reason)
    return redirect(request, "/desk/motions/rules", N_("Proposed. The rules count once a second person has approved."))


@router.get("/{motion_id}")
def show(request: Request, session: Snapshot, viewer: Desk, motion_id: Id) -> Response:
    """One motion at the desk, with what can be done with it now."""
    return page(request, SHOW, **_facts(session, request, motion_id))


@router.post("/{motion_id}/statement")
def state(request: Request, session: Tx, viewer: Registrar, motion_id: Id, fields: Fields) -> Response:
    """Record the board's statement."""
    with shown_again(request, SHOW, fields, **_facts(session, request, motion_id)):
        stance, texts, resolved = read_statement(Form(fields))
        state_board(session, motion_id, stance, texts, resolved, by=viewer.person_id)
    return redirect(request, f"/desk/motions/{motion_id}", N_("The statement is on record. Supporters get a letter."))


@router.post("/{motion_id}/refusal")
def refuse(request: Request, session: Tx, viewer: Registrar, motion_id: Id, fields: Fields) -> Response:
    """Propose to refuse a motion as inadmissible, for a second person to approve."""
    with shown_again(request, SHOW, fields, **_facts(session, request, motion_id)):
        form = Form(fields)
        reason = form.text("reason", max=2_000, lines=True)
        form.done()
        propose_refusal(session, motion_id, by=viewer.person(session), reason=reason)
    return redirect(request, f"/desk/motions/{motion_id}", N_("Proposed. A second person decides."))


@router.get("/{motion_id}/ballot")
def show_ballot(request: Request, session: Snapshot, viewer: Organizer, motion_id: Id) -> Response:
    """The form that makes a ballot of a motion, or puts it on one that is drafted already."""
    facts = _ballot_facts(session, request, motion_id, request.query_params.get("draft", ""))
    return page(request, BALLOT, values=typed_ballot_of(facts["text"], motion_id, facts["address"]), **facts)


@router.post("/{motion_id}/ballot")
def make_ballot(request: Request, session: Tx, viewer: Organizer, motion_id: Id, fields: Fields) -> Response:
    """Draft a ballot with the motion's text as its item, or add it to a draft."""
    facts = _ballot_facts(session, request, motion_id, fields.get("draft", ""))
    draft, asked = facts["draft"], question_of(facts["text"].question).is_motion
    with shown_again(request, BALLOT, fields, **facts):
        form = Form(fields)
        if draft is not None:
            rule = read_motion_rule(session, form, motion_id, draft.terms.law, asked=asked)
            form.done()
            ballot = add_to_draft(session, motion_id, draft.slug, rule, by=viewer.person_id)
        else:
            meant, slug = read_ballot(session, form), form.text("slug", max=60)
            rule = read_motion_rule(session, form, motion_id, "", asked=asked)
            form.done()
            ballot = draft_from_motion(session, motion_id, slug, meant, rule, by=viewer.person_id)
    return redirect(
        request, f"/desk/ballots/{ballot.slug}", N_("The ballot is drafted from the motion, word for word.")
    )


def _facts(session: Session, request: Request, motion_id: int) -> dict[str, Any]:
    motion = find_motion(session, motion_id)
    facts = motion_facts(session, motion, language_of(request))
    may_ballot = motion.state in (MotionState.ANSWERED, MotionState.BALLOT)
    return facts | {
        "languages_written": choices(session)["languages_written"],
        "stances": [(each.name, each.value) for each in Stance],
        "waits": refusal_waits(session, motion),
        "may_ballot": may_ballot and standing_ballot(session, motion) is None,
    }


def _rules_facts(session: Session) -> dict[str, Any]:
    offered = choices(session)
    return {
        "rules": rules_now(session),
        "versions": versions_of_rules(session),
        "zones": offered["zones"],
        "languages_written": offered["languages_written"],
    }


def _ballot_facts(session: Session, request: Request, motion_id: int, draft: str) -> dict[str, Any]:
    motion = find_motion(session, motion_id)
    ballot = find_ballot(session, draft) if draft else None
    lang, text = language_of(request), text_of(session, motion)
    drafts = session.scalars(select(Ballot).where(Ballot.state == BallotState.DRAFT).order_by(Ballot.id.desc()))
    question, rule = question_of(text.question), proposed_rule(session, motion_id)
    return choices(session, ballot) | {
        "motion": motion,
        "text": text,
        "question": question,
        "title": in_language(text.title, lang),
        "needs": needs_in_words(rule.first, lang, motion=question.is_motion) if rule else "",
        "draft": ballot,
        "drafts": [(each.slug, title_of(each, lang)) for each in drafts],
        "meetings": [],
        "topics": [(str(each.id), in_language(each.name, lang)) for each in topics_of(session)],
        "address": f"/motions/{motion.id}",
    }
