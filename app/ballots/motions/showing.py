"""What pages show of motions: the list with its counts, and one motion with support, statement, ballot and result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots.models import Ballot, BallotState
from app.ballots.motions.answering import due_of
from app.ballots.motions.balloting import ballots_of
from app.ballots.motions.keeping import (
    gathering_of,
    moves_of,
    statement_of,
    supporters,
    supporters_of_all,
    texts_of,
)
from app.ballots.motions.models import (
    Motion,
    MotionBallot,
    MotionGathering,
    MotionState,
    MotionSupport,
    MotionSupportEnd,
    MotionText,
)
from app.ballots.motions.picturing import Curve, curve
from app.ballots.questions import question_of
from app.ballots.result.following import second_call_of
from app.ballots.rules import rule_of
from app.ballots.showing import ItemShown, ballot_facts, needs_in_words
from app.ballots.stating import in_language
from app.core import clock
from app.members.people.resolving import canonical_person
from app.members.persons import name_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A motion of the list: its title, who supports it of how many it needs."""

    motion: Motion
    title: str
    supporters: int
    gathering: MotionGathering | None


@dataclass(frozen=True, slots=True)
class Voted:
    """A ballot of a motion: whether it has its words, and its item with what came of it once it is counted."""

    ballot: Ballot
    word_for_word: bool
    shown: ItemShown | None
    certified: bool
    withdrawn: bool


def motions_listed(session: Session, lang: str, *, state: MotionState | None = None, page: int = 1) -> list[Listed]:
    """The motions of a page of the list, the newest first, of one state where asked."""
    rows = select(Motion).order_by(Motion.id.desc()).limit(PAGE).offset(PAGE * (page - 1))
    found = session.scalars(rows.where(Motion.state == state) if state is not None else rows).all()
    return listed(session, found, lang)


def listed(session: Session, motions: Sequence[Motion], lang: str) -> list[Listed]:
    """Motions as a list shows them."""
    ids = [each.id for each in motions]
    texts = select(MotionText).where(MotionText.motion_id.in_(ids)).order_by(MotionText.version)
    titles = {row.motion_id: in_language(row.title, lang) for row in session.scalars(texts)}
    rows = session.scalars(select(MotionGathering).where(MotionGathering.motion_id.in_(ids)))
    gatherings = {row.motion_id: row for row in rows}
    many = supporters_of_all(session, ids)
    return [Listed(each, titles[each.id], many[each.id], gatherings.get(each.id)) for each in motions]


def motions_in(session: Session, state: MotionState) -> Sequence[Motion]:
    """The motions in a state, the oldest first; a page of them."""
    return session.scalars(select(Motion).where(Motion.state == state).order_by(Motion.id).limit(PAGE)).all()


def states_counted(session: Session) -> dict[str, int]:
    """How many motions stand in each state."""
    rows = session.execute(select(Motion.state, func.count()).group_by(Motion.state))
    return {state: int(many) for state, many in rows}


def motion_facts(session: Session, motion: Motion, lang: str) -> dict[str, Any]:
    """Everything that the page of a motion shows to every reader."""
    texts, gathering, statement = (
        texts_of(session, motion),
        gathering_of(session, motion),
        statement_of(session, motion),
    )
    text = texts[-1]
    question, rule = question_of(text.question), rule_of(text.rule) if text.rule else None
    return {
        "motion": motion,
        "title": in_language(text.title, lang),
        "text": in_language(text.text, lang),
        "grounds": in_language(text.grounds, lang),
        "versions": texts,
        "question": question,
        "needs": needs_in_words(rule.first, lang, motion=question.is_motion) if rule else "",
        "proposer": name_of(session, canonical_person(session, motion.person_id)),
        "gathering": gathering,
        "supporters": supporters(session, motion) if gathering else 0,
        "picture": picture_of(session, motion, gathering) if gathering else None,
        "moves": moves_of(session, motion),
        "statement": statement,
        "statement_text": in_language(statement.text, lang) if statement else "",
        "statement_due": due_of(session, motion),
        "votes": [vote for row in ballots_of(session, motion) for vote in _votes(session, row, lang)],
    }


def picture_of(session: Session, motion: Motion, gathering: MotionGathering) -> Curve:
    """How support of a motion grew, for its picture."""
    given = select(MotionSupport.given_at).where(MotionSupport.motion_id == motion.id)
    back = select(MotionSupportEnd.taken_back_at).join(MotionSupport).where(MotionSupport.motion_id == motion.id)
    changes = [(at, 1) for at in session.scalars(given)] + [(at, -1) for at in session.scalars(back)]
    return curve(changes, gathering.needed, gathering.began_at, gathering.ends_at, clock.now())


def _votes(session: Session, row: MotionBallot, lang: str) -> list[Voted]:
    """The ballot that a motion was put on, with its second call when that is for this item."""
    text = session.get_one(MotionText, row.text_id)
    first = _voted(session, row.ballot, row.item_id, text, lang)
    again = second_call_of(session, row.ballot)
    if again is None or again.state == BallotState.DRAFT:
        return [first]
    items = ballot_facts(session, again, lang)["items"]
    same = next(
        (each for each in items if each.item.text.text == text.text and each.item.text.title == text.title), None
    )
    return [first, _voted(session, again, same.item.id, text, lang)] if same is not None else [first]


def _voted(session: Session, ballot: Ballot, item_id: int, text: MotionText, lang: str) -> Voted:
    facts = ballot_facts(session, ballot, lang)
    shown = next((each for each in facts["items"] if each.item.id == item_id), None)
    same = shown is not None and (shown.item.text.title, shown.item.text.text) == (text.title, text.text)
    gone = shown is not None and shown.item.withdrawal is not None
    return Voted(ballot, same, shown, facts["certificate"] is not None, gone)
