"""Naming many people for a list by two questions to the database, each as `name_of` names one."""

from collections.abc import Iterable

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import clock
from app.members.models import Person
from app.members.people.asof import CANONICAL, same_sql
from app.members.persons import called
from app.members.restricting import HIDDEN

_NAMES = text(f"""
    WITH {CANONICAL}
    SELECT p.id, known.legal_name FROM person p {same_sql("p.id")}
    CROSS JOIN LATERAL (
        SELECT legal_name FROM particulars k WHERE k.person_id = ANY (coalesce(same.ids, ARRAY[p.id]))
            AND valid_from <= :day AND NOT EXISTS (SELECT FROM restriction WHERE person_id = k.person_id)
        ORDER BY valid_from DESC, k.id DESC LIMIT 1
    ) known
    WHERE p.id = ANY (:ids)
""")  # noqa: S608  (fixed text)


def names_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """The present names of some people, by id."""
    ids = sorted(set(person_ids))
    if not ids:
        return {}
    places = {"ids": ids, "day": clock.today(), "known_at": clock.now()}
    known = {row.id: row.legal_name for row in session.execute(_NAMES, places)}
    people = session.scalars(select(Person).where(Person.id.in_(ids)))
    return {each.id: known.get(each.id) or (HIDDEN if each.restricted else called(each)) for each in people}
