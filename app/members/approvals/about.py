"""What a proposal is about, for people: each kind of subject is told by the room that keeps it, with its desk page."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.members.models import Membership, Person
from app.members.persons import name_of


@dataclass(frozen=True)
class About:
    """What a subject is called, in the reader's language, and the page of the desk that shows it."""

    title: str
    path: str


Tell = Callable[[Session, str, str], About | None]

_KINDS: dict[str, Tell] = {}


def tell_of(kind: str, tell: Tell) -> None:
    """Say how subjects `kind:name` are told: `tell(session, name, lang)`, None where there is no such thing."""
    assert _KINDS.setdefault(kind, tell) is tell, f"{kind} is told already"


def about(session: Session, subject: str, lang: str) -> About | None:
    """What a subject is for people; None for a kind that nobody tells of."""
    kind, _, name = subject.partition(":")
    return _KINDS[kind](session, name, lang) if kind in _KINDS else None


def row_of(name: str) -> int:
    """The number of a row in a subject's name; 0, which none has, for anything else."""
    return int(name) if name.isascii() and name.isdigit() and len(name) < 19 else 0


def _person(session: Session, name: str, _lang: str) -> About | None:
    person = session.get(Person, row_of(name))
    return About(name_of(session, person), f"/desk/people/{person.id}") if person else None


def _member(session: Session, name: str, _lang: str) -> About | None:
    member = session.scalars(select(Membership).where(Membership.number == row_of(name))).first()
    return About(f"№ {name}: {name_of(session, member.person)}", f"/desk/people/{member.person_id}") if member else None


tell_of("person", _person)
tell_of("member", _member)
