"""Telling a conversion: each step with why it is not open, a bar of its days, and a calendar."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversion.plan.checks import checks_of
from app.conversion.plan.gating import Standing, Window, began_on, deadlines, why_not, window_of
from app.conversion.plan.meeting import evidence_of, standings
from app.conversion.plan.models import Conversion, ConversionContest, ConversionEvidence, ConversionStep
from app.core import clock, icalendar
from app.core.errors import N_, Refusal
from app.core.language import fill, translator
from app.law.plans import plan_ids, plan_of
from app.law.profiles import Profile, profile
from app.law.showing import as_lines

_UNTIL = N_("This can slip until {day}; later, a day behind it is late.")
WIDTH = 1000  # of a bar, in the units of its view box


@dataclass(frozen=True)
class ToldStep:
    """A step for people: why it cannot be met today (None: it can), what met it, and where its days lie on the bar.

    It can slip until `deadline`, which is `slack` days from the day that is meant for it (negative: too late already).
    """

    row: ConversionStep
    standing: Standing
    window: Window
    why: Refusal | None
    evidence: list[tuple[ConversionEvidence, ConversionContest | None]]
    law: list[str]
    span: tuple[int, int] | None
    mark: int | None
    deadline: date | None
    slack: int | None

    @property
    def is_next(self) -> bool:
        """Whether somebody can act now."""
        return self.standing.met_on is None and self.why is None


def told(session: Session, conversion: Conversion) -> dict[str, Any]:
    """The facts of a conversion's pages."""
    all_ = standings(session, conversion)
    today = clock.today(conversion.zone)
    law = profile(conversion.law)
    windows, slips = {key: window_of(each.step, all_) for key, each in all_.items()}, deadlines(all_)
    days = [
        day
        for key, each in all_.items()
        for day in (each.day, windows[key].earliest, windows[key].latest, slips.get(key))
        if day
    ]
    first, last = min([today, *days]), max([today, *days])
    steps = []
    for row in conversion.steps:
        standing, window = all_[row.key], windows[row.key]
        why = why_not(standing.step, all_, max(today, standing.planned_on or today))
        steps.append(
            ToldStep(
                row,
                standing,
                window,
                why,
                evidence_of(session, row.id),
                _law_lines(law, standing.step.value),
                _span(window, slips.get(row.key), first, last),
                _at(standing.day, first, last),
                slips.get(row.key),
                _slack(standing, window, slips.get(row.key), today),
            )
        )
    return {
        "conversion": conversion,
        "steps": steps,
        "law": law,
        "route": plan_of(conversion.law).title,
        "today": today,
        "first": first,
        "last": last,
        "now_at": _at(today, first, last),
        "way_back": _way_back(conversion),
        "steps_back": _steps_back(conversion),
        "met": sum(each.standing.met_on is not None for each in steps),
        "checks": checks_of(session, conversion, all_) if "notice" in all_ and not all_["notice"].met_on else [],
        "stages": stages_of(session, conversion),
        "began": None if plan_of(conversion.law).goes_back else began_on(all_),
    }


def stages_of(session: Session, conversion: Conversion) -> list[Conversion]:
    """The stages of one way, in their order: those before this one, itself, and those after it."""
    found, at = [conversion], conversion
    while at.follows_id is not None:
        at = session.get_one(Conversion, at.follows_id)
        found.insert(0, at)
    known = {each.id for each in found}
    while later := session.scalars(
        select(Conversion).where(Conversion.follows_id.in_(known), Conversion.id.not_in(known)).order_by(Conversion.id)
    ).all():
        found += later
        known |= {each.id for each in later}
    return found


def summary(session: Session, conversion: Conversion) -> dict[str, Any]:
    """A conversion for programs and terminals, in English: days as ISO 8601, `why` a step cannot be met today."""
    facts = told(session, conversion)
    named = ("slug", "title", "entity_name", "resulting_name", "law", "law_version", "zone")
    return {name: getattr(conversion, name) for name in named} | {
        "met": facts["met"],
        "stages": [each.slug for each in facts["stages"]],
        "steps": [
            {
                "key": each.row.key,
                "title": each.standing.step.kind.title.value,
                "who": each.standing.step.kind.who.value,
                "met_on": _iso(each.standing.met_on),
                "planned_on": _iso(each.standing.planned_on),
                "earliest": _iso(each.window.earliest),
                "latest": _iso(each.window.latest),
                "deadline": _iso(each.deadline),
                "contested": each.standing.contested,
                "next": each.is_next,
                "why": str(each.why) if each.why and each.standing.met_on is None else None,
                "sha256": each.evidence[-1][0].sha256 if each.standing.met_on else None,
            }
            for each in facts["steps"]
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def calendar(session: Session, conversion: Conversion, lang: str) -> str:
    """The days and deadlines of steps that are not met, as iCalendar."""
    say, all_ = translator(lang), standings(session, conversion)
    slips, entries = deadlines(all_), []
    for row in conversion.steps:
        standing, until = all_[row.key], slips.get(row.key)
        day = standing.planned_on or until or window_of(standing.step, all_).earliest
        if standing.met_on is None and day is not None:
            more = fill(_UNTIL, {"day": until}, lang) if until else ""
            title, path = say(standing.step.kind.title.value), f"/conversions/{conversion.slug}"
            entries.append(icalendar.Entry(f"conversion-{conversion.id}-{row.key}", day, title, path, more))
    return icalendar.feed(conversion.title, entries)


def _way_back(conversion: Conversion) -> list[str]:
    """How hard it is to become a company again, as the law of the new form says it; empty where none is kept."""
    target = plan_of(conversion.law).target
    law = profile(target) if target else None
    return list(as_lines(law.values["demutualise"].data)) if law and "demutualise" in law.values else []


def _steps_back(conversion: Conversion) -> list[str]:
    """The steps by which the new form becomes a company again, where a plan of it is kept."""
    target = plan_of(conversion.law).target
    plan = plan_of(target) if target in plan_ids() else None
    return [each.kind.title.value for each in plan.steps] if plan and plan.goes_back else []


def _law_lines(law: Profile, key: str) -> list[str]:
    return list(as_lines(law.value(key).data)) if key else []


def _slack(standing: Standing, window: Window, until: date | None, today: date) -> int | None:
    """How many days a step can slip from the day meant for it, or else from the first on which it can be met."""
    if until is None or standing.met_on is not None:
        return None
    return (until - (standing.planned_on or max(today, window.earliest or today))).days


def _span(window: Window, until: date | None, first: date, last: date) -> tuple[int, int] | None:
    """Where the days lie on which a step may be met by clocks and by what comes after it: start and width."""
    if window.earliest is None and window.latest is None and until is None:
        return None
    start, end = _at(window.earliest or first, first, last), _at(until or window.latest or last, first, last)
    assert start is not None and end is not None, "both are days"
    return (start, max(end - start, 4))


def _at(day: date | None, first: date, last: date) -> int | None:
    return None if day is None else WIDTH * (day - first).days // max(1, (last - first).days)
