"""What the live total on the page costs at millions of pledges, against a bare SELECT 1 through the same stack.

`--size` pledges are filled in by bulk SQL. Then the page, the total alone and a bare route that only asks `SELECT 1`
are asked for over HTTP by the same clients, in turn, while another process makes and confirms pledges by the product's
own acts. `ours` and `limit` are requests per second of the page and of the bare route; `queries` counts what reached
the database for each request. The bare route is added to the application that is measured: all else is the same.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import uvicorn
from fastapi import FastAPI
from sqlalchemy import event, text

from app.core.database import database_url, engine, reading, transaction
from app.offers.public.proofs import PROOFS
from app.offers.public.totals import live_total
from app.web.database import Snapshot

ROOT = Path(__file__).resolve().parents[2]
BATCH = 250_000
CLIENTS = 8
SECONDS = 4.0
ROUNDS = 3
SLUG = "buy-it"
COUNTRIES = ("US", "GB", "FR", "DE", "CA", "JP", "BR", "IN", "ES", "IT", "NL", "SE")

FILL = f"""
INSERT INTO pledge (public_id, form_key, offer_id, terms_id, state, shares, amount_cents, currency, email, language,
    legal_name, street_lines, postal_code, locality, region, country, made_at, person_id, holder_id,
    payment_request_id, price_cents)
SELECT 'bench-' || n, 'bench-' || n, o.id, o.terms_id, 'confirmed', 10 + n % 91, (10 + n % 91) * t.price_cents,
    t.currency, '', 'en', 'Bench ' || n, '{{}}', '', '', '', (CAST(:countries AS text[]))[1 + n % {len(COUNTRIES)}],
    o.created_at + (n % 45) * interval '1 second', NULL, NULL, NULL, t.price_cents
FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n
JOIN offer o ON o.slug = :slug JOIN offer_terms t ON t.id = o.terms_id
"""
COUNT = """
INSERT INTO {table} (offer_id, {key} slot, people, shares, amount_cents, paid_cents, paid_people)
SELECT offer_id, {value} 0, count(*), sum(shares), sum(amount_cents), 0, 0 FROM pledge GROUP BY offer_id {group}
"""
TABLES = (
    ("offer_total", "", "", ""),
    ("offer_country", "country, ", "country, ", ", country"),
    ("offer_day", "day, ", "(made_at AT TIME ZONE 'UTC')::date, ", ", (made_at AT TIME ZONE 'UTC')::date"),
)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench total", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="pledges filled in (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each measurement (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of which the middle counts (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help=argparse.SUPPRESS)  # the process that writes
    given = parser.parse_args(arguments)
    if given.write:
        _write()
        return
    sys.path.insert(0, str(ROOT))
    size = max(given.size, 1_000)
    _fill(size)
    with _writer() as written:
        measured = _measure(given.rounds, given.seconds)
    _assert_counted(size + written[0])
    page, bare = measured["page"], measured["bare"]
    print(
        json.dumps(
            {
                "bench": "total", "size": size, "ours": round(page["rate"]), "limit": round(bare["rate"]),
                "unit": "requests/s", "ratio": round(page["rate"] / bare["rate"], 3),
                "total_alone": round(measured["total"]["rate"]), "total_json": round(measured["json"]["rate"]),
                "queries": {name: round(each["queries"], 3) for name, each in measured.items()},
                "pledges_written": written[0], "exact_sum_ms": round(_exact_ms(), 1), "sum_of_slots_ms": _slots_ms(),
            }
        )
    )  # fmt: skip


def _fill(size: int) -> None:
    from tests import make

    started = time.perf_counter()
    with transaction() as session:
        make.open_offer(session, SLUG, target_cents=3_500_000 * 2_300_00, participants_target=3_500_000)
    with engine().begin() as connection:
        indexes = _drop_indexes(connection)
        for first in range(1, size + 1, BATCH):
            values = {"first": first, "last": min(first + BATCH - 1, size), "slug": SLUG, "countries": list(COUNTRIES)}
            connection.execute(text(FILL), values)
        for statement in indexes:
            connection.exec_driver_sql(statement)
        for table, key, value, group in TABLES:
            connection.exec_driver_sql(COUNT.format(table=table, key=key, value=value, group=group))
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE) pledge")
    print(f"{size} pledges filled in {time.perf_counter() - started:.0f} s", flush=True)


def _drop_indexes(connection) -> list[str]:
    """Drop what only slows the filling; the statements that make the same again."""
    rows = connection.exec_driver_sql(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
        "WHERE indrelid = 'pledge'::regclass AND NOT indisunique"
    ).all()
    for name, _ in rows:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    return [definition for _, definition in rows]


def _measure(rounds: int, seconds: float) -> dict[str, dict[str, float]]:
    from app.main import build

    app = build()
    logging.disable(logging.INFO)  # a line for each request is written either way, and read by nobody here

    @app.get("/bare")
    def bare(session: Snapshot) -> dict[str, int]:
        return {"one": session.execute(text("SELECT 1")).scalar_one()}

    places = {"page": f"/offers/{SLUG}", "total": f"/offers/{SLUG}/total", "json": f"/offers/{SLUG}/total.json"}
    places["bare"] = "/bare"
    queries = [0]
    event.listen(engine(), "before_cursor_execute", lambda *_: queries.__setitem__(0, queries[0] + 1))
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in places}
    with _served(app) as base:
        for _ in range(rounds):
            for name, path in places.items():
                before = queries[0]
                count, took = _ask(base + path, seconds)
                found[name].append((count / took, (queries[0] - before) / count))
                print(f"{name:<6} {count / took:8.0f} requests/s", flush=True)
    middle = {name: sorted(each)[len(each) // 2] for name, each in found.items()}
    return {name: {"rate": rate, "queries": per} for name, (rate, per) in middle.items()}


def _ask(url: str, seconds: float) -> tuple[int, float]:
    """Ask as often as possible by clients in a process of their own."""
    code = _CLIENT.format(url=url, clients=CLIENTS, seconds=seconds)
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    count, took = answer.split()
    return int(count), float(took)


_CLIENT = """
import http.client, threading, time, urllib.parse
url = urllib.parse.urlsplit("{url}")
counts, until = [0] * {clients}, time.perf_counter() + {seconds}
def ask(number):
    connection = http.client.HTTPConnection(url.hostname, url.port)
    while time.perf_counter() < until:
        connection.request("GET", url.path)
        answer = connection.getresponse()
        assert answer.read() and answer.status == 200, answer.status
        counts[number] += 1
