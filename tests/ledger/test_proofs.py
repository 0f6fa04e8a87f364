"""Proofs find what a superuser falsifies behind the guards."""

import time
from datetime import date

import psycopg
import pytest

from app.core.database import reading, transaction
from app.ledger.journal import post
from app.ledger.sealing import seal_entries
from app.proofs import prove
from tests.ledger.test_journal import moved


def failing() -> set[str]:
    with reading() as session:
        return {proof.name for proof, finding in prove(session) if not finding.holds}


def falsify(url: str, table: str, statement: str) -> None:
    """What a superuser who knows the guards would do: switch them off, change the row, switch them on again."""
    with psycopg.connect(url) as superuser:
        names = superuser.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
        ).fetchall()
        superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        superuser.execute(statement)
        superuser.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
        for (name,) in names:
            superuser.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def seal(entries: int) -> None:
    """Seal so many entries; transactions of other databases of the same server may hold that back for a moment."""
    sealed, deadline = 0, time.monotonic() + 180
    while time.monotonic() < deadline:
        with transaction() as session:
            made = seal_entries(session)
            sealed += made.entry_count if made else 0
        if sealed == entries:
            return
        time.sleep(0.05)
    raise AssertionError(f"{entries} entries could not be sealed")


@pytest.fixture
def books(database):
    with transaction() as session:
        post(session, moved("a", 10), by=None)
        post(session, moved("b", 20, "member:2"), by=None)
    seal(2)
    assert failing() == {"Lots equal the members' holdings in the books"}  # these shares have no lots
    return database


@pytest.mark.falsified
@pytest.mark.parametrize(
    ("table", "statement", "found"),
    [
        ("posting", "UPDATE posting SET amount = amount + 1 WHERE id = 1", "Every entry balances in every unit"),
        ("posting", "UPDATE posting SET amount = amount * 2 WHERE entry_id = 1", "Every entry is what was booked"),
        ("posting", "DELETE FROM posting WHERE entry_id = 1", "Every entry has postings"),
        ("entry", "UPDATE entry SET booked_by = 99 WHERE id = 1", "The seals hold"),
        ("entry", "UPDATE entry SET effective_on = '2020-01-01' WHERE id = 1", "Every entry is what was booked"),
        ("balance", "UPDATE balance SET amount = 11", "Kept balances equal the sum of their postings"),
    ],
)
def test_a_row_falsified_by_a_superuser_is_found(books, table, statement, found):
    falsify(books, table, statement)
    assert found in failing()


@pytest.mark.falsified
def test_a_guard_that_was_switched_off_is_found(books):
    with psycopg.connect(books) as superuser:
        superuser.execute("ALTER TABLE posting DISABLE TRIGGER append_only")
    assert "The database's guards stand" in failing()


@pytest.mark.falsified
def test_a_whole_entry_slipped_into_sealed_books_is_found(books):
    with transaction() as session:
        post(session, moved("late", 1, on=date(2026, 1, 1)), by=None)
    falsify(books, "entry", "UPDATE entry SET xact = '3' WHERE key = 'late'")
    assert "The seals hold" in failing()


@pytest.mark.falsified
def test_sealing_twice_seals_only_what_is_new(books):
    with transaction() as session:
        assert seal_entries(session) is None
        post(session, moved("c", 1), by=None)
    seal(1)
