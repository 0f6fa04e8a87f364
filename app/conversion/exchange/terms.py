"""What one holder's old shares become, purely: whole new shares, cash, a loan, and what goes to the reserve.

The ratio and its fractions follow `app.shares.acts.exchanging`. Where new shares have a nominal, what is paid beyond it
leaves the capital, and so does what was paid on shares above the most that a holder may have: to the reserve, to the
holder, or into a loan by the holder. What is short of a nominal is still to be paid on the new shares.
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
    LOAN = N_("turned into a loan by the holder to the co-operative")


@dataclass(frozen=True)
class Terms:
    """How a class is exchanged: `least` new shares for every holder, `most` (None: no limit) for any.

    `nominal_cents` None: no nominal is stated. A loan runs for `loan_years` at `loan_rate_ppm`, millionths a year.
    """

    ratio: Ratio
    fractions: Fractions
    least: int = 0
    nominal_cents: int | None = None
    beyond: Beyond = Beyond.RESERVE
    most: int | None = None
    loan_rate_ppm: int = 0
    loan_years: int = 0


@dataclass(frozen=True)
class Becomes:
    """What becomes of a lot: new shares and what counts as paid on them, cash due, to the reserve, and a loan.

    The last three of a holder stand on the first lot: with `paid_cents` of all lots they are all that was paid.
    """

    lot_id: int
    shares: int
    paid_cents: int
    cash_cents: int
    reserve_cents: int
    loan_cents: int


def exchanged(lots: Sequence[Held], terms: Terms) -> list[Becomes]:
    """What each lot of one holder in one class becomes, in the order of the lots. Whole shares, minor units."""
    shape = tuple((lot.shares, lot.paid_cents) for lot in lots)
    return [Becomes(lot.lot_id, *rest) for lot, rest in zip(lots, _shaped(shape, terms), strict=True)]


@lru_cache(maxsize=50_000)  # most holders hold what many others hold
def _shaped(shape: tuple[tuple[int, int], ...], terms: Terms) -> tuple[tuple[int, ...], ...]:
    held = [Held(place, shares, paid) for place, (shares, paid) in enumerate(shape)]
    done = exchange(held, terms.ratio, terms.fractions, terms.least)
    shares, paid = [piece.shares for piece in done.pieces], [piece.paid_cents for piece in done.pieces]
    capital, beyond, whole = sum(paid), 0, done.shares
    if terms.most is not None and whole > terms.most:
        shares, capital, whole = split_by(terms.most, shares), capital * terms.most // whole, terms.most
    if terms.nominal_cents is not None and whole:  # reached before anything leaves the capital
        capital = min(sum(paid), whole * terms.nominal_cents)
    if whole < done.shares or (terms.nominal_cents is not None and whole):
        beyond, paid = sum(paid) - capital, split_by(capital, shares)
    to = {each: beyond if terms.beyond is each else 0 for each in Beyond}
    first = (done.cash_cents + to[Beyond.CASH], to[Beyond.RESERVE], to[Beyond.LOAN])
    rest = [first] + [(0, 0, 0)] * (len(held) - 1)
    return tuple((*each, *other) for each, other in zip(zip(shares, paid, strict=True), rest, strict=True))
