"""The register of members as a file: lines per second and memory, against a bare COPY of the same query.

`--size` members with an address and a lot each are filled in by bulk SQL. `ours` is `costake register export` as its
own process, comparing with the books and defusing formulas; `limit` is a process that only streams
`COPY (the query) TO STDOUT` into a file. Memory is the peak of our process, also at a tenth of the size.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from sqlalchemy import text

from app.core.database import database_url, engine

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 23)
BATCH = 250_000
FORMS = ("csv", "json", "xlsx", "parquet")

FILL = """
WITH people AS (
    INSERT INTO person (email, language, created_at)
    SELECT 'bench-' || n || '@example.org', 'en', '2026-01-01'
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n RETURNING id
), members AS (
    INSERT INTO membership (person_id, number, entered_on, basis, recorded_at)
    SELECT id, CAST(:first AS bigint) - 1 + row_number() OVER (ORDER BY id), '2026-01-15', 'subscription',
        '2026-01-15' FROM people
    RETURNING id, person_id, number
), names AS (
    INSERT INTO particulars (person_id, valid_from, legal_name, street_lines, postal_code, locality, region, country,
        recorded_at)
    SELECT person_id, '2026-01-15', 'Bench Holder ' || number, ARRAY[number || ' Adeline Street'], '94607', 'Oakland',
        'CA', 'US', '2026-01-15' FROM members
), entries AS (
    INSERT INTO entry (key, nature, effective_on, booked_at, content_sha256)
    SELECT 'allotment:bench:' || number, 'allotment', '2026-01-15', '2026-01-15', '' FROM members
    RETURNING id, substr(key, 17)::bigint AS number
), accounts AS (
    INSERT INTO account (kind, subject, side, guarded) SELECT 'holder', 'member:' || number, 1, false FROM members
    RETURNING id, substr(subject, 8)::bigint AS number
), legs AS (
    INSERT INTO posting (entry_id, account_id, unit, amount)
    SELECT e.id, a.id, 'SHARE:A', 10 FROM entries e JOIN accounts a USING (number)
)
INSERT INTO lot (certificate_number, membership_id, share_class_id, shares, price_cents, paid_cents, currency,
    allotted_on, basis, source, entry_id, recorded_at)
SELECT m.number, m.id, (SELECT id FROM share_class), 10, 2300, 23000, 'USD', '2026-01-15', 'subscription',
    'bench:' || m.number, e.id, '2026-01-15'
FROM members m JOIN entries e USING (number)
"""


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench register", description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="members (default: %(default)s)")
    parser.add_argument("--format", dest="form", choices=FORMS, default="csv")
    given = parser.parse_args(arguments)
    small = max(given.size // 10, 100)
    _fill(1, small)
    first = _measured(small, given.form)
    _fill(small + 1, max(given.size, small + 1))
    told = _measured(max(given.size, small + 1), given.form)
    print(
        json.dumps(
            {
                "bench": "register", "format": given.form, "size": told["size"], "ours": told["ours"],
                "limit": told["limit"], "unit": "lines/s", "ratio": told["ratio"], "rss_mb": told["rss_mb"],
                "rss_mb_at_a_tenth": first["rss_mb"], "seconds": told["seconds"], "bytes": told["bytes"],
            }
        )
    )  # fmt: skip


def _fill(first: int, last: int) -> None:
    """Bulk rows by the owner, with the triggers of the session off: what is measured is reading."""
    with engine().begin() as connection:
        connection.execute(
            text("INSERT INTO share_class (code, name, created_at) VALUES ('A', 'A', now()) ON CONFLICT DO NOTHING")
        )
        guarded = [row[0] for row in connection.execute(text(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal "
            "AND tgrelid::regclass::text IN ('person', 'membership', 'particulars', 'entry', 'account', 'posting', "
            "'lot')"
        ))]  # fmt: skip
        for table in guarded:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for start in range(first, last + 1, BATCH):
            connection.execute(text(FILL), {"first": start, "last": min(start + BATCH - 1, last)})
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _measured(size: int, form: str) -> dict[str, float]:
    runs = {"ours": [], "limit": []}
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = Path(folder) / f"ours.{form}", Path(folder) / "bare.csv"
        rss = 0.0
        for _ in range(3 if form == "csv" else 1):
            seconds, rss = _run([sys.executable, "-m", "app.cli", "register", "export", "--as-of", DAY.isoformat(),
                                 "--format", form, "-o", str(ours)])  # fmt: skip
            runs["ours"].append(seconds)
            seconds, _rss = _run([sys.executable, "-m", "scripts.benchmarks.register", str(bare)])
            runs["limit"].append(seconds)
        written = ours.stat().st_size
        if form == "csv":
            assert ours.read_bytes().count(b"\r\n") == size + 1 == bare.read_bytes().count(b"\n") + 1
    own, limit = min(runs["ours"]), min(runs["limit"])
    print(f"{size} lines: ours {own:.2f} s, bare {limit:.2f} s, {rss:.0f} MB", flush=True)
    return {"size": size, "ours": round(size / own), "limit": round(size / limit), "ratio": round(limit / own, 3),
            "rss_mb": round(rss), "seconds": round(own, 2), "bytes": written}  # fmt: skip


def _run(command: list[str]) -> tuple[float, float]:
    """Seconds and the peak memory (MB) of a process."""
    environment = os.environ | {"DATABASE_URL": database_url()}
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"{command} failed"
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def _copy(place: str) -> None:
    """The limit: the same query, streamed by the same driver, and nothing else."""
    from app.core.database import reading
    from app.exports.registers.asking import Wanted, places, statement
    from app.exports.registers.writing.csvs import driven

    wanted = Wanted("members", DAY)
    query, values = driven(f"COPY ({statement(wanted)}) TO STDOUT (FORMAT csv)", places(wanted))
    with open(place, "wb") as file, reading() as session:
        connection = session.connection().connection.driver_connection
        with connection.cursor() as cursor, cursor.copy(query, values) as copy:
            for line in copy:
                file.write(line)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    _copy(sys.argv[1])
