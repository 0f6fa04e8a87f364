"""Reading recorded votes in bulk: turnout, and for all items the weights of equal answers, in one statement each."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.ballots.casting.stores import Group, Store, Turnout, register_store
from app.ballots.drafting import Item
from app.ballots.models import Ballot, Casting

# A vote counts that no later one replaces, of an elector who was not struck off.
_COUNTS = """
    v.ballot_id = :ballot_id
    AND NOT EXISTS (SELECT FROM ballot_vote later WHERE later.replaces_id = v.id)
    AND NOT EXISTS (SELECT FROM roll_correction struck WHERE struck.struck_id = v.elector_id)"""

_TURNOUT = f"""
    SELECT count(*), coalesce(sum(e.weight), 0)::bigint, coalesce(sum(e.shares), 0)::bigint
    FROM ballot_vote v JOIN elector e ON e.id = v.elector_id WHERE {_COUNTS}"""

# Where weights are not shares nothing is split, so a part is either the whole elector or so many shares.
_GROUPS = f"""
    SELECT p.item_id, p.answer, e.kind, e.college, count(*), sum(p.weight)::bigint,
        sum(CASE WHEN p.weight = e.weight THEN e.shares ELSE p.weight END)::bigint
    FROM ballot_vote v JOIN elector e ON e.id = v.elector_id JOIN ballot_vote_part p ON p.vote_id = v.id
    WHERE {_COUNTS}
    GROUP BY p.item_id, p.answer, e.kind, e.college ORDER BY p.item_id, p.answer, e.kind, e.college"""


def turnout(session: Session, ballot: Ballot) -> Turnout:
    """Who took part so far; says nothing of what they voted."""
    count, weight, shares = session.execute(text(_TURNOUT), {"ballot_id": ballot.id}).one()
    return Turnout(count, weight, shares)


def groups(session: Session, ballot: Ballot, items: Sequence[Item]) -> dict[int, list[Group]]:
    """What was said to each of some items, equal answers of equal electors together."""
    found: dict[int, list[Group]] = {item.id: [] for item in items}
    for item_id, *said in session.execute(text(_GROUPS), {"ballot_id": ballot.id}):
        if item_id in found:
            found[item_id].append(Group(*said))
    return found


register_store(Casting.RECORDED, Store(turnout, groups))
