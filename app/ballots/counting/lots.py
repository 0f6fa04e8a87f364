"""Lots drawn by a public seed: one order of the candidates that anybody can draw again.

The rule: for each candidate take the SHA-256 digest, in hexadecimal, of the UTF-8 text `SEED/NUMBER` (the seed, a
slash, the candidate's number in decimal), and sort the candidates by these digests, the smallest first. Who is drawn
earlier wins a tie: is elected before, has the surplus transferred before, is excluded after. One candidate's digest
by hand: `printf '%s' 'SEED/3' | sha256sum`. To be beyond influence the seed must be fixed in public before the
ballots are known, or come from something nobody can choose.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Tie:
    """Candidates with equal votes, who was chosen for what, and how: by an earlier stage, or by lot (`stage` None)."""

    purpose: str
    candidates: tuple[int, ...]
    chosen: int
    stage: int | None


def draw(seed: str, candidates: Iterable[int]) -> tuple[int, ...]:
    """The order of the lots, first drawn first."""
    return tuple(
        sorted(candidates, key=lambda number: sha256(f"{seed}/{number}".encode("utf-8", "surrogateescape")).hexdigest())
    )


def choose(
    purpose: str,
    tied: Iterable[int],
    history: Sequence[Mapping[int, int]],
    lots: Sequence[int],
    *,
    lowest: bool = False,
) -> tuple[int, Tie | None]:
    """Who of the tied is taken: by the most recent stage at which their votes differed, else by lot.

    `history` holds everybody's votes at the end of each stage so far. With `lowest` whoever had fewer is taken (to be
    excluded), and by lot whoever was drawn last.
    """
    left = sorted(tied)
    if len(left) == 1:
        return left[0], None
    said = tuple(left)
    extreme = min if lowest else max
    for stage in range(len(history), 0, -1):
        votes = history[stage - 1]
        bound = extreme(votes[number] for number in left)
        left = [number for number in left if votes[number] == bound]
        if len(left) == 1:
            return left[0], Tie(purpose, said, left[0], stage)
    drawn = [number for number in lots if number in left]
    chosen = drawn[-1] if lowest else drawn[0]
    return chosen, Tie(purpose, said, chosen, None)


def ranked(
    purpose: str, candidates: Iterable[int], history: Sequence[Mapping[int, int]], lots: Sequence[int]
) -> tuple[tuple[int, ...], tuple[Tie, ...]]:
    """The candidates by the votes of the last stage, highest first, ties resolved; with the ties that there were."""
    votes, left = history[-1], set(candidates)
    order: list[int] = []
    ties: list[Tie] = []
    while left:
        most = max(votes[number] for number in left)
        chosen, tie = choose(purpose, (number for number in left if votes[number] == most), history, lots)
        order.append(chosen)
        left.remove(chosen)
        ties += [tie] if tie else []
    return tuple(order), tuple(ties)
