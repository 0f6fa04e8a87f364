"""Electing: the groups of equal answers to a question with options, counted by its method; pure and exact."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.ballots.answers import marks_of, ranking_of, scores_of
from app.ballots.casting.stores import Group
from app.ballots.counting.elections import Election, NoValidBallot, election
from app.ballots.counting.marks import approvals, scored
from app.ballots.counting.methods import count
from app.ballots.questions import Question, QuestionKind


def elect(asked: Question, groups: Sequence[Group], seed: str) -> dict[str, Any]:
    """The count of a question with options, for the frozen facts: `elected` by number, with the whole log.

    Where colleges fill seats of their own, each college's count stands under its name in `colleges`.
    """
    if not asked.college_seats:
        return _elect(asked, groups, seed, asked.seats, frozenset(range(1, len(asked.options) + 1)))
    counts = {
        name: _elect(
            asked,
            [group for group in groups if group.college == name],
            f"{seed}/{name}",
            seats,
            asked.open_to(name),
        )
        for name, seats in asked.college_seats.items()
    }
    return {"elected": [number for each in counts.values() for number in each["elected"]], "colleges": counts}


def _elect(asked: Question, groups: Sequence[Group], seed: str, seats: int, standing: frozenset[int]) -> dict[str, Any]:
    if asked.kind == QuestionKind.RANKED:
        return _ranked(asked, groups, seed, seats, standing)
    options, most = len(asked.options), 1 if asked.kind == QuestionKind.OPTIONS else asked.most
    if asked.kind == QuestionKind.SCORE:
        marks = ((scores_of(group.answer), group.weight) for group in groups)
        found = scored(options, marks, lowest=asked.lowest, highest=asked.highest, seats=seats, seed=seed)
    else:
        ticks = ((marks_of(group.answer), group.weight) for group in groups)
        found = approvals(options, ticks, seats=seats, most=most, seed=seed)
    data = found.as_data()
    order = [number for number in data["order"] if number in standing]
    chosen = [number for number in order if found.totals[number] > 0][:seats]
    return {**data, "order": order, "elected": chosen}


def _ranked(
    asked: Question, groups: Sequence[Group], seed: str, seats: int, standing: frozenset[int]
) -> dict[str, Any]:
    papers = _papers(asked, groups, seats, standing)
    try:
        return count(papers, asked.method, seats, seed).as_data()
    except NoValidBallot:
        cast = sum(group.weight for group in groups)
        return {"method": asked.method, "elected": [], "rounds": [], "ballots": {"cast": cast, "blank": cast}}


def _papers(asked: Question, groups: Iterable[Group], seats: int, standing: frozenset[int]) -> Election:
    names = asked.names()
    gone = [number for number in range(1, len(names) + 1) if number not in standing]
    ballots = [(ranking_of(group.answer), group.weight) for group in groups]
    return election(names, seats, ballots, withdrawn=gone)


def totals_by_answer(groups: Iterable[Group]) -> Mapping[str, int]:
    """How much each answer got, of all electors, answers in the order of their text."""
    totals: dict[str, int] = {}
    for group in groups:
        totals[group.answer] = totals.get(group.answer, 0) + group.weight
    return dict(sorted(totals.items()))
