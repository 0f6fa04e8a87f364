"""Resolving: which records are one person while merges stand; everything else asks here, and nothing is moved."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app.members.models import Person
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


def same_person(person_id: int) -> Select[int]:
    """A subquery of the ids of every record that is the same person as this one, itself included.

    Use it as `column.in_(same_person(id))`.
    """
    pairs = _standing().subquery()
    up = select(Person.id.label("id")).where(Person.id == person_id).cte(recursive=True)
    up = up.union_all(select(pairs.c.survivor_id).join(up, pairs.c.absorbed_id == up.c.id))
    again = aliased(pairs)
    down = select(up.c.id.label("id")).cte(recursive=True)
    down = down.union(select(again.c.absorbed_id).join(down, again.c.survivor_id == down.c.id))
    return select(down.c.id)


def _standing() -> Select[PersonMerge]:
    return (
        select(PersonMerge)
        .outerjoin(PersonUnmerge, PersonUnmerge.merge_id == PersonMerge.id)
        .where(PersonUnmerge.merge_id.is_(None))
    )
