"""Answers: what a vote says to a question, in one canonical spelling; anything else is refused, and nothing counted.

`for`, `against`, `abstain` to a motion; `2` to options; `1,3` to an approval; `1:5,3:2` to a score; `3>1>2` to a
ranking, `3>1=2` where the method takes equal places. `none` marks nothing.
"""

import re
from collections.abc import Mapping

from app.ballots.counting.elections import Ranking
from app.ballots.counting.motions import CHOICES
from app.ballots.counting.schulze import METHOD as SCHULZE
from app.ballots.questions import Question, QuestionKind
from app.core.errors import N_, Refusal

NONE = "none"
_NUMBER = r"[1-9][0-9]{0,3}"


class BadAnswer(Refusal):
    """The vote says something that the question does not ask."""

    message = N_("This vote cannot be read. Nothing was recorded.")


class NoAnswer(BadAnswer):
    """A question was left open."""

    message = N_("Choose an answer. You may also abstain.")


class UnknownOption(BadAnswer):
    """The vote names an option that the question does not have, or that is another college's."""

    message = N_("There is no option {option} here for you.")


class MarkedTwice(BadAnswer):
    """The vote names an option twice."""

    message = N_("Option {option} is named twice.")


class TooManyMarked(BadAnswer):
    """The vote marks more options than it may."""

    message = N_("You marked {marks} options; at most {most} may be marked.")


class ScoreOutside(BadAnswer):
    """A score lies outside what the question allows."""

    message = N_("Scores go from {lowest} to {highest}.")


class MalformedRanking(BadAnswer):
    """The ranks are not 1, 2, 3 and so on."""

    message = N_("Number your preferences 1, 2, 3 and so on, without gaps.")


class EqualRanks(BadAnswer):
    """Two options share a place under a method that does not take that."""

    message = N_("Give each option a place of its own: two of them share place {place}.")


def canonical(asked: Question, text: str, college: str = "") -> str:
    """The one spelling of an answer; refuses what the question does not ask of an elector of that college."""
    said = re.sub(r"\s+", "", text)
    if not said:
        raise NoAnswer
    if asked.is_motion:
        if said not in CHOICES:
            raise BadAnswer
        return said
    if said in (NONE, "abstain"):
        return NONE
    open_to = asked.open_to(college)
    if asked.kind == QuestionKind.RANKED:
        return ranking_text(check_ranks(asked, ranking_of(said), open_to))
    if asked.kind == QuestionKind.SCORE:
        scores = scores_of(said)
        _check_known(scores, open_to)
        if any(not asked.lowest <= score <= asked.highest for score in scores.values()):
            raise ScoreOutside(lowest=asked.lowest, highest=asked.highest)
        return ",".join(f"{option}:{score}" for option, score in sorted(scores.items()))
    marked = marks_of(said)
    _check_known(dict.fromkeys(marked, 1), open_to)
    most = 1 if asked.kind == QuestionKind.OPTIONS else asked.most
    if most is not None and len(marked) > most:
        raise TooManyMarked(marks=len(marked), most=most)
    return ",".join(map(str, sorted(marked)))


def from_fields(asked: Question, name: str, fields: Mapping[str, str], marked: list[str]) -> str:
    """The text of an answer as the ballot's form has it: one field, or one for each option."""
    if asked.kind in (QuestionKind.MOTION, QuestionKind.OPTIONS):
        return fields.get(name, "").strip()
    if asked.kind == QuestionKind.APPROVAL:
        return ",".join(marked) or NONE
    typed = {number: fields.get(f"{name}-{number}", "").strip() for number in range(1, len(asked.options) + 1)}
    typed = {number: text for number, text in typed.items() if text}
    if any(not re.fullmatch(r"[0-9]{1,4}", text) for text in typed.values()):
        raise (
            MalformedRanking
            if asked.kind == QuestionKind.RANKED
            else ScoreOutside(lowest=asked.lowest, highest=asked.highest)
        )
    if not typed:
        return NONE
    if asked.kind == QuestionKind.SCORE:
        return ",".join(f"{number}:{int(text)}" for number, text in typed.items())
    places = sorted({int(text) for text in typed.values()})
    if places != list(range(1, len(places) + 1)):
        raise MalformedRanking
    by_place = {place: [number for number, text in typed.items() if int(text) == place] for place in places}
    return ">".join("=".join(map(str, by_place[place])) for place in places)


def marks_of(text: str) -> frozenset[int]:
    """The options that a canonical mark names."""
    if text == NONE:
        return frozenset()
    if not re.fullmatch(rf"{_NUMBER}(,{_NUMBER})*", text):
        raise BadAnswer
    numbers = [int(number) for number in text.split(",")]
    _refuse_twice(numbers)
    return frozenset(numbers)


def scores_of(text: str) -> dict[int, int]:
    """The score of each option that has one."""
    if text == NONE:
        return {}
    if not re.fullmatch(rf"{_NUMBER}:[0-9]{{1,4}}(,{_NUMBER}:[0-9]{{1,4}})*", text):
        raise BadAnswer
    pairs = [pair.split(":") for pair in text.split(",")]
    _refuse_twice([int(number) for number, _ in pairs])
    return {int(number): int(score) for number, score in pairs}


def ranking_of(text: str) -> Ranking:
    """The places of a ranking, from the first on."""
    if text == NONE:
        return ()
    if not re.fullmatch(rf"{_NUMBER}([>=]{_NUMBER})*", text):
        raise MalformedRanking
    places = tuple(tuple(sorted(int(number) for number in place.split("="))) for place in text.split(">"))
    _refuse_twice([number for place in places for number in place])
    return places


def ranking_text(ranking: Ranking) -> str:
    """A ranking in its canonical spelling."""
    return ">".join("=".join(map(str, place)) for place in ranking) or NONE


def check_ranks(asked: Question, ranking: Ranking, open_to: frozenset[int]) -> Ranking:
    """The ranking, unless it names what is not there, or puts two equal where the method takes no equals."""
    _check_known({number: 1 for place in ranking for number in place}, open_to)
    for place, numbers in enumerate(ranking, start=1):
        if len(numbers) > 1 and asked.method != SCHULZE:
            raise EqualRanks(place=place)
    return ranking


def _check_known(named: Mapping[int, int], open_to: frozenset[int]) -> None:
    for option in named:
        if option not in open_to:
            raise UnknownOption(option=option)


def _refuse_twice(numbers: list[int]) -> None:
    twice = next((number for number in numbers if numbers.count(number) > 1), None)
    if twice is not None:
        raise MarkedTwice(option=twice)
