"""What one holder's old shares become, purely: whole new shares, the cash due, and what goes to the reserve.

The ratio and its fractions follow `app.shares.acts.exchanging`. Where new shares have a nominal, what is paid beyond it
leaves the capital: to the reserve or to the holder; what is short of it is still to be paid on the new shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.core.errors import N_
from app.shares.acts.exchanging import Fractions, Held, Ratio, exchange, split_by

FRACTIONS = (Fractions.CASH, Fractions.NEAREST)
"""What may become of fractions where the old class ends: none can be kept as old shares."""


class Beyond(StrEnum):
    """Where goes what was paid on old shares beyond the nominal of the new ones."""

    RESERVE = N_("kept in the capital reserve")
    CASH = N_("paid out to the holder")


@dataclass(frozen=True)
class Terms:
    """How a class is exchanged: `least` new shares for every holder; `nominal_cents` None: no nominal is stated."""

    ratio: Ratio
    fractions: Fractions
    least: int = 0
    nominal_cents: int | None = None
    beyond: Beyond = Beyond.RESERVE


@dataclass(frozen=True)
class Becomes:
    """What becomes of a lot: new shares and what counts as paid on them, cash due, and what goes to the reserve.

    Cash and reserve of a holder stand on the first lot: with `paid_cents` of all lots they are all that was paid.
    """

    lot_id: int
    shares: int
    paid_cents: int
    cash_cents: int
    reserve_cents: int


def exchanged(lots: Sequence[Held], terms: Terms) -> list[Becomes]:
    """What each lot of one holder in one class becomes, in the order of the lots. Whole shares, minor units."""
    shape = tuple((lot.shares, lot.paid_cents) for lot in lots)
    return [Becomes(lot.lot_id, *rest) for lot, rest in zip(lots, _shaped(shape, terms), strict=True)]


@lru_cache(maxsize=50_000)  # most holders hold what many others hold
def _shaped(shape: tuple[tuple[int, int], ...], terms: Terms) -> tuple[tuple[int, int, int, int], ...]:
    held = [Held(place, shares, paid) for place, (shares, paid) in enumerate(shape)]
    done = exchange(held, terms.ratio, terms.fractions, terms.least)
    shares, paid, beyond = [piece.shares for piece in done.pieces], [piece.paid_cents for piece in done.pieces], 0
    if terms.nominal_cents is not None and done.shares:
        capital = min(sum(paid), done.shares * terms.nominal_cents)
        paid, beyond = split_by(capital, shares), sum(paid) - capital
    to_holder = beyond if terms.beyond is Beyond.CASH else 0
    rest = [(done.cash_cents + to_holder, beyond - to_holder)] + [(0, 0)] * (len(held) - 1)
    return tuple((*each, *other) for each, other in zip(zip(shares, paid, strict=True), rest, strict=True))
