"""The clock: one present moment, in UTC, which a test or the demonstration may set."""

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from app.core import clock

NEW_YEAR = datetime(2027, 1, 1, 0, 30, tzinfo=UTC)


def test_the_present_is_aware_and_in_utc():
    assert clock.now().utcoffset() == timedelta()


def test_inside_a_moment_it_is_that_moment_and_afterwards_the_present_again():
    before = clock.now()
    with clock.at(NEW_YEAR):
        with clock.at(NEW_YEAR + timedelta(hours=1)):
            assert clock.now() == NEW_YEAR + timedelta(hours=1)
        assert clock.now() == NEW_YEAR
    assert before <= clock.now() < before + timedelta(minutes=1)


def test_a_moment_of_any_zone_is_told_in_utc():
    with clock.at(datetime(2026, 12, 31, 19, 30, tzinfo=timezone(-timedelta(hours=5)))):
        assert clock.now() == NEW_YEAR
        assert clock.now().utcoffset() == timedelta()


def test_a_legal_date_is_a_date_somewhere():
    with clock.at(NEW_YEAR):
        assert clock.today() == date(2027, 1, 1)
        assert clock.today("America/Los_Angeles") == date(2026, 12, 31)
        assert clock.today("Pacific/Auckland") == date(2027, 1, 1)


def test_a_moment_without_a_zone_is_a_programming_error():
    with pytest.raises(AssertionError), clock.at(datetime(2027, 1, 1)):  # noqa: DTZ001  (that is the point)
        pass


def test_a_moment_set_here_does_not_reach_other_requests():
    told = []
    with clock.at(NEW_YEAR):
        other = threading.Thread(target=lambda: told.append(clock.now()))
        other.start()
        other.join()
    assert told[0] != NEW_YEAR
