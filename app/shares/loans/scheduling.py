"""The schedule of a loan, purely: days, interest by its day count, principal in one or in equal parts."""

import calendar
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.core.money import Money
from app.shares.loans.models import DayCount

PPM = 1_000_000


@dataclass(frozen=True)
class Instalment:
    """What is due on a day, in minor units."""

    due_on: date
    principal_cents: int
    interest_cents: int


def schedule(
    principal: Money, rate_ppm: int, day_count: DayCount, starts_on: date, *, months: int, count: int, bullet: bool
) -> list[Instalment]:
    """`count` instalments every so many months; principal at the end (`bullet`) or in equal parts (largest remainder).

    Interest of each period is exact to the day and rounded half up to the minor unit, on what is owed during it.
    """
    assert months > 0 and count > 0, "a loan is repaid at some time"
    parts = [0] * (count - 1) + [principal.minor] if bullet else [p.minor for p in principal.split([1] * count)]
    rows, owed, begins = [], principal.minor, starts_on
    for number, part in enumerate(parts, 1):
        due = add_months(starts_on, months * number)
        rows.append(Instalment(due, part, interest(owed, rate_ppm, day_count, begins, due)))
        owed, begins = owed - part, due
    return rows


def interest(owed_cents: int, rate_ppm: int, day_count: DayCount, begins: date, ends: date) -> int:
    """Simple interest from a day to another (not including it), rounded half up to the minor unit."""
    exact = Fraction(owed_cents * rate_ppm, PPM) * year_part(day_count, begins, ends)
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def year_part(day_count: DayCount, begins: date, ends: date) -> Fraction:
    """The time between two days as an exact part of a year."""
    if day_count is DayCount.THIRTY_360:
        months = (ends.year - begins.year) * 12 + ends.month - begins.month
        return Fraction(months * 30 + min(ends.day, 30) - min(begins.day, 30), 360)
    return Fraction((ends - begins).days, 365 if day_count is DayCount.ACT_365 else 360)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    place = day.year * 12 + day.month - 1 + months
    year, month = place // 12, place % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
