"""The store of secret ballots: turnout from the list of who took part, figures from the papers once they are open."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.ballots.casting.stores import Group, Store, Turnout, register_store
from app.ballots.drafting import Item
from app.ballots.electorate.reading import totals_now
from app.ballots.models import Ballot, Casting
from app.ballots.secret.box.reading import forget_box
from app.ballots.secret.judging import check_groups
from app.ballots.secret.keys import make_ballot_key
from app.ballots.secret.models import UrnsEmptied
from app.ballots.secret.opening import is_opened
from app.ballots.secret.urns import empty, set_up
from app.core import audit, clock
from app.core.errors import N_, Refusal

_TURNOUT = """
    SELECT count(*), coalesce(sum(e.weight), 0)::bigint, coalesce(sum(e.shares), 0)::bigint
    FROM participation p JOIN elector e ON e.id = p.elector_id WHERE p.ballot_id = :ballot_id"""

# Every paper is one vote, and no paper says how many shares are behind it.
_GROUPS = """
    SELECT answers->>CAST(:item AS text) AS answer, kind, college, count(*), count(*), 0
    FROM opened_paper WHERE ballot_id = :ballot_id
    GROUP BY answer, kind, college ORDER BY answer, kind, college"""


class StillSealed(Refusal):
    """Papers are counted once two tellers have opened them."""

    message = N_("The papers are still sealed. Two tellers use their keys first, at the desk of this ballot.")
    status = 409


def turnout(session: Session, ballot: Ballot) -> Turnout:
    """Who took part so far."""
    count, weight, shares = session.execute(text(_TURNOUT), {"ballot_id": ballot.id}).one()
    return Turnout(count, weight, shares)


def groups(session: Session, ballot: Ballot, items: Sequence[Item]) -> dict[int, list[Group]]:
    """What the papers say to each of some items, equal answers of one group together."""
    if not is_opened(session, ballot):
        raise StillSealed
    return {item.id: _groups(session, ballot, item) for item in items}


def _groups(session: Session, ballot: Ballot, item: Item) -> list[Group]:
    rows = session.execute(text(_GROUPS), {"ballot_id": ballot.id, "item": str(item.id)})
    return [Group(*row) for row in rows]


def opens(session: Session, ballot: Ballot) -> None:
    """Make the key of a ballot that opens, and its urns; refuses without tellers' keys or with a group too small."""
    check_groups(session, ballot)
    make_ballot_key(session, ballot)
    set_up(session, ballot, totals_now(session, ballot).electors)


def closes(session: Session, ballot: Ballot) -> None:
    """Empty the urns of a ballot that closes, and keep the hash of what was in them before anybody can read it."""
    forget_box(session, ballot)
    papers, sha256 = empty(session, ballot)
    session.add(UrnsEmptied(ballot_id=ballot.id, papers=papers, sha256=sha256, emptied_at=clock.now()))
    session.flush()
    audit.record(session, audit.Tag.URNS_EMPTIED, ballot.subject, by=None, papers=papers, sha256=sha256)


def facts(session: Session, ballot: Ballot) -> dict[str, Any]:
    """What was in the urns, so that whoever signs the result signs that too."""
    row = session.get_one(UrnsEmptied, ballot.id)
    return {"urns": {"papers": row.papers, "sha256": row.sha256}}


register_store(Casting.SECRET, Store(turnout, groups, opens, closes, facts))
