"""Sharing out: amounts by weights, exact to the cent, whatever the order of members; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key", int, str)
PPM = 1_000_000
DAYS_UNIT = 365 * 366
"""Interest weighs cents by days as parts of their year; times this, the parts of common and leap years are whole."""


@dataclass(frozen=True)
class Split:
    """A member's part: `cash` and `retained` sum to the amount; `withheld` is taken out of the cash."""

    cash: int
    retained: int
    withheld: int

    @property
    def paid(self) -> int:
        """What is sent to the member."""
        return self.cash - self.withheld


def share_out(amount: int, weights: Mapping[Key, int]) -> dict[Key, int]:
    """Parts of an amount in proportion to weights, summing to it: the largest remainders get the units left over.

    Between equal remainders the lower key (a member number, a name) comes first, so that no order of lines matters.
    """
    total = sum(weights.values())
    assert amount >= 0 and total > 0, "something to share, by weights that are not all zero"
    return entitle(weights, amount, total)


def entitle(weights: Mapping[Key, int], numerator: int, denominator: int) -> dict[Key, int]:
    """Parts of what weights times a fraction come to, in all rounded down to the unit.

    Nobody gets a whole unit more or less than their own exact part; the largest remainders get the units left over,
    between equal ones the lower key.
    """
    assert numerator >= 0 and denominator > 0 and all(weight >= 0 for weight in weights.values()), "nothing below zero"
    parts = {key: weight * numerator // denominator for key, weight in weights.items()}
    left = sum(weights.values()) * numerator // denominator - sum(parts.values())
    for key in sorted(weights, key=lambda key: (-(weights[key] * numerator % denominator), key))[:left]:
        parts[key] += 1
    return parts


def split(amount: int, cash_ppm: int, withhold_ppm: int) -> Split:
    """A member's amount in cash and retained: cash rounds up, so that it is never less than its part says.

    What is withheld is a part of the cash, rounded to the cent, halves down: nobody pays a cent too much.
    """
    cash = -(-amount * cash_ppm // PPM)
    withheld = (2 * cash * withhold_ppm + PPM - 1) // (2 * PPM)
    return Split(cash, amount - cash, withheld)
