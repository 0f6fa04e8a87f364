"""Who sees which ballot, by page or token: members and staff, whoever is on its roll, whoever holds a letter's link."""

from collections.abc import Iterator
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.drafting import find_ballot
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import elector_of, electors_for
from app.ballots.models import Ballot, BallotState
from app.ballots.proxies.reading import proxies_of
from app.ballots.telling import read_link
from app.core.errors import NotFound


class Onlooker(Protocol):
    """Whoever looks at ballots, signed in or by a token: who they are, and their roles for one."""

    @property
    def person_id(self) -> int:
        """The person's row."""

    def roles_for(self, subject: str) -> frozenset[str]:
        """The roles that count for a subject."""


def sees(session: Session, ballot: Ballot, viewer: Onlooker) -> bool:
    """Members, staff, whoever is on the roll or acts for somebody who is, and whoever was named as a proxy."""
    if viewer.roles_for(ballot.subject) or electors_for(session, ballot, viewer.person_id):
        return True
    return bool(proxies_of(session, ballot, holder=viewer.person_id))


def seen_ballot(session: Session, viewer: Onlooker, slug: str) -> Ballot:
    """The ballot of an address, once notice was given; `NotFound` for whoever does not see it."""
    ballot = find_ballot(session, slug)
    if ballot.state == BallotState.DRAFT or not sees(session, ballot, viewer):
        raise NotFound
    return ballot


def ballots_seen(session: Session, viewer: Onlooker, *, before: int | None = None) -> Iterator[Ballot]:
    """The ballots that somebody sees, the newest first, from the one before a number on."""
    rows = select(Ballot).where(Ballot.state != BallotState.DRAFT).order_by(Ballot.id.desc())
    if before is not None:
        rows = rows.where(Ballot.id < before)
    return (ballot for ballot in session.scalars(rows).all() if sees(session, ballot, viewer))


def own_elector(session: Session, viewer: Onlooker, elector_id: int) -> tuple[Ballot, Elector]:
    """An elector for whom the viewer votes, with the ballot; else `NotFound`."""
    line = session.get(Elector, elector_id)
    ballot = session.get(Ballot, line.ballot_id) if line is not None else None
    mine = {each.id: each for each in electors_for(session, ballot, viewer.person_id)} if ballot is not None else {}
    if ballot is None or elector_id not in mine:
        raise NotFound
    return ballot, mine[elector_id]


def elector_of_link(session: Session, token: str) -> tuple[Ballot, Elector, int]:
    """The elector whom a letter's link is for, with the ballot and the person to whom it was sent; else `NotFound`."""
    found = read_link(token)
    line = session.get(Elector, found[0]) if found else None
    if found is None or line is None:
        raise NotFound
    ballot = session.get_one(Ballot, line.ballot_id)
    return ballot, elector_of(session, ballot, line.id), found[1]
