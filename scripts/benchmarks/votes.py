"""Votes cast per second, recorded and secret, each in a transaction of its own, against bare SQL of the same rows.

`--size` electors vote on one motion, by the act behind the page: who may vote, the hours, the weight, the audit line;
a secret vote is sealed besides, and its urn rewritten. `limit` writes the rows of a recorded vote into copies of the
tables that have no trigger and no foreign key, a transaction each.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from functools import partial

from sqlalchemy import select

from app.ballots.casting.recording import Part, Way, cast_vote
from app.ballots.drafting import find_ballot, items_of
from app.ballots.electorate.models import Elector
from app.ballots.secret.casting import Sender, cast_secret
from app.ballots.secret.keys import make_key
from app.ballots.secret.trackers import draw
from app.core import clock
from app.core.database import engine, reading, transaction
from app.proofs import PROOFS
from scripts.benchmarks._electorates import open_large
from tests.ballots import booths, halls

BARE = """
CREATE TABLE bare_vote (LIKE ballot_vote INCLUDING ALL);
CREATE TABLE bare_part (LIKE ballot_vote_part INCLUDING ALL);
CREATE TABLE bare_audit (LIKE audit_line INCLUDING ALL);
CREATE SEQUENCE bare_vote_id; CREATE SEQUENCE bare_audit_id;
ALTER TABLE bare_vote ALTER id SET DEFAULT nextval('bare_vote_id');
ALTER TABLE bare_audit ALTER id SET DEFAULT nextval('bare_audit_id');
"""
BARE_VOTE = """
INSERT INTO bare_vote (ballot_id, elector_id, form_key, channel, cast_at, cast_by)
VALUES (%s, %s, %s, 'online', now(), %s) RETURNING id
"""
BARE_PART = "INSERT INTO bare_part (vote_id, item_id, answer, weight) VALUES (%s, %s, 'for', %s)"
BARE_AUDIT = "INSERT INTO bare_audit (at, actor_id, tag, subject, details) VALUES (now(), %s, 'bench', 'ballot', '{}')"
SECRET = "secretly"
Line = tuple[int, int, int]
"""An elector, their person, their weight."""


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench votes", description=__doc__)
    parser.add_argument("--size", type=int, default=2_000, help="votes of each kind (default: %(default)s)")
    size = max(parser.parse_args(arguments).size, 20)
    recorded, secret = _fill(size)
    ours = _rate(recorded, partial(_cast, _item(halls.SLUG)))
    sealed = _rate(secret, partial(_cast_secret, _item(SECRET)))
    with engine().begin() as connection:
        connection.exec_driver_sql(BARE)
    limit = _rate(recorded, _write)
    with reading() as session, clock.at(halls.WHILE_OPEN):
        failed = [proof.name for proof in PROOFS if "urn" in proof.name and not proof.check(session).holds]
    assert not failed, f"votes were lost: {failed}"
    print(
        json.dumps(
            {
                "bench": "votes", "size": size, "ours": round(ours), "limit": round(limit), "unit": "votes/s",
                "ratio": round(ours / limit, 3), "secret": round(sealed), "secret_ratio": round(sealed / limit, 3),
            }
        )
    )  # fmt: skip


def _fill(size: int) -> tuple[Sequence[Line], Sequence[Line]]:
    with transaction() as session:
        halls.members(session, dict.fromkeys(booths.NAMES, 10))
        tellers = [halls.staff(session, name).id for name in ("teo", "tia")]
    open_large(size)

    def keys() -> None:
        with transaction() as session, clock.at(halls.CALLED):
            for teller in tellers:
                make_key(session, SECRET, by=teller)

    open_large(size, SECRET, before_opening=keys, **booths.SECRET)
    with reading() as session:
        rows = select(Elector.id, Elector.person_id, Elector.weight).order_by(Elector.id).limit(size)
        found = []
        for slug in (halls.SLUG, SECRET):
            ballot = find_ballot(session, slug)
            lines = session.execute(rows.where(Elector.ballot_id == ballot.id, Elector.name.startswith("Bench ")))
            found.append([(elector, person, weight) for elector, person, weight in lines])
    return found[0], found[1]


def _item(slug: str) -> int:
    with reading() as session:
        return items_of(session, find_ballot(session, slug))[0].id


def _cast(item: int, line: Line) -> None:
    elector, person, _ = line
    with transaction() as session:
        cast_vote(session, halls.SLUG, elector, {item: [Part("for")]}, Way(person, f"bench-{elector}"))


def _cast_secret(item: int, line: Line) -> None:
    elector, person, _ = line
    with transaction() as session:
        said = {item: [Part("for")]}
        cast_secret(session, SECRET, elector, said, Sender(person), own="bench", drawn=draw(elector))


def _write(line: Line) -> None:
    elector, person, weight = line
    with engine().begin() as connection:
        number = connection.exec_driver_sql(BARE_VOTE, (1, elector, f"bench-{elector}", person)).scalar_one()
        connection.exec_driver_sql(BARE_PART, (number, 1, weight))
        connection.exec_driver_sql(BARE_AUDIT, (person,))


def _rate(lines: Sequence[Line], act: Callable[[Line], None]) -> float:
    started = time.perf_counter()
    with clock.at(halls.WHILE_OPEN):
        for line in lines:
            act(line)
    return len(lines) / (time.perf_counter() - started)
