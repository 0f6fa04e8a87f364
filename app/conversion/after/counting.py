"""Counting duties, purely: which are due for which period, by which day, from the day the co-operative came about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.law.duties import Duty
from app.law.notices import added_months


@dataclass(frozen=True, slots=True)
class Due:
    """A duty for the period that ends on a day: due by `due_on`."""

    duty: Duty
    period_end: date
    due_on: date


def due_between(duties: Sequence[Duty], ends: tuple[int, int], since: date, until: date) -> list[Due]:
    """Every duty due until a day, the earliest first. `ends`: month and day on which each financial year ends.

    The first year is the one in which the co-operative came about, `since`. What counts from that day falls due
    again each time its years have passed.
    """
    found = []
    for duty in duties:
        for count in range((until.year - since.year + 3) // duty.years + 1):
            if duty.since_effect:
                end = added_months(since, 12 * duty.years * count)
            else:
                end = year_end(ends, since, duty.years * count)
            day = duty.due_on(end)
            if day > until:
                break
            found.append(Due(duty, end, day))
    return sorted(found, key=lambda each: (each.due_on, each.duty.key))


def year_end(ends: tuple[int, int], since: date, later: int = 0) -> date:
    """The end of the year in which a day lies, or of one so many years later; 29 February is the last of the month."""
    month, day = ends
    first = _day(since.year, month, day)
    return _day((since.year if since <= first else since.year + 1) + later, month, day)


def _day(year: int, month: int, day: int) -> date:
    last = added_months(date(year, month, 1), 1) - timedelta(days=1)
    return date(year, month, min(day, last.day))
