"""What is counted: the candidates, the seats, and the ballots, identical ones together."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.core.errors import N_, Refusal

Rank = tuple[int, ...]
"""The candidates put in one place: one as a rule, several when ranked equal, none when the place was left empty."""
Ranking = tuple[Rank, ...]
"""A ballot: its places from the first on. Candidates that it does not name are not ranked."""


class MalformedBallot(Refusal):
    """A ballot that says something else than a ranking of the candidates; nothing is counted."""

    message = N_("This ballot cannot be read.")


class UnknownCandidate(MalformedBallot):
    """A ballot names a candidate who does not exist."""

    message = N_("A ballot names candidate {candidate}, but there are {candidates}.")


class CandidateTwice(MalformedBallot):
    """A ballot names a candidate in two places."""

    message = N_("A ballot names candidate {candidate} twice.")


class BadWeight(MalformedBallot):
    """A ballot's weight is not a whole number above zero."""

    message = N_("The weight of a ballot is {weight}; it must be a whole number above zero.")


class NoCandidate(Refusal):
    """Nobody stands."""

    message = N_("Nobody stands for election, so there is nothing to count.")


class NoSeat(Refusal):
    """No seat is to be filled."""

    message = N_("The number of seats must be one or more.")


class NoValidBallot(Refusal):
    """No ballot names anybody who stands."""

    message = N_("No valid ballot was cast, so there is nothing to count.")


@dataclass(frozen=True, slots=True)
class Election:
    """Candidates are numbered from 1 in the order of `names`; `ballots` holds how many (or what weight) said each."""

    names: tuple[str, ...]
    seats: int
    ballots: Mapping[Ranking, int]
    withdrawn: frozenset[int] = frozenset()
    title: str = ""

    @property
    def standing(self) -> tuple[int, ...]:
        """The candidates who have not withdrawn, by number."""
        return tuple(number for number in range(1, len(self.names) + 1) if number not in self.withdrawn)


@dataclass(frozen=True, slots=True)
class Papers:
    """Ballots as strict orders of the standing candidates, with what could not be used."""

    counts: Mapping[tuple[int, ...], int]
    blank: int
    spoilt: int

    @property
    def valid(self) -> int:
        """How many give a first preference."""
        return sum(self.counts.values())


def election(
    names: Iterable[str],
    seats: int,
    ballots: Iterable[tuple[Ranking, int]],
    withdrawn: Iterable[int] = (),
    title: str = "",
) -> Election:
    """An election of these ballots (ranking and weight); refuses a malformed one, and then nothing is counted."""
    listed = tuple(names)
    grouped: Counter[Ranking] = Counter()
    for ranking, weight in ballots:
        check_ranking(ranking, len(listed))
        if type(weight) is not int or weight < 1:
            raise BadWeight(weight=weight)
        grouped[ranking] += weight
    gone = frozenset(withdrawn)
    for number in gone:
        if not 1 <= number <= len(listed):
            raise UnknownCandidate(candidate=number, candidates=len(listed))
    if seats < 1:
        raise NoSeat
    return Election(listed, seats, grouped, gone, title)


def check_ranking(ranking: Ranking, candidates: int) -> None:
    """Refuse a ranking that names nobody known, or somebody twice."""
    named: set[int] = set()
    for number in (number for rank in ranking for number in rank):
        if not 1 <= number <= candidates:
            raise UnknownCandidate(candidate=number, candidates=candidates)
        if number in named:
            raise CandidateTwice(candidate=number)
        named.add(number)


def strict(counted: Election, standing: Iterable[int]) -> Papers:
    """Each ballot as the order of its preferences among `standing`, for methods where a ballot backs one at a time.

    Candidates who do not stand are passed over, and places left empty closed up. Where two who stand are put equal
    the voter's will cannot be told: the preferences end there, and a ballot that starts so is spoilt.
    """
    here = frozenset(standing)
    counts: Counter[tuple[int, ...]] = Counter()
    blank = spoilt = 0
    for ranking, weight in counted.ballots.items():
        order, clear = preferences(ranking, here)
        if order:
            counts[order] += weight
        elif clear:
            blank += weight
        else:
            spoilt += weight
    return Papers(counts, blank, spoilt)


def preferences(ranking: Ranking, standing: frozenset[int]) -> tuple[tuple[int, ...], bool]:
    """The order of preferences, and whether it was clear to its end (no two put equal)."""
    order: list[int] = []
    for rank in ranking:
        here = [number for number in rank if number in standing]
        if len(here) > 1:
            return tuple(order), False
        order += here
    return tuple(order), True
