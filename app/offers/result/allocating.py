"""Allocating: who gets how many shares when more is pledged than the cap allows; pure, exact, and repeatable.

All three ways follow rules that the terms name beforehand, and give the same list from the same pledges every time.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from app.offers.models import Oversubscription


@dataclass(frozen=True, slots=True)
class Wanted:
    """A pledge as the allocation sees it: its public number, shares, and the price of one in minor units."""

    public_id: str
    shares: int
    price_cents: int


def allocate(way: str, wanted: Sequence[Wanted], cap_cents: int, seed: str = "") -> list[int]:
    """Shares for each pledge, in the order given (that of confirmation); together never beyond the cap."""
    assert all(one.shares > 0 and one.price_cents > 0 for one in wanted), "a pledge is for some shares at a price"
    if sum(one.shares * one.price_cents for one in wanted) <= cap_cents:
        return [one.shares for one in wanted]
    if way == Oversubscription.SCALE_BACK:
        return scaled_back(wanted, cap_cents)
    if way == Oversubscription.LOTTERY:
        return in_turn(wanted, cap_cents, drawn(wanted, seed))
    return in_turn(wanted, cap_cents, range(len(wanted)))


def scaled_back(wanted: Sequence[Wanted], cap_cents: int) -> list[int]:
    """Every pledge in the proportion of the cap to what is pledged, in whole shares, by largest remainder.

    Each gets the whole shares of its exact part; what is left goes, a share each, to the largest remainders, of equal
    ones to the earlier, as long as the money for that share fits under the cap.
    """
    total = sum(one.shares * one.price_cents for one in wanted)
    parts = [one.shares * cap_cents // total for one in wanted]
    left = cap_cents - sum(part * one.price_cents for part, one in zip(parts, wanted, strict=True))
    for place in sorted(range(len(wanted)), key=lambda i: (-(wanted[i].shares * cap_cents % total), i)):
        if wanted[place].price_cents <= left and parts[place] < wanted[place].shares:
            parts[place] += 1
            left -= wanted[place].price_cents
    return parts


def drawn(wanted: Sequence[Wanted], seed: str) -> list[int]:
    """The order of the draw: by the SHA-256 of the seed, a line feed and the pledge's number, the smallest first."""
    return sorted(range(len(wanted)), key=lambda i: lot_of(seed, wanted[i].public_id))


def lot_of(seed: str, public_id: str) -> str:
    """What a pledge drew, as 64 hexadecimal digits; anyone can compute it, for example with `sha256sum`."""
    return hashlib.sha256(f"{seed}\n{public_id}".encode()).hexdigest()


def in_turn(wanted: Sequence[Wanted], cap_cents: int, order: Sequence[int]) -> list[int]:
    """Each in turn gets all its shares, as long as they fit; the first that does not fit gets what is left."""
    parts, left = [0] * len(wanted), cap_cents
    for place in order:
        one = wanted[place]
        parts[place] = min(one.shares, left // one.price_cents)
        left -= parts[place] * one.price_cents
        if parts[place] < one.shares:
            break
    return parts
