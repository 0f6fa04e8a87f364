"""Alarms: the marks that a holding passes on its way up, how many people take it there, and what each sets off."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from app.planner.planning import Plan
from app.planner.triggers import Trigger, triggers

MARKS = tuple(Fraction(percent, 100) for percent in (5, 10, 15, 30, 50))


@dataclass(frozen=True, slots=True)
class Alarm:
    """A mark: whether the stake is there, the fewest people who would take it there, and what it sets off."""

    mark: Fraction
    reached: bool
    people: int
    triggers: tuple[Trigger, ...]

    def own(self, country: str) -> tuple[Trigger, ...]:
        """What it sets off in one country."""
        return tuple(trigger for trigger in self.triggers if trigger.country == country)

    def elsewhere(self, country: str) -> tuple[Trigger, ...]:
        """What it sets off in the other countries."""
        return tuple(trigger for trigger in self.triggers if trigger.country != country)


def alarms(plan: Plan, stake: Fraction) -> tuple[Alarm, ...]:
    """Every mark, the lowest first."""
    known = triggers()
    return tuple(
        Alarm(
            mark,
            reached=stake >= mark,
            people=ceil(ceil(mark * plan.shares) * plan.price_paid / plan.each.minor),
            triggers=tuple(trigger for trigger in known if trigger.mark == mark),
        )
        for mark in MARKS
    )
