"""The journal: balanced or nothing, once by key, never overdrawn, never changed."""

import threading
from datetime import date
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.core.database import transaction
from app.ledger.journal import Draft, KeyReused, Leg, Overdrawn, balance, post, post_all, reverse

pytestmark = pytest.mark.books_only
DAY = date(2026, 11, 23)
UNIT = "SHARE:A"


def moved(key: str, shares: int, holder: str = "member:1", on: date = DAY) -> Draft:
    return Draft(key, "test", on, (Leg("unissued", "A", UNIT, -shares), Leg("holder", holder, UNIT, shares)))


def held(holder: str = "member:1") -> int:
    with transaction() as session:
        return balance(session, "holder", holder, UNIT)


def test_an_entry_moves_shares_and_is_found_again_by_its_key(database):
    with transaction() as session:
        first = post(session, moved("a", 10), by=None)
    with transaction() as session:
        again = post(session, moved("a", 10), by=None)
    assert first == again
    assert held() == 10


def test_the_same_key_with_other_content_is_refused_and_changes_nothing(database):
    with transaction() as session:
        post(session, moved("a", 10), by=None)
    with pytest.raises(KeyReused), transaction() as session:
        post(session, moved("a", 11), by=None)
    assert held() == 10


def test_an_unbalanced_entry_is_refused_by_the_database_at_commit(database):
    with pytest.raises(IntegrityError, match="does not balance"), transaction() as session:
        post(session, moved("a", 10), by=None)
        session.execute(
            text(
                "INSERT INTO posting (entry_id, account_id, unit, amount) "
                "SELECT entry.id, account.id, 'USD', 1 FROM entry, account WHERE account.kind = 'holder'"
            )
        )
    assert held() == 0


def test_an_entry_without_postings_is_refused_by_the_database(database):
    with pytest.raises(IntegrityError, match="no postings"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO entry (key, nature, effective_on, booked_at, content_sha256) "
                "VALUES ('empty', 'x', current_date, now(), '')"
            )
        )


def test_postings_cannot_join_an_entry_later(database):
    with transaction() as session:
        post(session, moved("a", 10), by=None)
    with pytest.raises(IntegrityError, match="closed"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO posting (entry_id, account_id, unit, amount) "
                "SELECT entry.id, account.id, 'SHARE:A', amount FROM entry, account, (VALUES (5), (-5)) v(amount)"
            )
        )


def test_a_holding_cannot_be_negative_in_its_first_entry(database):
    with pytest.raises(Overdrawn), transaction() as session:
        post(session, moved("a", -5), by=None)
    assert held() == 0


def test_two_takers_at_once_cannot_both_take_the_last_shares(database):
    with transaction() as session:
        post(session, moved("give", 10), by=None)
    barrier, outcomes = threading.Barrier(2), []

    def take(key: str) -> None:
        try:
            with transaction() as session:
                session.execute(text("SELECT 1"))
                barrier.wait()
                post(session, moved(key, -10), by=None)
            outcomes.append("taken")
        except Overdrawn:
            outcomes.append("refused")

    threads = [threading.Thread(target=take, args=(key,)) for key in ("x", "y")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "taken"]
    assert held() == 0


def test_two_postings_of_one_key_at_once_book_one_entry(database):
    barrier, ids = threading.Barrier(4), []

    def book() -> None:
        with transaction() as session:
            session.execute(text("SELECT 1"))
            barrier.wait()
            ids.append(post(session, moved("same", 7), by=None))

    threads = [threading.Thread(target=book) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 1
    assert held() == 7


@pytest.mark.parametrize(
    "table", ["entry", "posting", "account", "seal", "lot", "receipt", "audit_line", "particulars"]
)
@pytest.mark.parametrize("command", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_append_only_tables_refuse_change_in_the_database_itself(database, table, command):
    with psycopg.connect(database) as owner, pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        owner.execute(command.format(table))
    with psycopg.connect(database) as replica, pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        replica.execute("SET session_replication_role = replica")
        replica.execute(command.format(table))


def test_a_reversal_restores_exactly_and_happens_once(database):
    with transaction() as session:
        entry = post(session, moved("a", 10), by=None)
    with transaction() as session:
        reverse(session, entry, key="undo a", on=DAY, by=None)
    with transaction() as session:
        reverse(session, entry, key="undo a", on=DAY, by=None)
    assert held() == 0
    with pytest.raises(KeyReused), transaction() as session:
        reverse(session, entry, key="undo a again", on=DAY, by=None)


def test_the_balance_at_an_earlier_day_is_what_was_effective_then(database):
    with transaction() as session:
        post_all(session, [moved("a", 10, on=date(2026, 1, 1)), moved("b", 5, on=date(2026, 6, 1))], by=None)
        assert balance(session, "holder", "member:1", UNIT, as_of=date(2025, 12, 31)) == 0
        assert balance(session, "holder", "member:1", UNIT, as_of=date(2026, 5, 31)) == 10
        assert balance(session, "holder", "member:1", UNIT) == 15


@pytest.mark.parametrize(
    "legs",
    [
        (Leg("holder", "m", UNIT, 1), Leg("unissued", "A", UNIT, -2)),
        (Leg("holder", "m", UNIT, 0), Leg("unissued", "A", UNIT, 0)),
        (Leg("holder", "m", UNIT, 1),),
        (Leg("holder", "m", UNIT, 1), Leg("nowhere", "A", UNIT, -1)),
    ],
)
def test_a_draft_that_is_a_programming_error_is_caught_at_the_door(legs):
    with pytest.raises(AssertionError):
        Draft("k", "n", DAY, legs)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.integers(1, 3), st.integers(-20, 20).filter(bool)), max_size=12))
def test_whatever_is_posted_holdings_follow_the_accepted_entries_and_never_go_below_zero(database, steps):
    seed = uuid4()  # examples share the database, not their accounts
    model: dict[str, int] = {}
    for number, (holder, shares) in enumerate(steps):
        name = f"{seed}:{holder}"
        try:
            with transaction() as session:
                post(session, moved(f"{seed}:{number}", shares, name), by=None)
            model[name] = model.get(name, 0) + shares
        except Overdrawn:
            assert model.get(name, 0) + shares < 0
    for name, shares in model.items():
        assert held(name) == shares >= 0


def test_money_amounts_beyond_a_bigint_are_refused_whole(database):
    with pytest.raises(DBAPIError), transaction() as session:
        post(session, moved("big", 2**63), by=None)
