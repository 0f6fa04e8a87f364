"""Questions answered by marks: one option of several, approval of any, or a score for each; the highest totals win."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.ballots.counting.elections import BadWeight, MalformedBallot, NoSeat, UnknownCandidate
from app.ballots.counting.lots import Tie, draw, ranked
from app.ballots.counting.rounds import tie_data
from app.core.errors import N_


class TooManyMarks(MalformedBallot):
    """A ballot marks more options than it may."""

    message = N_("A ballot marks {marks} options, but may mark {most}.")


class ScoreOutOfRange(MalformedBallot):
    """A score is below or above what the question allows."""

    message = N_("A ballot gives option {option} the score {score}; scores go from {lowest} to {highest}.")


@dataclass(frozen=True, slots=True)
class Totals:
    """What each option got, the order by it (ties by lot), and who is elected: the first of the order.

    `ties` are those that lots decided, also below the last seat; `blank` is the weight of ballots without a mark.
    """

    totals: Mapping[int, int]
    order: tuple[int, ...]
    elected: tuple[int, ...]
    ties: tuple[Tie, ...]
    cast: int
    blank: int
    seed: str
    lots: tuple[int, ...]

    def as_data(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "totals": {str(option): total for option, total in sorted(self.totals.items())},
            "order": list(self.order),
            "elected": list(self.elected),
            "ties": [tie_data(tie) for tie in self.ties],
            "ballots": {"cast": self.cast, "blank": self.blank},
            "seed": self.seed,
            "lots": list(self.lots),
        }


def approvals(
    options: int,
    ballots: Iterable[tuple[frozenset[int], int]],
    *,
    seats: int = 1,
    most: int | None = None,
    seed: str = "",
) -> Totals:
    """Each ballot (options marked, weight) gives its weight to every option it marks; `most` limits the marks.

    With `most=1` it is a choice of one among several (plurality); with `most` of as many as seats, block voting.
    """

    def scores() -> Iterable[tuple[Mapping[int, int], int]]:
        for marked, weight in ballots:
            if most is not None and len(marked) > most:
                raise TooManyMarks(marks=len(marked), most=most)
            yield dict.fromkeys(marked, 1), weight

    return scored(options, scores(), lowest=1, highest=1, seats=seats, seed=seed)


def scored(
    options: int,
    ballots: Iterable[tuple[Mapping[int, int], int]],
    *,
    lowest: int,
    highest: int,
    seats: int = 1,
    seed: str = "",
) -> Totals:
    """Each ballot (score by option, weight) adds score times weight; an option without a score gets nothing."""
    if seats < 1:
        raise NoSeat
    totals = dict.fromkeys(range(1, options + 1), 0)
    cast = blank = 0
    for marks, weight in ballots:
        if type(weight) is not int or weight < 1:
            raise BadWeight(weight=weight)
        cast += weight
        blank += 0 if marks else weight
        for option, score in marks.items():
            if option not in totals:
                raise UnknownCandidate(candidate=option, candidates=options)
            if type(score) is not int or not lowest <= score <= highest:
                raise ScoreOutOfRange(option=option, score=score, lowest=lowest, highest=highest)
            totals[option] += score * weight
    lots = draw(seed, totals)
    order, ties = ranked("order", totals, [totals], lots)
    return Totals(totals, order, order[:seats], ties, cast, blank, seed, lots)
