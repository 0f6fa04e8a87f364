"""The exchange of every share of a company: holders per second, against one bare SQL statement writing the same rows.

`--size` holders with ten shares each are filled in by bulk SQL. `ours` executes an approved list: lots, ends, entries,
balances and the audit, in one transaction. `limit` is one statement that writes the same lots, ends and postings, with
the same guards, and is rolled back. The reckoning before it, in jobs that commit one by one, is told beside.
"""

import argparse
import json
import time
from contextlib import contextmanager

from sqlalchemy import text

import app.worker  # noqa: F401  (all rooms and their jobs)
from app.conversion.exchange.approving import propose_exchange, standing_approval
from app.conversion.exchange.drafting import Replacement, draft_exchange
from app.conversion.exchange.executing import execute
from app.conversion.exchange.reckoning import is_executed, latest_reckoning, reckon_next
from app.conversion.exchange.terms import Terms
from app.core import clock
from app.core.database import engine, transaction
from app.members.approvals.approving import decide
from app.members.persons import known_person
from app.members.roles import grant_role
from app.shares.acts.exchanging import Fractions, Ratio
from app.shares.classes import share_class
from scripts.benchmarks.register import _fill

GUARDED = ("person", "membership", "particulars", "entry", "account", "posting", "lot")
HELD = """
WITH holders AS (UPDATE account SET guarded = true WHERE kind = 'holder' RETURNING id)
INSERT INTO balance (account_id, unit, amount) SELECT id, 'SHARE:A', 10 FROM holders
"""
BARE = """
WITH act AS (
    INSERT INTO share_act (kind, source, effective_on, reason, details, recorded_at)
    VALUES ('conversion', 'bare', :day, 'bare', '{}', now()) RETURNING id
), entry AS (
    INSERT INTO entry (key, nature, effective_on, booked_at, content_sha256)
    VALUES ('share-act:bare', 'conversion', :day, now(), '') RETURNING id
), line AS (
    SELECT x.*, t.new_class_id, l.price_cents, l.certificate_number, 'member:' || m.number AS subject
    FROM exchange_line x JOIN exchange_terms t ON t.id = x.terms_id JOIN lot l ON l.id = x.lot_id
    JOIN membership m ON m.id = x.membership_id WHERE x.exchange_id = :exchange
), ended AS (
    INSERT INTO lot_end (lot_id, act_id, ended_on, recorded_at) SELECT lot_id, act.id, :day, now() FROM line, act
), posted AS (
    INSERT INTO posting (entry_id, account_id, unit, amount)
    SELECT entry.id, a.id, v.unit, v.amount
    FROM entry, line JOIN account a ON a.kind = 'holder' AND a.subject = line.subject
    CROSS JOIN LATERAL (VALUES ('SHARE:A', -shares), ('SHARE:C', new_shares)) v (unit, amount)
)
INSERT INTO lot (certificate_number, membership_id, share_class_id, shares, price_cents, paid_cents, currency,
    allotted_on, basis, source, recorded_at, act_id, from_lot_id, acquired_on)
SELECT 100000000 + row_number() OVER (), membership_id, new_class_id, new_shares, price_cents, new_paid_cents, currency,
    :day, 'conversion', 'bare:' || lot_id, now(), act.id, lot_id, :day FROM line, act
"""


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench conversion", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="holders (default: %(default)s)")
    size = parser.parse_args(arguments).size
    _fill(1, size)
    with engine().begin() as connection:
        connection.execute(text(HELD))
        for table in GUARDED:
            connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        connection.execute(text("INSERT INTO number_series (name, next) VALUES ('certificate', :n)"), {"n": size + 1})
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    exchange_id = _drafted()
    told = {"reckoned": _seconds(lambda: _reckon(exchange_id))}
    _approve(exchange_id)
    told["limit"] = _seconds(lambda: _bare(exchange_id))
    told["ours"] = _seconds(lambda: _execute(exchange_id))
    print(f"{size} holders: reckoned in {told['reckoned']:.1f} s, executed in {told['ours']:.1f} s, "
          f"bare {told['limit']:.1f} s", flush=True)  # fmt: skip
    with transaction() as session:
        assert is_executed(session, exchange_id)
        made = session.scalar(text("SELECT count(*) FROM lot WHERE basis = 'conversion'"))
        assert made == size, f"{made} of {size} lots were made"
    print(
        json.dumps(
            {
                "bench": "conversion", "size": size, "ours": round(size / told["ours"]),
                "limit": round(size / told["limit"]), "unit": "holders/s",
                "ratio": round(told["limit"] / told["ours"], 3), "seconds": round(told["ours"], 2),
                "bare_seconds": round(told["limit"], 2), "reckoning_seconds": round(told["reckoned"], 2),
            }
        )
    )  # fmt: skip


def _drafted() -> int:
    with transaction() as session:
        old, new = (share_class(session, code, code) for code in "AC")
        for role in ("organizer", "secretary"):
            grant_role(session, known_person(session, f"{role}@example.org", "en"), role, by=None, reason="bench")
        by = known_person(session, "organizer@example.org", "en").id
        row = draft_exchange(
            session, "bench", "Bench", [Replacement(old, new, Terms(Ratio(1, 1), Fractions.CASH))], zone="UTC",
            effective_on=clock.today(), cash_due_on=clock.today(), by=by, reason="bench",
        )  # fmt: skip
        return row.id


def _reckon(exchange_id: int) -> None:
    """What the worker does, part by part, without the pauses between its jobs."""
    after = 0
    while True:
        with transaction() as session:
            reckon_next(session, exchange_id, after)
            if latest_reckoning(session, exchange_id) is not None:
                return
            last = text("SELECT max(membership_id) FROM exchange_line WHERE exchange_id = :exchange")
            after = session.scalar(last, {"exchange": exchange_id})


def _approve(exchange_id: int) -> None:
    with transaction() as session:
        first, second = (known_person(session, f"{role}@example.org", "en") for role in ("organizer", "secretary"))
        found = latest_reckoning(session, exchange_id)
        proposal = propose_exchange(session, exchange_id, found.sha256, by=first, reason="bench")
        decide(session, proposal.id, approve=True, by=second, reason="bench")
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


@contextmanager
def _rolled_back():
    with engine().connect() as connection:
        yield connection
        connection.rollback()


def _bare(exchange_id: int) -> None:
    with _rolled_back() as connection:
        connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        connection.execute(text(BARE), {"exchange": exchange_id, "day": clock.today()})


def _execute(exchange_id: int) -> None:
    with transaction() as session:
        execute(session, standing_approval(session, exchange_id).id)


def _seconds(act) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start
