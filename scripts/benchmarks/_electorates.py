"""An open ballot with a large roll, filled in by bulk SQL, for the benchmarks of votes and of their tally."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.opening import open_ballot
from app.core import clock
from app.core.database import engine, transaction
from tests.ballots import halls

BATCH = 250_000

_KEYS = """
SELECT 'ALTER TABLE {table} DROP CONSTRAINT ' || conname,
    'ALTER TABLE {table} ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'f'
"""
_INDEXES = """
SELECT 'DROP INDEX ' || indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = '{table}'::regclass AND NOT indisunique
"""
_ELECTORS = """
WITH people AS (
    INSERT INTO person (email, language, created_at)
    SELECT 'bench-' || :ballot_id || '-' || n || '@example.org', 'en', '2026-01-01'
    FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n RETURNING id, email
), numbered AS (
    SELECT id, split_part(split_part(email, '@', 1), '-', 3)::bigint AS n FROM people
)
INSERT INTO elector (ballot_id, roll, number, person_id, name, weight, shares, kind, college, nonce, leaf)
SELECT :ballot_id, 'register', n, id, 'Bench ' || n, CASE WHEN :per_head THEN 1 ELSE 1 + n % 100 END, 1 + n % 100,
    CASE WHEN n % 7 = 0 THEN 'investor' ELSE 'patron' END, '', md5(id::text), encode(sha256(id::text::bytea), 'hex')
FROM numbered ORDER BY n
"""


@contextmanager
def bulk(*tables: str) -> Iterator[Connection]:
    """A transaction that fills tables: what only slows that, foreign keys and plain indexes, is made after it."""
    with engine().begin() as connection:
        again = [
            statement
            for table in tables
            for query in (_KEYS, _INDEXES)
            for statement in _dropped(connection, query, table)
        ]
        yield connection
        for statement in again:
            connection.exec_driver_sql(statement)


def _dropped(connection: Connection, query: str, table: str) -> list[str]:
    """Drop what a query names; the statements that make it again."""
    rows = connection.exec_driver_sql(query.format(table=table)).all()
    for drop, _ in rows:
        connection.exec_driver_sql(drop)
    return [make for _, make in rows]


def open_large(
    size: int, slug: str = halls.SLUG, before_opening: Callable[[], None] = lambda: None, **changed: object
) -> int:
    """Open a ballot with one motion and so many electors; its id."""
    with transaction() as session:
        ballot = halls.called(session, slug=slug, **changed)
    per_head = changed.get("basis") == "one vote per member"
    with bulk("elector") as connection:
        for first in range(1, size + 1, BATCH):
            values = {"first": first, "last": min(first + BATCH - 1, size), "ballot_id": ballot.id}
            connection.execute(text(_ELECTORS), values | {"per_head": per_head})
    settle("person", "elector")
    before_opening()
    with transaction() as session:
        _open(session, slug)
    return ballot.id


def _open(session: Session, slug: str) -> None:
    with clock.at(halls.FROZEN):
        freeze_electorate(session, slug, by=None)
    with clock.at(halls.OPENS):
        open_ballot(session, slug, by=None)


def settle(*tables: str) -> None:
    """Leave tables as the database's own upkeep would."""
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in tables:
            connection.exec_driver_sql(f"VACUUM (ANALYZE) {table}")
