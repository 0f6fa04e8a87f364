"""Who sees which ballot over HTTP: members and staff, whoever is on its roll, and whoever holds the letter's link."""

from sqlalchemy.orm import Session

from app.ballots.drafting import find_ballot
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import elector_of, electors_for
from app.ballots.models import Ballot, BallotState
from app.ballots.proxies.reading import proxies_of
from app.ballots.telling import read_link
from app.core.errors import NotFound
from app.members.access import SignedInViewer


def sees(session: Session, ballot: Ballot, viewer: SignedInViewer) -> bool:
    """Members, staff, whoever is on the roll or acts for somebody who is, and whoever was named as a proxy."""
    if viewer.roles_for(ballot.subject) or electors_for(session, ballot, viewer.person_id):
        return True
    return bool(proxies_of(session, ballot, holder=viewer.person_id))


def seen_ballot(session: Session, viewer: SignedInViewer, slug: str) -> Ballot:
    """The ballot of an address, once notice was given; `NotFound` for whoever does not see it."""
    ballot = find_ballot(session, slug)
    if ballot.state == BallotState.DRAFT or not sees(session, ballot, viewer):
        raise NotFound
    return ballot


def own_elector(session: Session, viewer: SignedInViewer, elector_id: int) -> tuple[Ballot, Elector]:
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
