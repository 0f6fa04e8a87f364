"""Standing delegations on pages: a member gives one and sees how it was used; the desk keeps the topics."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.ballots.delegations.ending import end_delegation
from app.ballots.delegations.giving import answer_delegation, give_delegation
from app.ballots.delegations.reading import Stands, given_by, held_by, uses_of
from app.ballots.delegations.topics import add_topic, topics_of
from app.ballots.desk.form import read_names
from app.ballots.stating import in_language
from app.core.errors import N_
from app.core.language import LANGUAGES, NAMES
from app.members.access import Organizer, SignedInViewer, Someone
from app.members.persons import name_of
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter()
OWN, TOPICS = "ballots/delegations/own.html", "ballots/delegations/topics.html"
MINE = "/me/delegations"


@router.get(MINE)
def show(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The viewer's standing delegations with how each was used, those that they hold, and the form that gives one."""
    return page(request, OWN, **_facts(session, request, viewer))


@router.post(MINE)
def give(request: Request, session: Tx, viewer: Someone, fields: Fields) -> Response:
    """Let somebody vote for the viewer on a topic."""
    with shown_again(request, OWN, fields, **_facts(session, request, viewer)):
        form = Form(fields)
        topic = form.choice("topic", [str(each.id) for each in topics_of(session)])
        email, until = form.email("email"), form.day_or_none("valid_until")
        form.done()
        give_delegation(session, int(topic), email, by=viewer.person(session), valid_until=until)
    return redirect(request, MINE, N_("They are asked by a letter, and vote for you once they accept."))


@router.post("/me/delegations/{delegation_id}/answer")
def answer(request: Request, session: Tx, viewer: Someone, delegation_id: Id, fields: Fields) -> Response:
    """Accept or decline a delegation, as its holder."""
    accept = fields.get("answer") == "accept"
    with shown_again(request, OWN, fields, **_facts(session, request, viewer)):
        answer_delegation(session, delegation_id, accept=accept, by=viewer.person(session))
    return redirect(request, MINE, N_("You have accepted.") if accept else N_("You have declined."))


@router.post("/me/delegations/{delegation_id}/end")
def end(request: Request, session: Tx, viewer: Someone, delegation_id: Id, fields: Fields) -> Response:
    """Take a delegation back, or give it back."""
    with shown_again(request, OWN, fields, **_facts(session, request, viewer)):
        end_delegation(session, delegation_id, by=viewer.person_id)
    return redirect(request, MINE, N_("The delegation has ended. A vote cast by it before stands."))


@router.get("/desk/topics")
def show_topics(request: Request, session: Snapshot, viewer: Organizer) -> Response:
    """The topics by which members delegate."""
    return page(request, TOPICS, **_topics(session, request))


@router.post("/desk/topics")
def add(request: Request, session: Tx, viewer: Organizer, fields: Fields) -> Response:
    """Add a topic."""
    with shown_again(request, TOPICS, fields, **_topics(session, request)):
        form = Form(fields)
        name = read_names(form, "name", 80)
        form.done()
        add_topic(session, name, by=viewer.person_id)
    return redirect(request, "/desk/topics", N_("The topic is added. Name it in the terms of ballots."))


def _facts(session: Session, request: Request, viewer: SignedInViewer) -> dict[str, Any]:
    lang = language_of(request)
    given, held = given_by(session, viewer.person_id), held_by(session, viewer.person_id)
    live = {each.delegation.topic_id for each in given if each.is_live}
    return {
        "given": [(*_row(session, each, lang), list(uses_of(session, each.delegation, lang))) for each in given],
        "held": [_row(session, each, lang) for each in held],
        "topics": [(str(each.id), in_language(each.name, lang)) for each in topics_of(session) if each.id not in live],
        "may_give": "member" in viewer.roles,
    }


def _row(session: Session, each: Stands, lang: str) -> tuple[Stands, str, str, str]:
    """A delegation with its topic and the names of both parties."""
    row = each.delegation
    return each, in_language(row.topic.name, lang), name_of(session, row.principal), name_of(session, row.holder)


def _topics(session: Session, request: Request) -> dict[str, Any]:
    lang = language_of(request)
    written = [(each, NAMES[each]) for each in LANGUAGES]
    return {"topics": [in_language(each.name, lang) for each in topics_of(session)], "languages_written": written}