started = time.perf_counter()
threads = [threading.Thread(target=ask, args=(number,)) for number in range({clients})]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sum(counts), time.perf_counter() - started)
"""


@contextmanager
def _served(app: FastAPI) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def _writer() -> Iterator[list[int]]:
    """Another process that pledges until it is told to stop; how many it wrote."""
    written = [0]
    command = [sys.executable, str(ROOT / "scripts" / "benchmarks" / "total.py"), "--write"]
    environment = {**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None and process.stdin is not None
    assert process.stdout.readline() == "writing\n"
    try:
        yield written
    finally:
        process.stdin.close()
        written[0] = int(process.stdout.read().split()[-1])
        process.wait()


def _write() -> None:
    """Make and confirm pledges, by the acts of the form and of the letter's link, until standard input ends."""
    from tests import make

    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    count = 0
    print("writing", flush=True)
    while not stop.is_set():
        with transaction() as session:
            make.pledge(session, SLUG, f"{uuid4()}@example.org", shares=10)
        count += 1
    print(count, flush=True)


def _assert_counted(people: int) -> None:
    time.sleep(1.1)
    assert live_total(SLUG).people == people, "the counters lost a pledge"
    # What was filled in has no person behind it, so only the proofs that do not look for one are asked.
    with reading() as session:
        assert all(proof.check(session).holds for proof in PROOFS[1:])


def _exact_ms() -> float:
    """The sum over all pledges, which the page would otherwise need."""
    with reading() as session:
        started = time.perf_counter()
        session.execute(text("SELECT count(*), sum(shares), sum(amount_cents) FROM pledge WHERE state = 'confirmed'"))
        return (time.perf_counter() - started) * 1000


def _slots_ms() -> float:
    with reading() as session:
        started = time.perf_counter()
        for _ in range(100):
            session.execute(text("SELECT sum(people), sum(amount_cents) FROM offer_total WHERE offer_id = 1"))
        return round((time.perf_counter() - started) * 10, 3)


if __name__ == "__main__":
    main(sys.argv[1:])
