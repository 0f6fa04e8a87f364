"""Entering: a record of a person or organization that is not known yet."""

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.members.models import Person
from app.members.persons import find_person, known_person, new_person


class KnownAlready(Refusal):
    """The address belongs to a record."""

    message = N_("Somebody is known by this address already. Search for it, and record the change there.")
    status = 409
    field = "email"


def enter_person(session: Session, email: str | None, language: str) -> Person:
    """A new record: of whoever signs in by a normalised e-mail address, or without one of who does not sign in."""
    if not email:
        return new_person(session, language)
    if find_person(session, email) is not None:
        raise KnownAlready
    return known_person(session, email, language)
