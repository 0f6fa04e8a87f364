"""Finding whom a page or a program names: the record of an id, or whoever is known by an address."""

from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.members.models import Person
from app.members.persons import find_person
from app.members.roles import UnknownPerson


def one(session: Session, person_id: int) -> Person:
    """The record of an id; else `NotFound`."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound
    return person


def known(session: Session, email: str) -> Person:
    """Whoever signs in by an address; else `UnknownPerson`."""
    person = find_person(session, email)
    if person is None:
        raise UnknownPerson(who=email)
    return person
