"""Sealing what only few may read: birth date and tax number, encrypted in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.cipher import blind_index
from app.core.errors import N_, Refusal
from app.members.entering import locked_holder
from app.members.models import Person
from app.members.people.asof import CANONICAL, same_sql
from app.members.people.keying import keep_keys
from app.members.people.likeness import Traits
from app.members.people.models import PersonPrivate
from app.members.people.resolving import same_person

PURPOSE = "person_private.born_on"

_TAXED = text(f"""
    WITH {CANONICAL} SELECT asked.id FROM unnest(CAST(:ids AS bigint[])) AS asked (id) {same_sql("asked.id")}
    JOIN LATERAL (
        SELECT tax_number FROM person_private WHERE person_id = ANY (coalesce(same.ids, ARRAY[asked.id]))
        ORDER BY id DESC LIMIT 1
    ) latest ON latest.tax_number IS NOT NULL
""")  # noqa: S608  (only constants of ours)


class BornLater(Refusal):
    """The birth date lies ahead."""

    message = N_("The birth date lies in the future.")
    field = "born_on"


@dataclass(frozen=True)
class Private:
    """What is sealed of a person."""

    born_on: date | None
    tax_number: str


def record_private(session: Session, person: Person, what: Private, *, by: int | None) -> None:
    """Record birth date and tax number; nothing is written when they are known already."""
    if what.born_on and what.born_on > clock.today():
        raise BornLater
    holder = locked_holder(session, person.id)
    if private_of(session, holder.id) == what:
        return
    index = blind_index(PURPOSE, what.born_on.isoformat()) if what.born_on else None
    row = PersonPrivate(
        person_id=holder.id,
        born_on=what.born_on.isoformat() if what.born_on else None,
        tax_number=what.tax_number or None,
        born_index=index,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.PRIVATE_RECORDED, f"person:{holder.id}", by=by)
    keep_keys(session, holder.id, Traits("", born=index))


def private_of(session: Session, person_id: int) -> Private:
    """Birth date and tax number as recorded last."""
    row = _latest(session, person_id)
    if row is None:
        return Private(None, "")
    return Private(date.fromisoformat(row.born_on) if row.born_on else None, row.tax_number or "")


def with_tax_number(session: Session, person_ids: Iterable[int]) -> set[int]:
    """Those of many persons whose tax number is on record; nothing is opened."""
    return set(session.scalars(_TAXED, {"ids": list(person_ids), "known_at": clock.now()}))


def born_index_of(session: Session, person_id: int) -> bytes | None:
    """By what equal birth dates are known, without opening them."""
    row = _latest(session, person_id)
    return bytes(row.born_index) if row and row.born_index else None


def _latest(session: Session, person_id: int) -> PersonPrivate | None:
    return session.scalars(
        select(PersonPrivate)
        .where(PersonPrivate.person_id.in_(same_person(person_id)))
        .order_by(PersonPrivate.id.desc())
        .limit(1)
    ).first()
