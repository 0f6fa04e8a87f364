"""Journal entries per second, one by one and in bulk, every check on, against bare SQL writing the same rows.

`--size` entries of two postings each are posted in bulk, a twentieth of them one by one (one transaction each).
The limit writes the same columns and indexes into copies of the tables that have no trigger, key check or hash.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice

from sqlalchemy import text

from app.core.database import engine, reading, transaction
from app.ledger.journal import Draft, Leg, post, post_all
from app.ledger.proofs import PROOFS

HOLDERS = 1_000
BATCH = 5_000
DAY = date(2026, 11, 23)

BARE = """
CREATE TABLE bare_entry (LIKE entry INCLUDING ALL);
CREATE TABLE bare_posting (LIKE posting INCLUDING ALL);
CREATE SEQUENCE bare_entry_id; CREATE SEQUENCE bare_posting_id;
ALTER TABLE bare_entry ALTER id SET DEFAULT nextval('bare_entry_id');
ALTER TABLE bare_posting ALTER id SET DEFAULT nextval('bare_posting_id');
"""
BARE_ENTRY = """
INSERT INTO bare_entry (id, key, nature, effective_on, booked_at, content_sha256)
VALUES (%s, %s, 'test', %s, now(), '')
"""
BARE_POSTING = "INSERT INTO bare_posting (entry_id, account_id, unit, amount) VALUES (%s, %s, 'SHARE:A', %s)"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench posting", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="entries posted in bulk (default: %(default)s)")
    size = max(parser.parse_args(arguments).size, 20)
    single = max(size // 20, 1)
    with engine().begin() as connection:
        connection.exec_driver_sql(BARE)
    one_by_one = _compare(single, lambda: _post_each(single), lambda: _write_each(single), "one by one")
    bulk = _compare(size, lambda: _post_bulk(single, size), lambda: _write_bulk(single, size), "in bulk")
    with reading() as session:
        failed = [proof.name for proof in PROOFS if not proof.check(session).holds]
    assert not failed, f"the books do not prove: {failed}"
    print(json.dumps({"bench": "posting", **bulk, "one_by_one": one_by_one}))


def _compare(size: int, ours: Callable[[], None], limit: Callable[[], None], how: str) -> dict[str, object]:
    print(f"{size} entries {how}: ", end="", flush=True)
    rates = {"ours": size / _seconds(ours), "limit": size / _seconds(limit)}
    print(", ".join(f"{name} {rate:.0f}/s" for name, rate in rates.items()), flush=True)
    ratio = round(rates["ours"] / rates["limit"], 3)
    return {"size": size, **{name: round(rate) for name, rate in rates.items()}, "unit": "entries/s", "ratio": ratio}


def _seconds(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _drafts(start: int, count: int) -> Iterator[Draft]:
    for number in range(start, start + count):
        legs = (Leg("unissued", "A", "SHARE:A", -1), Leg("holder", f"member:{number % HOLDERS}", "SHARE:A", 1))
        yield Draft(f"bench:{number}", "test", DAY, legs)


def _post_each(count: int) -> None:
    for draft in _drafts(0, count):
        with transaction() as session:
            post(session, draft, by=None)


def _post_bulk(start: int, count: int) -> None:
    drafts = _drafts(start, count)
    while batch := list(islice(drafts, BATCH)):
        with transaction() as session:
            post_all(session, batch, by=None)


def _accounts() -> list[int]:
    with reading() as session:
        return list(session.scalars(text("SELECT id FROM account ORDER BY id")))


def _write_each(count: int) -> None:
    accounts = _accounts()
    with engine().connect() as connection:
        bare = connection.connection.driver_connection
        assert bare is not None
        for number in range(count):
            with bare.transaction(), bare.cursor() as cursor:
                cursor.execute(BARE_ENTRY, (number, f"bench:{number}", DAY))
                holder = accounts[number % len(accounts)]
                cursor.executemany(BARE_POSTING, [(number, accounts[0], -1), (number, holder, 1)])


def _write_bulk(start: int, count: int) -> None:
    accounts = _accounts()
    with engine().connect() as connection:
        bare = connection.connection.driver_connection
        assert bare is not None
        for first in range(start, start + count, BATCH):
            numbers = range(first, min(first + BATCH, start + count))
            with bare.transaction(), bare.cursor() as cursor:
                cursor.executemany(BARE_ENTRY, [(number, f"bench:{number}", DAY) for number in numbers])
                cursor.executemany(
                    BARE_POSTING,
                    [
                        leg
                        for number in numbers
                        for leg in ((number, accounts[0], -1), (number, accounts[number % len(accounts)], 1))
                    ],
                )
