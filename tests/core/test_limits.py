"""Limits of tries: a sliding window that every process shares, exact under concurrency, with an end."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core import clock, limits
from app.core.database import reading, transaction
from app.core.limits import Limit, TooMany, Try, count, forget_windows, give_back
from tests.races import at_once

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
THREE = Limit("test", 3, timedelta(hours=1))
MAYA = Try(THREE, "maya@example.org")
WEI = Try(THREE, "wei@example.org")


def passes(one: Try) -> bool:
    try:
        count(one)
    except TooMany:
        return False
    return True


def rows() -> list:
    with reading() as session:
        return list(session.execute(text("SELECT key, count FROM rate_window")))


def test_the_tries_of_each_asker_end_after_so_many(database):
    with clock.at(NOW):
        assert [passes(MAYA) for _ in range(5)] == [True, True, True, False, False]
        assert passes(WEI) and passes(Try(Limit("other", 3, timedelta(hours=1)), "maya@example.org"))


def test_a_refusal_says_when_to_come_back_and_it_works_then(database):
    with clock.at(NOW + timedelta(minutes=20)):
        for _ in range(3):
            count(MAYA)
        with pytest.raises(TooMany, match="Wait 60 min") as refused:
            count(MAYA)
        assert refused.value.status == 429
        wait = int(refused.value.headers["Retry-After"])
    with clock.at(NOW + timedelta(minutes=20, seconds=wait - 1)):
        assert not passes(MAYA)
    with clock.at(NOW + timedelta(minutes=20, seconds=wait)):
        assert passes(MAYA)
        assert not passes(MAYA)


def test_knocking_on_does_not_make_the_wait_longer(database):
    for minute in range(0, 60, 2):
        with clock.at(NOW + timedelta(minutes=minute)):
            passes(MAYA)
    with clock.at(NOW + timedelta(hours=2)):
        assert [passes(MAYA) for _ in range(4)] == [True, True, True, False]


def test_several_limits_count_together_or_not_at_all(database):
    with clock.at(NOW):
        for _ in range(3):
            count(MAYA)
        with pytest.raises(TooMany):
            count(WEI, MAYA)
        assert [passes(WEI) for _ in range(4)] == [True, True, True, False]


def test_only_failures_count_where_successes_are_given_back(database):
    with clock.at(NOW):
        for _ in range(10):
            count(MAYA)
            give_back(MAYA)
        give_back(WEI)
        assert [passes(MAYA) for _ in range(4)] == [True, True, True, False]


def test_of_many_at_once_exactly_so_many_pass(database):
    ten = Try(Limit("race", 10, timedelta(days=1)), "one network")
    assert sorted(at_once(*[lambda session: passes(ten)] * 24)) == [False] * 14 + [True] * 10


def test_another_process_shares_the_limit(database):
    code = (
        "from datetime import timedelta; from app.core.limits import *; "
        "[count(Try(Limit('test', 3, timedelta(days=1)), 'maya')) for _ in range(2)]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)
    mine = Try(Limit("test", 3, timedelta(days=1)), "maya")
    assert [passes(mine), passes(mine)] == [True, False]


def test_a_count_stands_when_what_was_tried_is_rolled_back(database):
    with pytest.raises(ZeroDivisionError), transaction() as session:
        session.execute(text("SELECT 1"))
        count(MAYA)
        raise ZeroDivisionError
    assert [row.count for row in rows()] == [1]


def test_nobody_can_be_read_from_the_table(database):
    count(MAYA)
    [(key, _)] = rows()
    assert len(key) == 32 and b"maya" not in bytes(key)
    with reading() as session:
        assert session.scalar(text("SELECT relpersistence FROM pg_class WHERE relname = 'rate_window'")) == "u"


@pytest.mark.parametrize("minutes", [1, 9, 15, 60, 24 * 60])
def test_limits_of_any_size_are_counted_on_into_the_next_window(database, minutes):
    large = Try(Limit("large", 40, timedelta(minutes=minutes)), "one network")
    start = datetime(2026, 11, 23, tzinfo=UTC)
    with clock.at(start):
        assert [passes(large) for _ in range(41)] == [True] * 40 + [False]
    with clock.at(start + timedelta(minutes=minutes * 1.5)):
        assert [passes(large) for _ in range(21)] == [True] * 20 + [False]


def test_old_windows_are_removed_and_recent_ones_stay(database):
    with clock.at(NOW - timedelta(days=3)):
        count(MAYA)
    with clock.at(NOW):
        count(MAYA)
        with transaction() as session:
            forget_windows(session)
        assert [row.count for row in rows()] == [1]


def test_the_operator_of_a_large_campaign_can_multiply_limits(database, monkeypatch):
    monkeypatch.setenv("COSTAKE_LIMITS_TIMES", "2")
    from app.core.settings import settings as configured

    configured.cache_clear()
    with clock.at(NOW):
        assert [passes(MAYA) for _ in range(7)] == [True] * 6 + [False]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(most=st.integers(1, 50), before=st.integers(0, 50), now=st.integers(0, 50), passed=st.integers(0, 3599))
def test_the_wait_that_is_told_is_the_first_moment_that_helps(most, before, now, passed):
    before, now, width = min(before, most), min(now, most), 3600

    def fits(second: int) -> bool:
        old, new, into = (before, now, second) if second < width else (now, 0, second - width)
        return (new + 1) * width + old * (width - into) <= most * width

    if not fits(passed):
        wait = limits._wait(most, before, now, width, passed)
        assert fits(passed + wait) and not fits(passed + wait - 1)
