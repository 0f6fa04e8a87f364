"""Instant run-off: the lowest is excluded until one candidate has more than half of the votes still in the count.

Ties are resolved as in the Scottish rule: by the most recent stage at which the candidates differed, then by lot.
For several seats the winner of the first count is set aside and the ballots are counted again for the next seat:
a majority's method each time, not a proportional one.
"""

from dataclasses import replace

from app.ballots.counting.elections import Election, NoValidBallot, Papers, strict
from app.ballots.counting.lots import choose, draw
from app.ballots.counting.rounds import Count, Round, Transfer

METHOD = "irv"


def count(election: Election, seats: int, seed: str) -> Count:
    """Elect one candidate for each seat, in order; `quota` is the majority of the valid ballots of the first count."""
    standing = election.standing
    lots = draw(seed, standing)
    papers = strict(election, standing)
    if not papers.valid:
        raise NoValidBallot
    rounds: list[Round] = []
    elected: list[int] = []
    for seat in range(1, min(seats, len(standing)) + 1):
        left = tuple(number for number in standing if number not in elected)
        remaining = strict(election, left) if elected else papers
        elected.append(_run_off(remaining, left, lots, rounds, seat if seats > 1 else None))
    quota = papers.valid // 2 + 1
    return Count(
        METHOD, seats, quota, tuple(elected), tuple(rounds), papers.valid, papers.blank, papers.spoilt, seed, lots
    )


def _run_off(
    papers: Papers, standing: tuple[int, ...], lots: tuple[int, ...], rounds: list[Round], seat: int | None
) -> int:
    """One count for one seat: appends its stages to `rounds`, answers the winner."""
    held: dict[int, list[tuple[tuple[int, ...], int]]] = {number: [] for number in standing}
    for order, copies in papers.counts.items():
        held[order[0]].append((order, copies))
    history = [_votes(held)]
    said = Round(len(rounds) + 1, "first_preferences", None, history[-1], seat=seat)
    while True:
        winner = _winner(history[-1])
        if winner is not None:
            rounds.append(replace(said, elected=(winner,)))
            return winner
        rounds.append(said)
        lowest = min(history[-1].values())
        tied = (number for number, votes in history[-1].items() if votes == lowest)
        out, tie = choose("exclusion", tied, history, lots, lowest=True)
        transfers, exhausted = _pass_on(held, out)
        history.append(_votes(held))
        ties = (tie,) if tie else ()
        said = Round(len(rounds) + 1, "exclusion", out, history[-1], transfers, exhausted, ties=ties, seat=seat)


def _votes(held: dict[int, list[tuple[tuple[int, ...], int]]]) -> dict[int, int]:
    return {number: sum(copies for _, copies in parcel) for number, parcel in held.items()}


def _winner(votes: dict[int, int]) -> int | None:
    total = sum(votes.values())
    for number, votes_ in votes.items():
        if 2 * votes_ > total or len(votes) == 1:
            return number
    return None


def _pass_on(held: dict[int, list[tuple[tuple[int, ...], int]]], out: int) -> tuple[dict[int, Transfer], int]:
    """Hand the papers of who is excluded to their next preference still in; answers what went where, and the rest."""
    gone, exhausted = held.pop(out), 0
    moved: dict[int, list[int]] = {}
    for order, copies in gone:
        taker = next((number for number in order if number in held), None)
        if taker is None:
            exhausted += copies
        else:
            held[taker].append((order, copies))
            moved.setdefault(taker, []).append(copies)
    return {taker: Transfer(sum(copies), sum(copies)) for taker, copies in moved.items()}, exhausted
