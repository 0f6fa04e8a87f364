"""Sharing out: parts sum to the whole, nobody's is negative, and no order of members matters."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.distributions.basis import weight_of_days
from app.distributions.sharing import DAYS_UNIT, PPM, entitle, share_out, split
from app.law.returns import period_end

WEIGHTS = st.dictionaries(st.integers(1, 10**6), st.integers(0, 10**15), min_size=1, max_size=20).filter(
    lambda w: any(w.values())
)


@given(st.integers(0, 10**13), WEIGHTS, st.randoms())
def test_parts_sum_to_the_amount_in_any_order(amount, weights, random):
    parts = share_out(amount, weights)
    assert sum(parts.values()) == amount and min(parts.values()) >= 0
    total = sum(weights.values())
    assert all(abs(part * total - amount * weights[key]) < total for key, part in parts.items())
    mixed = list(weights.items())
    random.shuffle(mixed)
    assert share_out(amount, dict(mixed)) == parts


@given(st.integers(0, 10**13), st.integers(0, PPM), st.integers(0, PPM))
def test_cash_is_never_less_than_its_part(amount, cash_ppm, withhold_ppm):
    part = split(amount, cash_ppm, withhold_ppm)
    assert part.cash + part.retained == amount and part.retained >= 0
    assert part.cash * PPM >= amount * cash_ppm and (part.cash - 1) * PPM < amount * cash_ppm
    assert 0 <= part.withheld <= part.cash and abs(part.withheld * PPM - part.cash * withhold_ppm) * 2 <= PPM


@given(WEIGHTS, st.integers(0, 10**6), st.integers(1, 10**12))
def test_interest_is_within_a_cent_of_what_is_exact(weights, numerator, denominator):
    parts = entitle(weights, numerator, denominator)
    assert sum(parts.values()) == sum(weights.values()) * numerator // denominator
    assert all(abs(part * denominator - weights[key] * numerator) < denominator for key, part in parts.items())


def test_equal_remainders_go_to_the_lower_number():
    assert share_out(10, {30: 1, 20: 1, 10: 1}) == {10: 4, 20: 3, 30: 3}


@given(st.dates(date(2019, 1, 1), date(2030, 1, 1)), st.integers(0, 1500), st.integers(0, 1500))
def test_days_add_up_and_a_year_is_a_year(first, one, two):
    middle, end = first + timedelta(one), first + timedelta(one + two)
    assert weight_of_days(first, middle) + weight_of_days(middle, end) == weight_of_days(first, end)
    year = first.year
    assert weight_of_days(date(year, 1, 1), date(year + 1, 1, 1)) == DAYS_UNIT


def test_the_payment_period_ends_on_the_fifteenth_of_the_ninth_month():
    from fractions import Fraction

    months = Fraction(17, 2)
    assert period_end(date(2025, 12, 31), months) == date(2026, 9, 15)
    assert period_end(date(2026, 6, 30), months) == date(2027, 3, 15)
    assert period_end(date(2024, 2, 29), Fraction(8)) == date(2024, 10, 31)
