"""Counting a ballot of millions of recorded votes, against one bare SQL aggregate over the same rows.

`--size` votes on one motion are filled in by bulk SQL: a hundredth of them replaced by a later one, a thousandth of
electors struck off. `ours` is the product's count with everything that it says: turnout, the whole, patrons apart,
weights and shares, the decision. `limit` is one statement that adds up the same figures of each answer over the same
three tables, without looking for what was replaced or struck off; `one_table_alone_seconds` adds up the weights without
their electors. Memory is the peak of our process before and after.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable

from sqlalchemy import text

from app.ballots.drafting import find_ballot
from app.ballots.electorate.models import Electorate
from app.ballots.result.facts import result_facts
from app.core import clock
from app.core.database import reading, transaction
from scripts.benchmarks._electorates import BATCH, bulk, open_large, settle
from tests.ballots import halls

ROUNDS = 3

_VOTES = """
WITH votes AS (
    INSERT INTO ballot_vote (ballot_id, elector_id, form_key, channel, cast_at, cast_by)
    SELECT ballot_id, id, 'bench-' || id, 'online', :cast_at, person_id FROM elector
    WHERE ballot_id = :ballot_id AND name LIKE 'Bench %' AND number BETWEEN :first AND :last RETURNING id, elector_id
)
INSERT INTO ballot_vote_part (vote_id, item_id, answer, weight)
SELECT v.id, :item_id, CASE WHEN e.number % 9 = 0 THEN 'abstain' WHEN e.number % 5 < 3 THEN 'for' ELSE 'against' END,
    e.weight
FROM votes v JOIN elector e ON e.id = v.elector_id
"""
_CHANGED = """
WITH votes AS (
    INSERT INTO ballot_vote (ballot_id, elector_id, replaces_id, form_key, channel, cast_at, cast_by)
    SELECT v.ballot_id, v.elector_id, v.id, 'again-' || v.id, 'online', :cast_at, v.cast_by
    FROM ballot_vote v JOIN elector e ON e.id = v.elector_id WHERE e.number % 100 = 0 RETURNING id, elector_id
)
INSERT INTO ballot_vote_part (vote_id, item_id, answer, weight)
SELECT v.id, :item_id, 'against', e.weight FROM votes v JOIN elector e ON e.id = v.elector_id
"""
_STRUCK = """
INSERT INTO roll_correction (ballot_id, struck_id, reason, corrected_at, proposed_by, approved_by)
SELECT ballot_id, id, 'bench', :cast_at, person_id, person_id FROM elector WHERE number % 1000 = 1 AND number > 1
"""
_BARE = """
SELECT p.answer, e.kind, e.college, count(*), sum(p.weight), sum(e.shares) FROM ballot_vote v
JOIN elector e ON e.id = v.elector_id JOIN ballot_vote_part p ON p.vote_id = v.id
WHERE p.item_id = :item_id GROUP BY p.answer, e.kind, e.college
"""
_PARTS_ALONE = "SELECT answer, sum(weight) FROM ballot_vote_part WHERE item_id = :item_id GROUP BY answer"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench tally", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="votes filled in (default: %(default)s)")
    size = max(parser.parse_args(arguments).size, 20)
    item_id = _fill(size)
    before = _memory_mb()
    ours = _seconds(_count)
    after = _memory_mb()
    bare = _seconds(lambda: _ask(_BARE, item_id))
    parts = _seconds(lambda: _ask(_PARTS_ALONE, item_id))
    print(
        json.dumps(
            {
                "bench": "tally", "size": size, "ours": round(size / ours), "limit": round(size / bare),
                "unit": "votes/s", "ratio": round(bare / ours, 3), "seconds": round(ours, 3),
                "limit_seconds": round(bare, 3), "one_table_alone_seconds": round(parts, 3),
                "rss_mb_before": before, "rss_mb": after,
            }
        )
    )  # fmt: skip


def _fill(size: int) -> int:
    started = time.perf_counter()
    with transaction() as session:
        halls.members(session)
    ballot_id = open_large(size)
    with reading() as session:
        item_id = int(session.execute(text("SELECT id FROM ballot_item")).scalar_one())
    values = {"ballot_id": ballot_id, "item_id": item_id, "cast_at": halls.WHILE_OPEN}
    with bulk("ballot_vote", "ballot_vote_part") as connection:
        for first in range(1, size + 1, BATCH):
            connection.execute(text(_VOTES), values | {"first": first, "last": min(first + BATCH - 1, size)})
        connection.execute(text(_CHANGED), values)
        connection.execute(text(_STRUCK), values)
    settle("ballot_vote", "ballot_vote_part", "roll_correction")
    with transaction() as session:
        halls.closed(session)
    print(f"{size} votes filled in {time.perf_counter() - started:.0f} s", flush=True)
    return item_id


def _count() -> None:
    with reading() as session, clock.at(halls.CLOSES):
        ballot = find_ballot(session, halls.SLUG)
        facts = result_facts(session, ballot, session.get_one(Electorate, ballot.id), "seed")
    counted, took_part = facts["items"][0]["counts"]["all"], facts["turnout"]
    assert sum(counted.values()) == took_part["weight"], "the count lost a vote"


def _ask(statement: str, item_id: int) -> None:
    with reading() as session:
        session.execute(text(statement), {"item_id": item_id}).all()


def _seconds(act: Callable[[], None]) -> float:
    """The middle of some runs."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        act()
        taken.append(time.perf_counter() - started)
    return sorted(taken)[ROUNDS // 2]


def _memory_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
