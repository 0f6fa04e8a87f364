"""Exchanging lots at a ratio, purely: how many new shares each lot becomes, and what happens to fractions.

A holder's shares of a class count together: so many times the ratio, exactly. The whole part goes to the lots by
largest remainder, so that each keeps its day; the fraction that is left follows one stated rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import cycle, islice
from math import gcd

from app.core.errors import N_


class Fractions(StrEnum):
    """What becomes of the fraction of a new share that a holder is left with."""

    CASH = N_("paid out at what was paid on it")
    NEAREST = N_("rounded to the nearest share, halves up")
    KEEP = N_("kept as shares of the old class")


@dataclass(frozen=True)
class Ratio:
    """`new` shares for `old` shares."""

    new: int
    old: int

    def of(self, shares: int) -> Fraction:
        """What so many old shares become, exactly."""
        return Fraction(shares * self.new, self.old)


@dataclass(frozen=True)
class Held:
    """A lot as the exchange sees it."""

    lot_id: int
    shares: int
    paid_cents: int


@dataclass(frozen=True)
class Piece:
    """What becomes of a lot: shares taken out of it, what they carry, and the new shares made of them."""

    lot_id: int
    taken: int
    shares: int
    paid_cents: int


@dataclass(frozen=True)
class Exchange:
    """What a holder's lots become, and the cash for a fraction (minor units); all that was paid is in one of them."""

    pieces: tuple[Piece, ...]
    cash_cents: int

    @property
    def shares(self) -> int:
        """The new shares in all."""
        return sum(piece.shares for piece in self.pieces)


def exchange(lots: Sequence[Held], ratio: Ratio, rule: Fractions, least: int = 0) -> Exchange:
    """What one holder's lots become. Amounts: whole shares, minor units; nothing is lost or gained in all.

    Under `KEEP` give it what `without_rest` leaves. Whoever holds anything gets `least` new shares, if not more.
    """
    assert ratio.new > 0 and ratio.old > 0, "a ratio is of whole, positive numbers"
    taken = list(lots)
    exact = ratio.of(sum(lot.shares for lot in taken))
    whole = exact.numerator // exact.denominator
    if rule is Fractions.NEAREST:
        whole = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    assert rule is not Fractions.KEEP or whole == exact, "what leaves a rest was kept back"
    if exact:
        whole = max(whole, least)
    paid = sum(lot.paid_cents for lot in taken)
    cash = 0
    if rule is Fractions.CASH and whole < exact:
        cash = int(paid * (exact - whole) / exact)
    if whole == 0:
        cash = paid
    shares = _largest_remainder([ratio.of(lot.shares) for lot in taken], whole)
    amounts = _spread(
        paid - cash, [lot.paid_cents if new else 0 for lot, new in zip(taken, shares, strict=True)], shares
    )
    pieces = [
        Piece(lot.lot_id, lot.shares, new, amount) for lot, new, amount in zip(taken, shares, amounts, strict=True)
    ]
    return Exchange(tuple(pieces), cash)


def without_rest(shares: int, ratio: Ratio) -> int:
    """How many of so many old shares become whole new ones and leave no fraction."""
    step = ratio.old // gcd(ratio.new, ratio.old)
    return shares // step * step


def _largest_remainder(exact: Sequence[Fraction], whole: int) -> list[int]:
    """Whole parts that sum to `whole`; between equal remainders the earlier gets the unit."""
    parts = [part.numerator // part.denominator for part in exact]
    order = sorted(range(len(exact)), key=lambda i: (-(exact[i] - parts[i]), i))
    for i in islice(cycle(order), whole - sum(parts)):
        parts[i] += 1
    return parts


def _spread(amount: int, weights: Sequence[int], shares: Sequence[int]) -> list[int]:
    """Split an amount by weights; where all are zero, by shares."""
    by = list(weights) if any(weights) else list(shares)
    return split_by(amount, by) if any(by) else [0] * len(by)


def split_by(amount: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of an amount by weights, not all zero; they sum to it."""
    total = sum(weights)
    return _largest_remainder([Fraction(amount * weight, total) for weight in weights], amount)
