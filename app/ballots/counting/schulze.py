"""Schulze's method: whoever has the stronger path of pairwise victories goes before; strength by winning votes.

A pairwise victory counts as strong as the number of ballots that prefer the winner. A path is as strong as its
weakest victory. The relation "has the stronger path" never runs in a circle, so that there is always somebody whom
nobody beats. Where several are beaten by nobody still to be placed, the one drawn earlier by lot is placed next,
and the log says so. Several seats go to the first of this order: a majority's choice, not a proportional one.
"""

from collections.abc import Mapping

from app.ballots.counting.elections import Election, NoValidBallot, Ranking
from app.ballots.counting.lots import Tie, draw
from app.ballots.counting.rounds import Count, Round

METHOD = "schulze"

Pairs = dict[tuple[int, int], int]  # (winner, loser) -> votes


def count(election: Election, seats: int, seed: str) -> Count:
    """Order all candidates and elect the first `seats`; the details hold the order, the pairwise votes and paths."""
    standing = election.standing
    lots = draw(seed, standing)
    valid = sum(weight for ranking, weight in election.ballots.items() if _says_something(ranking, standing))
    if not valid:
        raise NoValidBallot
    pairs = preferred(election.ballots, standing)
    paths = strongest_paths(pairs, standing)
    rounds = _places(pairs, paths, standing, lots, seats)
    order = [each.candidate for each in rounds]
    elected = tuple(number for each in rounds for number in each.elected)
    details = {
        "order": order,
        "winners": _unbeaten(paths, set(standing)),
        "pairwise": _table(pairs, standing),
        "paths": _table(paths, standing),
    }
    blank = sum(election.ballots.values()) - valid
    return Count(METHOD, seats, None, elected, rounds, valid, blank, 0, seed, lots, details=details)


def preferred(ballots: Mapping[Ranking, int], standing: tuple[int, ...]) -> Pairs:
    """How many prefer each candidate to each other one; whoever is ranked is preferred to all who are not."""
    pairs = {(one, other): 0 for one in standing for other in standing if one != other}
    here = frozenset(standing)
    for ranking, weight in ballots.items():
        below = set(here)
        for rank in ranking:
            placed = [number for number in rank if number in here]
            below.difference_update(placed)
            for one in placed:
                for other in below:
                    pairs[one, other] += weight
    return pairs


def strongest_paths(pairs: Pairs, standing: tuple[int, ...]) -> Pairs:
    """The strength of the strongest path from each candidate to each other one, zero where there is none."""
    paths = {(one, other): votes if votes > pairs[other, one] else 0 for (one, other), votes in pairs.items()}
    for via in standing:
        for one in standing:
            if one == via:
                continue
            first = paths[one, via]
            for other in standing:
                if other not in (one, via):
                    paths[one, other] = max(paths[one, other], min(first, paths[via, other]))
    return paths


def _places(
    pairs: Pairs, paths: Pairs, standing: tuple[int, ...], lots: tuple[int, ...], seats: int
) -> tuple[Round, ...]:
    """One stage for each place of the order: who takes it, against whom by lot; votes over each one placed later."""
    left = set(standing)
    rounds: list[Round] = []
    while left:
        unbeaten = _unbeaten(paths, left)
        chosen = next(number for number in lots if number in unbeaten)
        ties = (Tie("place", tuple(unbeaten), chosen, None),) if len(unbeaten) > 1 else ()
        left.remove(chosen)
        votes = {other: pairs[chosen, other] for other in sorted(left)}
        elected = (chosen,) if len(rounds) < seats else ()
        rounds.append(Round(len(rounds) + 1, "place", chosen, votes, elected=elected, ties=ties))
    return tuple(rounds)


def _unbeaten(paths: Pairs, left: set[int]) -> list[int]:
    return sorted(one for one in left if all(paths[one, other] >= paths[other, one] for other in left if other != one))


def _says_something(ranking: Ranking, standing: tuple[int, ...]) -> bool:
    return any(number in standing for rank in ranking for number in rank)


def _table(pairs: Pairs, standing: tuple[int, ...]) -> dict[str, dict[str, int]]:
    return {str(one): {str(other): pairs[one, other] for other in standing if other != one} for one in standing}
