"""Who acts on the command line: a person who is known here, named by e-mail address for the record."""

from typing import TYPE_CHECKING

import click

from app.core.errors import N_, Refusal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.members.models import Person

BY = click.option(
    "--by", "email", required=True, help="Your e-mail address; another person approves it at the desk or by the API."
)
"""The option of whoever proposes; the second of two people is never taken at the word of a shell."""


class UnknownActor(Refusal):
    """Nobody is known by the address of who acts."""

    message = N_("Nobody is known by the address {email}. Acts are recorded with the person who did them.")


def actor(session: "Session", email: str) -> "Person":
    """The person of an e-mail address; raises `UnknownActor`."""
    from app.members.persons import find_person, normal_email

    found = find_person(session, normal_email(email))
    if found is None:
        raise UnknownActor(email=email[:80])
    return found
