"""Projecting: what would be pledged by the deadline if it went on as lately, said with its range; exact sums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from app.core.money import Money, precision
from app.offers.public.totals import DayTotal

LOOKED_AT_DAYS = 14
WEEKS = 4
LEAST_DAYS = 7


@dataclass(frozen=True)
class Projection:
    """Minor units: the pace of a day, and what would be pledged at the deadline by it.

    `low_minor` and `high_minor` go by the slowest and the fastest of the last weeks. `needed_minor` is the pace that
    would reach the target, and `times` how often the present one that is; None when the target is reached or nothing
    moves.
    """

    days_looked_at: int
    per_day_minor: int
    low_minor: int
    middle_minor: int
    high_minor: int
    needed_minor: int | None
    times: Fraction | None


def project(
    days: Sequence[DayTotal], opened_on: date, today: date, deadline: date, target_minor: int
) -> Projection | None:
    """Go on from the last weeks; None with less than a week of history, or when no day is left."""
    history, left = (today - opened_on).days, (deadline - today).days
    if history < LEAST_DAYS or left <= 0 or not days:
        return None
    now = days[-1].pledged_minor
    looked_at = min(LOOKED_AT_DAYS, history)
    pace = Fraction(now - pledged_by(days, today - timedelta(days=looked_at)), looked_at)
    weeks = [
        Fraction(
            pledged_by(days, today - timedelta(days=7 * week)) - pledged_by(days, today - timedelta(days=7 * week + 7)),
            7,
        )
        for week in range(min(WEEKS, history // 7))
    ]
    low, high = min([*weeks, pace]), max([*weeks, pace])
    missing = target_minor - now
    return Projection(
        days_looked_at=looked_at,
        per_day_minor=int(pace),
        low_minor=max(int(now + low * left), 0),
        middle_minor=max(int(now + pace * left), 0),
        high_minor=max(int(now + high * left), 0),
        needed_minor=-(-missing // left) if missing > 0 else None,
        times=Fraction(missing, left) / pace if missing > 0 and pace > 0 else None,
    )


def about(minor: int, currency: str) -> Money:
    """An amount that is only estimated, cut off to three digits and no cents."""
    step = max(10 ** (len(str(minor)) - 3), 10 ** precision(currency))
    return Money(minor // step * step, currency)


def pledged_by(days: Sequence[DayTotal], day: date) -> int:
    """What was pledged in all at the end of a day, in minor units."""
    return next((each.pledged_minor for each in reversed(days) if each.day <= day), 0)
