"""Reading recorded votes in bulk: turnout, and for each item the weights of equal answers, in one statement each."""

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
    SELECT p.answer, e.kind, e.college, count(*), sum(p.weight)::bigint,
        sum(CASE WHEN p.weight = e.weight THEN e.shares ELSE p.weight END)::bigint
    FROM ballot_vote v JOIN elector e ON e.id = v.elector_id JOIN ballot_vote_part p ON p.vote_id = v.id
    WHERE p.item_id = :item_id AND {_COUNTS}
    GROUP BY p.answer, e.kind, e.college ORDER BY p.answer, e.kind, e.college"""


def turnout(session: Session, ballot: Ballot) -> Turnout:
    """Who took part so far; says nothing of what they voted."""
    count, weight, shares = session.execute(text(_TURNOUT), {"ballot_id": ballot.id}).one()
    return Turnout(count, weight, shares)


def groups(session: Session, ballot: Ballot, item: Item) -> list[Group]:
    """What was said to an item, equal answers of equal electors together."""
    rows = session.execute(text(_GROUPS), {"ballot_id": ballot.id, "item_id": item.id})
    return [Group(*row) for row in rows]


register_store(Casting.RECORDED, Store(turnout, groups))
