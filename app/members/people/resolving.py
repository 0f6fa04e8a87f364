"""Resolving: which records are one person while merges stand; everything else asks here, and nothing is moved."""

from collections.abc import Collection

from sqlalchemy import BigInteger, Select, TextualSelect, bindparam, select, text
from sqlalchemy.orm import Session

from app.core import clock
from app.members.models import Person
from app.members.people.asof import CANONICAL, same_sql
from app.members.people.models import PersonMerge, PersonUnmerge


def standing_merge(session: Session, absorbed_id: int) -> PersonMerge | None:
    """The merge that absorbs a record now."""
    return session.scalars(_standing().where(PersonMerge.absorbed_id == absorbed_id)).first()


def standing_merges_into(session: Session, survivor_id: int) -> list[PersonMerge]:
    """The merges that stand with a record as their survivor, in order."""
    return list(session.scalars(_standing().where(PersonMerge.survivor_id == survivor_id).order_by(PersonMerge.id)))


def canonical_person(session: Session, person_id: int) -> Person:
    """The record under which a person is known now: the survivor at the end of the merges that stand, or itself."""
    merge = standing_merge(session, person_id)
    while merge is not None:
        person_id = merge.survivor_id
        merge = standing_merge(session, person_id)
    return session.get_one(Person, person_id)


def same_person(person_id: int) -> TextualSelect:
    """A subquery of the ids of every record that is the same person as this one, itself included.

    Use it as `column.in_(same_person(id))`. It is text because nearly every request asks it several times, and
    putting it together from tables took longer than the answer.
    """
    return _SAME_PERSON.bindparams(bindparam("person_id", person_id, BigInteger, unique=True)).columns(id=BigInteger)


def same_people(session: Session, person_ids: Collection[int]) -> dict[int, set[int]]:
    """Of each of some records the ids of every record that is the same person, itself included."""
    places = {"ids": list(person_ids), "known_at": clock.now()}
    return {row.id: set(row.same) for row in session.execute(_SAME_PEOPLE, places)}


_SAME_PERSON = text("""
    WITH RECURSIVE standing AS (
        SELECT absorbed_id, survivor_id FROM person_merge
        WHERE NOT EXISTS (SELECT FROM person_unmerge WHERE merge_id = person_merge.id)
    ), up AS (
        SELECT id FROM person WHERE id = :person_id
        UNION ALL SELECT survivor_id FROM standing JOIN up ON absorbed_id = up.id
    ), down AS (
        SELECT id FROM up
        UNION SELECT absorbed_id FROM standing JOIN down ON survivor_id = down.id
    ) SELECT id FROM down
""")


_SAME_PEOPLE = text(f"""
    WITH {CANONICAL}
    SELECT p.id, coalesce(same.ids, ARRAY[p.id]) AS same
    FROM unnest(CAST(:ids AS bigint[])) AS p (id) {same_sql("p.id")}
""")  # noqa: S608  (fixed text)


def _standing() -> Select[PersonMerge]:
    return (
        select(PersonMerge)
        .outerjoin(PersonUnmerge, PersonUnmerge.merge_id == PersonMerge.id)
        .where(PersonUnmerge.merge_id.is_(None))
    )
