"""Milestones: parts of the target, round numbers of people, and marks of the law, each with the day it was reached."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.core.errors import N_
from app.law.profiles import profile
from app.offers.public.totals import DayTotal

QUARTERS = tuple(Fraction(quarter, 4) for quarter in range(1, 5))


@dataclass(frozen=True)
class Milestone:
    """A mark on the way: a part of the target, or a number of people; `reached_on` is None while it lies ahead."""

    part: Fraction | None
    people: int | None
    reached_on: date | None


@dataclass(frozen=True)
class LawMark:
    """A part of the company at which the law asks for something; `message` has places, which `facts` fill."""

    part: Fraction
    message: str
    facts: dict[str, int]
    reached: bool


GROUP = N_("Holders who act together are one group: it files a Schedule 13D within {days} business days.")
INSIDER = N_("Section 16: the group’s members report their trades.")
COMBINATION = N_("DGCL 203: without the board’s approval, no merger with the group for {years} years.")


def milestones(days: Sequence[DayTotal], target_minor: int, *, is_open: bool = True) -> list[Milestone]:
    """Each power of ten of people up to the next one, then quarters of the target; what lies ahead only while open."""

    def day_of(reached: Callable[[DayTotal], bool]) -> date | None:
        if not (days and reached(days[-1])):
            return None  # whoever withdrew took it away again
        return next(each.day for each in days if reached(each))

    found, people = [], 100
    while True:
        on = day_of(lambda each: each.people >= people)  # noqa: B023  (asked at once)
        found.append(Milestone(None, people, on))
        if on is None:
            break
        people *= 10
    for part in QUARTERS:
        found.append(Milestone(part, None, day_of(lambda each: each.pledged_minor >= part * target_minor)))  # noqa: B023
    return [each for each in found if is_open or each.reached_on]


def law_marks(pledged_minor: int, company_minor: int) -> list[LawMark]:
    """Marks of United States law that the pledged money would pass if it bought shares of the company at its price."""
    group, delaware = profile("us-federal-group-rules"), profile("us-de-203")
    schedule, years = group.value("schedule_13d"), delaware.value("moratorium_years").whole()
    marks = [
        (schedule, GROUP, {"days": schedule.whole("deadline_business_days")}),
        (group.value("section_16"), INSIDER, {}),
        (delaware.value("trigger"), COMBINATION, {"years": years}),
    ]
    stake = Fraction(pledged_minor, company_minor)
    return [
        LawMark(
            part := value.ratio("fraction"),
            message,
            facts,
            stake > part if value.at("operator") == ">" else stake >= part,
        )
        for value, message, facts in marks
    ]
