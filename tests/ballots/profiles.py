"""Made-up elections, each the same for its seed: small ones, even ones, and ones shaped like a Scottish ward."""

from collections import Counter
from random import Random

KINDS = {"small": 1500, "even": 800, "ward": 400}  # how many of each kind the second opinions were asked about


def profile(kind: str, seed: int) -> tuple[int, int, Counter[tuple[int, ...]]]:
    """Number of candidates, number of seats, and how many ballots rank whom (numbers from 1, the first preferred)."""
    rng = Random(f"{kind}/{seed}")
    low, high, ballots = {"small": (3, 8, (5, 60)), "even": (4, 10, (100, 400)), "ward": (5, 12, (600, 1600))}[kind]
    candidates = low + below(rng, high - low + 1)
    seats = 1 + below(rng, min(4, candidates - 1)) if kind != "ward" else 3 + below(rng, 2)
    number = ballots[0] + below(rng, ballots[1] - ballots[0])
    make = ward_ballot if kind == "ward" else even_ballot
    appeal = [1 + below(rng, 100) ** 2 for _ in range(candidates)]
    counted: Counter[tuple[int, ...]] = Counter()
    for _ in range(number):
        counted[make(rng, candidates, appeal)] += 1
    return candidates, seats, counted


def below(rng: Random, bound: int) -> int:
    """A whole number from 0, below the bound; by `random()` alone, which gives the same on every version of Python."""
    return int(rng.random() * bound)


def pick(rng: Random, weights: list[int]) -> int:
    point = below(rng, sum(weights))
    for index, weight in enumerate(weights):
        point -= weight
        if point < 0:
            return index
    raise AssertionError


def even_ballot(rng: Random, candidates: int, appeal: list[int]) -> tuple[int, ...]:
    """Anyone in any order, of any length."""
    left = list(range(1, candidates + 1))
    order = []
    for _ in range(1 + below(rng, candidates)):
        order.append(left.pop(below(rng, len(left))))
    return tuple(order)


def ward_ballot(rng: Random, candidates: int, appeal: list[int]) -> tuple[int, ...]:
    """Parties of up to two candidates; most stay with a party first, and stop after one to four preferences."""
    left = list(range(candidates))
    order: list[int] = []
    length = [1, 2, 2, 3, 3, 3, 4, 4, 5, candidates][below(rng, 10)]
    while left and len(order) < length:
        mates = [other for other in left if order and other // 2 == order[-1] // 2]
        chosen = mates[0] if mates and below(rng, 10) < 7 else left[pick(rng, [appeal[other] for other in left])]
        left.remove(chosen)
        order.append(chosen)
    return tuple(number + 1 for number in order)
