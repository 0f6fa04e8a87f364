"""Numbers that are given once: none lost, none twice."""

import pytest

from app.core import series
from app.core.database import transaction
from tests.races import at_once, overlapping


def test_numbers_begin_with_one_and_each_series_counts_for_itself(database):
    with transaction() as session:
        assert [series.draw(session, "member") for _ in range(3)] == [1, 2, 3]
        assert series.draw(session, "certificate") == 1
        assert series.draw(session, "member", 10) == 4
        assert series.draw(session, "member") == 14


def test_a_number_that_was_drawn_for_nothing_is_drawn_again(database):
    with pytest.raises(ZeroDivisionError), transaction() as session:
        assert series.draw(session, "member") == 1
        raise ZeroDivisionError
    with transaction() as session:
        assert series.draw(session, "member") == 1


def test_whoever_draws_at_once_gets_different_numbers_without_a_gap(database):
    drawn = at_once(*[lambda session: series.draw(session, "member", 3) for _ in range(4)])
    assert sorted(drawn) == [1, 4, 7, 10]
    assert overlapping(lambda s: series.draw(s, "member"), lambda s: series.draw(s, "member")) == (13, 14)
