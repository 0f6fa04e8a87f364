"""The methods by name, and the one way to count an election by any of them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from app.ballots.counting import instant, schulze, scottish
from app.ballots.counting.elections import Election, NoCandidate, NoSeat
from app.ballots.counting.rounds import Count
from app.core.errors import N_, Refusal

METHODS: Mapping[str, Callable[[Election, int, str], Count]] = MappingProxyType(
    {scottish.METHOD: scottish.count, instant.METHOD: instant.count, schulze.METHOD: schulze.count}
)


class UnknownMethod(Refusal):
    """No method of counting has that name."""

    message = N_("There is no method “{method}”. There are: {methods}.")


def count(election: Election, method: str, seats: int | None = None, seed: str = "") -> Count:
    """Count by the named method; `seats` overrides the election's own number, `seed` decides lots."""
    if method not in METHODS:
        raise UnknownMethod(method=method, methods=", ".join(METHODS))
    filled = election.seats if seats is None else seats
    if filled < 1:
        raise NoSeat
    if not election.standing:
        raise NoCandidate
    return METHODS[method](election, filled, seed)


def count_colleges(colleges: Mapping[str, Election], method: str, seed: str = "") -> dict[str, Count]:
    """Count each college's own election of its own seats, each with lots of its own (seed, slash, college)."""
    return {name: count(election, method, seed=f"{seed}/{name}") for name, election in colleges.items()}
