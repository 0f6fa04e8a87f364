"""Gating, purely: which step may be met on which day, and if it may not, why, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.errors import N_, Refusal
from app.law.notices import added_months, last_day_of_notice
from app.law.plans import Clock, Step
from app.law.plans.steps import STEP_KINDS, StepTitle


class Waits(Refusal):
    """A step before it is not met."""

    message = N_("This waits for: {step}.")
    status = 409


class TooEarly(Refusal):
    """A clock has not run."""

    message = N_("This can be met on {day} at the earliest: so the law counts from “{step}”.")
    status = 409
    field = "happened_on"


class TooLate(Refusal):
    """Too little time is left before the step that it precedes."""

    message = N_(
        "This came too late. It had to be by {day}, for “{step}” on {meets}: set a later day for that, and repeat this."
    )
    status = 409
    field = "happened_on"


class TooSoon(Refusal):
    """What had to come well before came too short before."""

    message = N_("“{step}” was on {met}: the law asks for more time between that and this.")
    status = 409
    field = "happened_on"


class TimeOver(Refusal):
    """The law leaves only so long after another step."""

    message = N_("The law leaves until {day}, counted from “{step}”. That has to happen again first.")
    status = 409
    field = "happened_on"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a step stands: the day on which it was met, or on which it is meant to be; `contested` when re-opened."""

    step: Step
    met_on: date | None = None
    planned_on: date | None = None
    contested: bool = False

    @property
    def day(self) -> date | None:
        """The day from which clocks count."""
        return self.met_on or self.planned_on


@dataclass(frozen=True, slots=True)
class Window:
    """Between which days a step may be met, as far as clocks say, and by the day of which step."""

    earliest: date | None
    latest: date | None
    earliest_by: StepTitle | None = None
    latest_by: Standing | None = None


def window_of(step: Step, all_: Mapping[str, Standing]) -> Window:
    """What the clocks of a step leave; a clock whose other step has no day yet says nothing."""
    earliest, latest = None, None
    by_early, by_late = None, None
    for each in step.clocks:
        other = all_[each.step]
        if other.day is None:
            continue
        day = _counted(each, other.day)
        if each.rule == "after" and (earliest is None or day > earliest):
            earliest, by_early = day, STEP_KINDS[each.step].title
        if each.rule in ("before", "within") and (latest is None or day < latest):
            latest, by_late = day, other
    return Window(earliest, latest, by_early, by_late)


BEGINS_WITH = ("exchange", "effect", "certificate")
"""The step that makes a co-operative of the company: the first of these that the plan has."""


def began_on(all_: Mapping[str, Standing]) -> date | None:
    """The day from which the new form counts, None while it does not."""
    return all_[next(key for key in BEGINS_WITH if key in all_)].met_on


def deadlines(all_: Mapping[str, Standing]) -> dict[str, date]:
    """Until when each step that is not met can slip before a day behind it is late; none where nothing is dated.

    `all_` is in the order of the plan. Reckoned backwards: a step comes no later than the day or the deadline of
    whatever waits for it, less the time that the law sets between the two.
    """
    found: dict[str, date] = {}
    for key, standing in reversed(list(all_.items())):
        if standing.met_on is not None:
            continue
        clocks = [(each, _limit(all_[each.step], found)) for each in standing.step.clocks if each.rule == "before"]
        clocks += [(each, all_[each.step].day) for each in standing.step.clocks if each.rule == "within"]
        days = [_counted(each, day) for each, day in clocks if day is not None]
        for other in all_.values():
            limit = _limit(other, found)
            if other.met_on is not None or limit is None:
                continue
            days += [limit] if key in other.step.waits_for else []
            days += [_back(each, limit) for each in other.step.clocks if (each.rule, each.step) == ("after", key)]
        if days:
            found[key] = min(days)
    return found


def why_not(step: Step, all_: Mapping[str, Standing], on: date) -> Refusal | None:
    """Why a step cannot be met on a day; None when it can."""
    for key in step.waits_for:
        before = all_[key].met_on
        if before is None:
            return Waits(step=STEP_KINDS[key].title)
    for other in all_.values():
        for each in other.step.clocks:
            if each.rule != "before" or each.step != step.key or other.met_on is None:
                continue
            if other.met_on > _counted(each, on):
                return TooSoon(step=other.step.kind.title, met=other.met_on)
    for each in step.clocks:
        since = all_[each.step].met_on
        if each.rule == "within" and since is not None and on > _counted(each, since):
            return TimeOver(day=_counted(each, since), step=STEP_KINDS[each.step].title)
    window = window_of(step, all_)
    if window.earliest is not None and window.earliest_by is not None and on < window.earliest:
        return TooEarly(day=window.earliest, step=window.earliest_by)
    if window.latest is not None and window.latest_by is not None and on > window.latest:
        return TooLate(day=window.latest, step=window.latest_by.step.kind.title, meets=window.latest_by.day)
    return None


def _limit(standing: Standing, deadlines_: Mapping[str, date]) -> date | None:
    """The day by which a step is met: its own, or the one by which it has to be."""
    known = [day for day in (standing.day, deadlines_.get(standing.step.key)) if day is not None]
    return min(known) if known else None


def _back(each: Clock, day: date) -> date:
    """The last day of the step from which a clock counts, so that it has run on `day`."""
    return added_months(day, -each.months) if each.months else day - timedelta(days=each.days)


def _counted(each: Clock, day: date) -> date:
    """The last day before, the first day after, or the last day within a time from another step's day."""
    if each.rule == "before":
        return added_months(day, -each.months) if each.months else last_day_of_notice(day, each.days, each.clear)
    return added_months(day, each.months) if each.months else day + timedelta(days=each.days)
