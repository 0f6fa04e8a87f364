"""What pages show of a ballot: items with their rule in words, the meter of turnout, and the result in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.answers import NONE, marks_of, ranking_of, scores_of
from app.ballots.casting.stores import Turnout, store_of
from app.ballots.drafting import Item, items_of
from app.ballots.electorate.reading import electorate_of
from app.ballots.models import Ballot, BallotState, BallotTopic
from app.ballots.motions.linking import origins_of
from app.ballots.questions import Question, QuestionKind
from app.ballots.result.certifying import certificate_of, objections_of, result_of
from app.ballots.result.deciding import Outcome, Whole, attendance, counts_of, decide_motion, decide_quorum
from app.ballots.result.facts import whole_of
from app.ballots.rules import CallRule
from app.ballots.stating import College, colleges_of, in_language
from app.core.errors import N_
from app.core.language import translator
from app.core.uploads import uploads_of
from app.law.decisions import Decision

SHOWN = (BallotState.COUNTED, BallotState.OBJECTED, BallotState.CERTIFIED)
PASSES = N_("Passes if {conditions}.")
VALID = N_("Valid if {conditions}.")
AND = N_("{first}, and {second}")
ABSTAIN = N_("Abstain")
SAID = {"for": N_("For"), "against": N_("Against"), "abstain": ABSTAIN}


@dataclass(frozen=True, slots=True)
class Meter:
    """How many take part of how many, and the mark that a quorum sets (in thousandths of the whole, None for none)."""

    part: int
    whole: int
    mark: int | None
    met: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class ItemShown:
    """An item with its words: title and text, what it needs, and what came of it."""

    item: Item
    title: str
    text: str
    needs: str
    facts: dict[str, Any] | None = None
    outcome: Outcome | None = None
    quorum: Decision | None = None


def ballots_shown(session: Session) -> list[Ballot]:
    """The ballots that members see, open ones first, the newest first."""
    rows = session.scalars(select(Ballot).where(Ballot.state != BallotState.DRAFT).order_by(Ballot.id.desc())).all()
    return sorted(rows, key=lambda ballot: ballot.state != BallotState.OPEN)


def ballot_facts(session: Session, ballot: Ballot, lang: str) -> dict[str, Any]:
    """Everything that the pages of a ballot show; nothing of how anybody voted before it is counted."""
    electorate = electorate_of(session, ballot)
    result = result_of(session, ballot) if ballot.state in SHOWN else None
    whole = whole_of(session, ballot, electorate) if electorate else None
    took_part = store_of(ballot).turnout(session, ballot) if electorate else None
    if result is not None:
        whole, took_part = Whole(**result.facts["electorate"]["whole"]), Turnout(**result.facts["turnout"])
    topic = session.get(BallotTopic, ballot.terms.topic_id) if ballot.terms.topic_id else None
    counted = {each["item"]: each for each in result.facts["items"]} if result else {}
    items = [_shown(ballot, item, counted.get(item.id), took_part, whole, lang) for item in items_of(session, ballot)]
    return {
        "ballot": ballot,
        "title": in_language(ballot.terms.title, lang),
        "summary": in_language(ballot.terms.summary, lang),
        "items": items,
        "topic": in_language(topic.name, lang) if topic is not None else "",
        "documents": uploads_of(session, ballot.documents_subject),
        "electorate": electorate,
        "whole": whole,
        "took_part": took_part,
        "meter": _meter(ballot, items, took_part, whole, lang),
        "result": result,
        "certificate": certificate_of(session, ballot) if result else None,
        "objections": objections_of(session, ballot),
        "origins": origins_of(session, ballot, lang),
    }


def needs_in_words(rule: CallRule | None, lang: str, *, motion: bool) -> str:
    """What an item needs, such as `Passes if more than 1/2 of the votes present are for it.`, in a language."""
    if rule is None:
        return ""
    clauses = [level.words(lang) for level in rule.levels] if motion else []
    clauses += [rule.quorum.words(lang, quorum=True)] if rule.quorum else []
    if not clauses:
        return ""
    return translator(lang)(PASSES if motion else VALID).format(conditions=joined(clauses, lang))


def in_words(question: Question, answer: str, lang: str) -> str:
    """A canonical answer in words: `For`, the names of what was marked, `1. Ana, 2. Wei` or `Ana: 3, Wei: 5`."""
    names = {number: option.name for number, option in enumerate(question.options, start=1)}
    if question.is_motion or answer == NONE:
        return translator(lang)(SAID.get(answer, ABSTAIN))
    if question.kind == QuestionKind.RANKED:
        places = enumerate(ranking_of(answer), start=1)
        return ", ".join(f"{place}. {' = '.join(names[number] for number in rank)}" for place, rank in places)
    if question.kind == QuestionKind.SCORE:
        return ", ".join(f"{names[number]}: {score}" for number, score in scores_of(answer).items())
    return ", ".join(names[number] for number in sorted(marks_of(answer)))


def joined(clauses: Sequence[str], lang: str) -> str:
    """Clauses as one: `more than half are for it, and a quarter take part`."""
    whole = clauses[0] if clauses else ""
    for clause in clauses[1:]:
        whole = translator(lang)(AND).format(first=whole, second=clause)
    return whole


def outcome_of(facts: dict[str, Any], rule: CallRule, took_part: Turnout, whole: Whole, terms: Any) -> Outcome:
    """The decision on a counted motion, made again from the frozen figures so that it can be said in any language."""
    colleges: Sequence[College] = colleges_of(terms)
    counts = counts_of(facts["counts"])
    return decide_motion(rule, counts, took_part, whole, colleges, shared=terms.colleges_proportional)


def _shown(
    ballot: Ballot,
    item: Item,
    facts: dict[str, Any] | None,
    took_part: Turnout | None,
    whole: Whole | None,
    lang: str,
) -> ItemShown:
    rule, motion = item.rule.at(ballot.call) if item.rule else None, item.question.is_motion
    title, text = in_language(item.text.title, lang), in_language(item.text.text, lang)
    needs = needs_in_words(rule, lang, motion=motion)
    if facts is None or facts["withdrawn"] or took_part is None or whole is None:
        return ItemShown(item, title, text, needs, facts)
    if motion and rule is not None:
        outcome = outcome_of(facts, rule, took_part, whole, ballot.terms)
        return ItemShown(item, title, text, needs, facts, outcome, outcome.quorum)
    return ItemShown(item, title, text, needs, facts, None, decide_quorum(rule or CallRule(()), took_part, whole))


def _meter(
    ballot: Ballot, items: Sequence[ItemShown], took_part: Turnout | None, whole: Whole | None, lang: str
) -> Meter | None:
    """Turnout against the highest quorum of the items; without a quorum, against all votes."""
    if took_part is None or whole is None:
        return None
    rules = [each.item.rule.at(ballot.call) for each in items if each.item.rule and each.item.withdrawal is None]
    quorums = [rule.quorum for rule in rules if rule.quorum is not None]
    if not quorums:
        return Meter(took_part.weight, whole.weight, None, None, "")
    highest = max(quorums, key=lambda need: need.threshold.fraction)
    figures = attendance(highest, took_part, whole)
    part = int(figures.get("present", figures.get("for", 0)))
    all_ = int(figures[next(name for name in figures if name not in ("present", "for", "against"))])
    mark = int(Fraction(1000) * highest.threshold.fraction)
    met = highest.threshold.holds(part, all_)
    return Meter(part, all_, mark, met, highest.words(lang, quorum=True))
