"""Reminding whoever must act: steps that can be met now and whose day is near or past, in one letter a week at most."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversion.plan.gating import Standing, deadlines, why_not, window_of
from app.conversion.plan.meeting import standings
from app.conversion.plan.models import Conversion
from app.core import clock
from app.law.plans.steps import Evidence, Who
from app.letters.models import Letter
from app.letters.writing import write
from app.members.models import Person
from app.members.roles import Role, people_in

LETTER = "conversion-due"
NEAR = timedelta(days=14)
AGAIN = timedelta(days=7)
ROLES = {Who.SECRETARY: Role.SECRETARY, Who.TREASURER: Role.TREASURER}
"""Whose desk a step is; the organizers see to it that everybody else acts."""


def remind(session: Session) -> None:
    """Write to those who must act in any conversion; harmless when repeated."""
    for conversion in session.scalars(select(Conversion).order_by(Conversion.id)):
        due = due_steps(session, conversion)
        for role, steps in _by_role(session, due).items():
            for person in people_in(session, role):
                _write(session, conversion, person, steps)


def due_steps(session: Session, conversion: Conversion) -> list[tuple[Standing, date]]:
    """Steps that can be met today, by which day: the last to which it can slip, or the one that was planned.

    Those that only time meets wait until their day has come.
    """
    all_, today = standings(session, conversion), clock.today(conversion.zone)
    slips = deadlines(all_)
    found = []
    for each in all_.values():
        if each.met_on is not None or why_not(each.step, all_, today) is not None:
            continue
        window = window_of(each.step, all_)
        days = [day for day in (slips.get(each.step.key), each.planned_on) if day is not None]
        if each.step.kind.meets == (Evidence.DAY,) and not days:
            days = [window.earliest or today]
        if days and min(days) <= today + NEAR:
            found.append((each, min(days)))
    return found


def _by_role(session: Session, due: Sequence[tuple[Standing, date]]) -> dict[Role, list[tuple[Standing, date]]]:
    """The steps of each role; an office that nobody holds falls to the organizers."""
    found: dict[Role, list[tuple[Standing, date]]] = {}
    for standing, day in due:
        role = ROLES.get(standing.step.kind.who, Role.ORGANIZER)
        held = role if people_in(session, role) else Role.ORGANIZER
        found.setdefault(held, []).append((standing, day))
    return found


def _write(session: Session, conversion: Conversion, person: Person, steps: Sequence[tuple[Standing, date]]) -> None:
    lately = (
        select(Letter.id)
        .where(
            Letter.name == LETTER,
            Letter.person_id == person.id,
            Letter.facts["slug"].astext == conversion.slug,
            Letter.written_at > clock.now() - AGAIN,
        )
        .limit(1)
    )
    if session.scalar(lately) is None:
        told = [{"title": each.step.kind.title.value, "day": day.isoformat()} for each, day in steps]
        facts = {"slug": conversion.slug, "title": conversion.title, "steps": told}
        write(session, LETTER, person.email, person.language, person.id, **facts)
