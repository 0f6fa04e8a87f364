"""The history of an offer: its projection and its picture say no more than the days do."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.core.money import Money
from app.offers.public.milestones import law_marks, milestones
from app.offers.public.pictures import history, ring
from app.offers.public.projecting import about, project
from app.offers.public.totals import DayTotal

OPENED = date(2026, 10, 1)


def _days(changes: list[int]) -> list[DayTotal]:
    """A sum a day, never below zero."""
    days, total = [], 0
    for number, change in enumerate(changes):
        total = max(total + change, 0)
        days.append(DayTotal(OPENED + timedelta(days=number), number + 1, total, total // 2))
    return days


changes = st.lists(st.integers(-500_000, 5_000_000), min_size=1, max_size=90)


@given(changes, st.integers(1, 200), st.integers(1, 10**12))
def test_a_projection_lies_between_the_slowest_and_the_fastest_weeks(sums, left, target):
    days = _days(sums)
    today = days[-1].day
    found = project(days, OPENED, today, today + timedelta(days=left), target)
    if (today - OPENED).days < 7:
        assert found is None
        return
    assert 0 <= found.low_minor <= found.middle_minor <= found.high_minor
    if found.needed_minor is not None:
        assert days[-1].pledged_minor + found.needed_minor * left >= target
        assert days[-1].pledged_minor + (found.needed_minor - 1) * left < target


@given(changes, st.integers(0, 200), st.integers(1, 10**12))
def test_every_place_lies_inside_of_the_picture(sums, left, target):
    days = _days(sums)
    today = days[-1].day
    deadline = today + timedelta(days=left)
    ahead = project(days, OPENED, today, deadline, target)
    drawn = history(days, OPENED, today, deadline, Money(target, "USD"), ahead)
    lines = " ".join([drawn.pledged, drawn.paid, drawn.area, drawn.ahead, drawn.range]).split()
    for x, y in (place.split(",") for place in lines):
        assert 0 <= float(x) <= 640 and 0 <= float(y) <= 264
    assert all(0 <= tick.at <= 264 for tick in drawn.up) and all(0 <= tick.at <= 640 for tick in drawn.across)
    assert len(drawn.across) <= 7 and drawn.table[-1][2] == Money(days[-1].pledged_minor, "USD")


@given(st.integers(0, 10**13), st.integers(1, 10**13))
def test_the_ring_is_full_only_when_the_target_is_reached(part, whole):
    pieces, full = ring(part, whole)
    assert len(pieces) == 100 and (full == 100) == (part >= whole)


@given(st.integers(0, 10**13))
def test_estimates_are_cut_off_never_rounded_up(minor):
    said = about(minor, "USD").minor
    assert said <= minor and minor - said < max(minor // 100, 100) and said % 100 == 0


def test_a_milestone_has_the_day_on_which_it_was_first_reached():
    days = [DayTotal(OPENED, 60, 100, 0), DayTotal(OPENED + timedelta(days=3), 120, 260, 0)]
    found = milestones(days, 1000)
    assert [(each.people, each.part, each.reached_on) for each in found] == [
        (100, None, OPENED + timedelta(days=3)),
        (1000, None, None),
        (None, Fraction(1, 4), OPENED + timedelta(days=3)),
        (None, Fraction(1, 2), None),
        (None, Fraction(3, 4), None),
        (None, Fraction(1), None),
    ]


def test_a_milestone_that_withdrawals_took_back_lies_ahead_again():
    days = [DayTotal(OPENED, 120, 1000, 0), DayTotal(OPENED + timedelta(days=3), 90, 900, 0)]
    assert [each.reached_on for each in milestones(days, 1000)] == [None, OPENED, OPENED, OPENED, None]


def test_marks_of_the_law_are_passed_by_what_is_pledged_of_the_company():
    assert [mark.reached for mark in law_marks(1100, 10_000)] == [True, True, False]
    assert [mark.part for mark in law_marks(0, 1)] == [Fraction(1, 20), Fraction(1, 10), Fraction(3, 20)]
