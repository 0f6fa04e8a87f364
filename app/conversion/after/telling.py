"""Telling the co-operative's duties: what is done, due soon or late, for pages, programs and calendars."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversion.after.counting import Due
from app.conversion.after.models import DutyEvidence
from app.conversion.after.ticking import due, ticked, year_of
from app.conversion.plan.gating import began_on
from app.conversion.plan.meeting import standings
from app.conversion.plan.models import Conversion
from app.core import clock, icalendar
from app.core.language import translator
from app.distributions.models import Distribution, DistributionEnd
from app.law.sources import source


@dataclass(frozen=True)
class ToldDuty:
    """A duty of a period with what ticked it; `late` when its day is over and nothing did."""

    due: Due
    evidence: DutyEvidence | None
    late: bool
    sources: list[str]


def duty_facts(session: Session, conversion: Conversion) -> dict[str, Any]:
    """The page of duties: what is open first by its day, then what is done, the latest first."""
    year, today = year_of(session, conversion), clock.today(conversion.zone)
    rows = told_duties(session, conversion)
    return {
        "conversion": conversion,
        "year": year,
        "since": began_on(standings(session, conversion)),
        "today": today,
        "open_duties": [each for each in rows if each.evidence is None],
        "done_duties": [each for each in reversed(rows) if each.evidence is not None],
        "distributions": _declared(session),
    }


def told_duties(session: Session, conversion: Conversion) -> list[ToldDuty]:
    """Every duty by its day; none while it is no co-operative or nobody said when its year ends."""
    today = clock.today(conversion.zone)
    if began_on(standings(session, conversion)) is None or year_of(session, conversion) is None:
        return []
    done = ticked(session, conversion)
    found = []
    for each in due(session, conversion):
        evidence = done.get((each.duty.key, each.period_end))
        sources = [source(id_).ref for id_ in each.duty.sources]
        found.append(ToldDuty(each, evidence, evidence is None and each.due_on < today, sources))
    return found


def duty_calendar(session: Session, conversion: Conversion, lang: str) -> str:
    """The duties that are not done, as iCalendar."""
    say = translator(lang)
    entries = [
        icalendar.Entry(
            f"duty-{conversion.id}-{each.due.duty.key}-{each.due.period_end:%Y%m%d}",
            each.due.due_on,
            say(each.due.duty.title.value),
            f"/conversions/{conversion.slug}/duties",
            each.due.duty.basis,
        )
        for each in told_duties(session, conversion)
        if each.evidence is None
    ]
    return icalendar.feed(conversion.resulting_name, entries)


def _declared(session: Session) -> list[Distribution]:
    ended = select(DistributionEnd.distribution_id)
    rows = select(Distribution).where(Distribution.id.not_in(ended)).order_by(Distribution.id.desc()).limit(50)
    return list(session.scalars(rows))
