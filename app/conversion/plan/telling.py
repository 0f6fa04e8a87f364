"""Telling a conversion: each step with why it is not open, a bar of its days, and a calendar."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.conversion.plan.gating import Standing, Window, why_not, window_of
from app.conversion.plan.meeting import evidence_of, standings
from app.conversion.plan.models import Conversion, ConversionContest, ConversionEvidence, ConversionStep
from app.core import clock
from app.core.errors import Refusal
from app.core.language import translator
from app.core.settings import settings
from app.law.plans import plan_of
from app.law.profiles import Profile, profile
from app.law.showing import as_lines

WIDTH = 1000  # of a bar, in the units of its view box


@dataclass(frozen=True)
class ToldStep:
    """A step for people: why it cannot be met today (None: it can), what met it, and where its days lie on the bar."""

    row: ConversionStep
    standing: Standing
    window: Window
    why: Refusal | None
    evidence: list[tuple[ConversionEvidence, ConversionContest | None]]
    law: list[str]
    span: tuple[int, int] | None
    mark: int | None

    @property
    def is_next(self) -> bool:
        """Whether somebody can act now."""
        return self.standing.met_on is None and self.why is None


def told(session: Session, conversion: Conversion) -> dict[str, Any]:
    """The facts of a conversion's pages."""
    all_ = standings(session, conversion)
    today = clock.today(conversion.zone)
    law = profile(conversion.law)
    windows = {key: window_of(each.step, all_) for key, each in all_.items()}
    days = [day for key, each in all_.items() for day in (each.day, windows[key].earliest, windows[key].latest) if day]
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
                _span(window, today, first, last),
                _at(standing.day, first, last),
            )
        )
    return {
        "conversion": conversion,
        "steps": steps,
        "law": law,
        "today": today,
        "first": first,
        "last": last,
        "now_at": _at(today, first, last),
        "way_back": _way_back(conversion),
        "met": sum(each.standing.met_on is not None for each in steps),
    }


def summary(session: Session, conversion: Conversion) -> dict[str, Any]:
    """A conversion for programs and terminals, in English: days as ISO 8601, `why` a step cannot be met today."""
    facts = told(session, conversion)
    named = ("slug", "title", "entity_name", "resulting_name", "law", "law_version", "zone")
    return {name: getattr(conversion, name) for name in named} | {
        "met": facts["met"],
        "steps": [
            {
                "key": each.row.key,
                "title": each.standing.step.kind.title.value,
                "who": each.standing.step.kind.who.value,
                "met_on": _iso(each.standing.met_on),
                "planned_on": _iso(each.standing.planned_on),
                "earliest": _iso(each.window.earliest),
                "latest": _iso(each.window.latest),
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
    """The days and deadlines of steps that are not met, as iCalendar (RFC 5545); every line ends with CRLF."""
    say = translator(lang)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Costake//Conversion//EN",
        f"X-WR-CALNAME:{_text(conversion.title)}",
    ]
    all_ = standings(session, conversion)
    for row in conversion.steps:
        standing = all_[row.key]
        window = window_of(standing.step, all_)
        day = standing.planned_on or window.latest or window.earliest
        if standing.met_on is not None or day is None:
            continue
        lines += [
            "BEGIN:VEVENT",
            f"UID:conversion-{conversion.id}-{row.key}@{settings().base_url.partition('://')[2]}",
            f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(say(standing.step.kind.title.value))}",
            f"URL:{settings().base_url.rstrip('/')}/conversions/{conversion.slug}",
            "END:VEVENT",
        ]
    return "".join(f"{piece}\r\n" for line in [*lines, "END:VCALENDAR"] for piece in _folded(line))


def _way_back(conversion: Conversion) -> list[str]:
    """How hard it is to become a company again, as the law of the new form says it; empty where none is kept."""
    target = plan_of(conversion.law).target
    law = profile(target) if target else None
    return list(as_lines(law.values["demutualise"].data)) if law and "demutualise" in law.values else []


def _law_lines(law: Profile, key: str) -> list[str]:
    return list(as_lines(law.value(key).data)) if key else []


def _span(window: Window, today: date, first: date, last: date) -> tuple[int, int] | None:
    """Where the days lie on which a step may be met by its clocks: start and width."""
    if window.earliest is None and window.latest is None:
        return None
    start, end = _at(window.earliest or first, first, last), _at(window.latest or last, first, last)
    assert start is not None and end is not None, "both are days"
    return (start, max(end - start, 4))


def _at(day: date | None, first: date, last: date) -> int | None:
    return None if day is None else WIDTH * (day - first).days // max(1, (last - first).days)


def _text(words: str) -> str:
    for mark in ("\\", ";", ","):
        words = words.replace(mark, f"\\{mark}")
    return words.replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """A line in pieces of at most 75 bytes; those after the first begin with a space."""
    pieces, piece = [], ""
    for char in line:
        if len((piece + char).encode()) > 74:
            pieces.append(piece)
            piece = " "
        piece += char
    return [*pieces, piece]
