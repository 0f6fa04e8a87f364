"""Publishing a roll: always by its hashes; by names, or names with votes, where terms and law let it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists
from sqlalchemy.orm import Session

from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import roll_of
from app.ballots.models import Ballot, RollShown
from app.core import audit
from app.core.errors import N_, NotFound, Refusal
from app.core.settings import settings
from app.members.restricting import Restriction

AT_ONCE = 100
AMOUNTS_OPEN = frozenset({"de"})
"""Laws that open to members how many shares each member holds; the others open names alone."""


class VotesNotOpen(Refusal):
    """The law opens names to members, and no amounts."""

    message = N_(
        "The law that is set for the register opens the members' names to members, not what each of them holds. "
        "Publish the names, or hashes only."
    )
    field = "roll_shown"


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the published list: the name is empty of who is restricted, `weight` None where it is not published."""

    elector_id: int
    number: int | None
    name: str
    kind: str
    college: str
    weight: int | None


def check_shown(roll_shown: str) -> None:
    """Refuse to publish more of a roll than the law that is set for the register opens to members."""
    if roll_shown == RollShown.VOTES and settings().register_law not in AMOUNTS_OPEN:
        raise VotesNotOpen


def names_of(session: Session, ballot: Ballot, *, by: int, after: int = 0, most: int = AT_ONCE) -> Sequence[Listed]:
    """The next lines of a roll that is published by names, from the one after a line on; each look is noted.

    Raises `NotFound` for a roll that is published by hashes only.
    """
    shown = ballot.terms.roll_shown
    if shown == RollShown.HASHES:
        raise NotFound
    hidden = exists().where(Restriction.person_id == Elector.person_id)
    lines = roll_of(ballot).order_by(None).order_by(Elector.id).where(Elector.id > after).limit(most)
    rows = session.execute(lines.add_columns(hidden)).all()
    audit.record(session, audit.Tag.REGISTER_INSPECTED, ballot.subject, by=by, after=after, lines=len(rows))
    return [
        Listed(
            line.id,
            line.number,
            "" if gone else line.name,
            line.kind,
            line.college,
            line.weight if shown == RollShown.VOTES else None,
        )
        for line, gone in rows
    ]
