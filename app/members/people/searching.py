"""Searching people at the desk: by words of their name, e-mail address, telephone or member number."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.members.entering import memberships_of
from app.members.models import Membership, Particulars, Person
from app.members.people.likeness import words
from app.members.people.models import PersonKey
from app.members.people.resolving import standing_merge
from app.members.persons import particulars_on

PAGE_SIZE = 25


@dataclass(frozen=True)
class Found:
    """One record as the list shows it; `merged_into` is the record that it is part of."""

    person: Person
    known: Particulars | None
    numbers: list[int]
    merged_into: int | None


def search(session: Session, text: str, number: int) -> tuple[list[Found], int]:
    """A page (from 1) of the records that a text finds, all of them for "", and how many there are.

    Every word must begin a word of a name; a text with @ begins an e-mail address, digits are a member number or the
    beginning of a telephone number with its +.
    """
    matching = _matching(text)
    count = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    ids = session.scalars(matching.order_by(Person.id.desc()).offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    return [as_found(session, session.get_one(Person, each)) for each in ids], count


def found_before(session: Session, text: str, before: int | None, most: int) -> list[Found]:
    """The records that a text finds, the newest first, beginning before the one with an id."""
    matching = _matching(text).order_by(Person.id.desc()).limit(most)
    ids = session.scalars(matching.where(Person.id < before) if before is not None else matching).all()
    return [as_found(session, session.get_one(Person, each)) for each in ids]


def _matching(text: str) -> Select[int]:
    sought = text.strip()
    if sought.isascii() and sought.isdigit() and len(sought) < 19:
        return select(Person.id).where(
            Person.id.in_(select(Membership.person_id).where(Membership.number == int(sought)))
        )
    if "@" in sought:
        return _with_keys([f"mail:{sought.casefold()}"])
    if sought.startswith("+"):
        return _with_keys(["phone:+" + "".join(filter(str.isdigit, sought))])
    return _with_keys([f"word:{word}" for word in words(sought)[:10]])


def _with_keys(beginnings: list[str]) -> Select[int]:
    found = select(Person.id)
    for beginning in beginnings:
        keyed = select(PersonKey.person_id).where(PersonKey.key.startswith(beginning, autoescape=True))
        found = found.where(Person.id.in_(keyed))
    return found


def as_found(session: Session, person: Person) -> Found:
    """A record as a search finds it."""
    merge = standing_merge(session, person.id)
    return Found(
        person=person,
        known=particulars_on(session, person.id, clock.today()),
        numbers=[membership.number for membership, _ in memberships_of(session, person.id)],
        merged_into=merge.survivor_id if merge else None,
    )
