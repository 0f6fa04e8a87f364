"""Reminding whoever must act of the co-operative's duties: near or past their day, in one letter a week at most."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversion.after.telling import ToldDuty, told_duties
from app.conversion.plan.models import Conversion
from app.conversion.plan.reminding import AGAIN, ROLES
from app.core import clock
from app.letters.models import Letter
from app.letters.writing import write
from app.members.models import Person
from app.members.roles import Role, people_in

LETTER = "duty-due"
NEAR = timedelta(days=30)


def remind_of_duties(session: Session) -> None:
    """Write to those who must act for any co-operative; harmless when repeated."""
    for conversion in session.scalars(select(Conversion).order_by(Conversion.id)):
        until = clock.today(conversion.zone) + NEAR
        near = [each for each in told_duties(session, conversion) if each.evidence is None and each.due.due_on <= until]
        by_role: dict[Role, list[ToldDuty]] = {}
        for each in near:
            role = ROLES.get(each.due.duty.who, Role.ORGANIZER)
            by_role.setdefault(role if people_in(session, role) else Role.ORGANIZER, []).append(each)
        for role, duties in by_role.items():
            for person in people_in(session, role):
                _write(session, conversion, person, duties)


def _write(session: Session, conversion: Conversion, person: Person, duties: Sequence[ToldDuty]) -> None:
    lately = select(Letter.id).where(
        Letter.name == LETTER,
        Letter.person_id == person.id,
        Letter.facts["slug"].astext == conversion.slug,
        Letter.written_at > clock.now() - AGAIN,
    )
    if session.scalar(lately.limit(1)) is None:
        told = [{"title": each.due.duty.title.value, "day": each.due.due_on.isoformat()} for each in duties]
        facts = {"slug": conversion.slug, "organization_name": conversion.resulting_name, "duties": told}
        write(session, LETTER, person.email, person.language, person.id, **facts)
