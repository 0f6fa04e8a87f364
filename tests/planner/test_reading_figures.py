"""Figures as people type them: read exactly, or refused by name."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refusal
from app.planner.figures import read_money, read_number, read_part, read_price, read_whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("350000000", 350_000_000),
        ("350,000,000", 350_000_000),
        ("350 000 000", 350_000_000),
        ("350\u202f000\u202f000", 350_000_000),
        ("1.234.567,5", Fraction("1234567.5")),
        ("17.28", Fraction("17.28")),
        ("17,28", Fraction("17.28")),
        ("0,013", Fraction("0.013")),
        ("17.2825", Fraction("17.2825")),
        ("12,230.5", Fraction("12230.5")),
        ("1234.567", Fraction("1234.567")),
        ("1 234,567", Fraction("1234.567")),
        ("12 230 000 000,40", Fraction("12230000000.4")),
    ],
)
def test_numbers_are_read_as_they_are_written_here_and_there(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "part"),
    [("1 %", "1/100"), ("1%", "1/100"), ("0,5 %", "1/200"), ("0.01", "1/100"), ("1/3", "1/3"), ("1", "1"), ("0", "0")],
)
def test_parts_of_a_whole_are_exact(text, part):
    assert read_part(text) == Fraction(part)


@pytest.mark.parametrize(
    ("read", "text", "refusal"),
    [
        (read_whole, "-5", "Negative"),
        (read_whole, "0", "Nothing"),
        (read_whole, "2.5", "NotAWholeNumber"),
        (read_whole, "1e9", "NotANumber"),
        (read_whole, "many", "NotANumber"),
        (read_whole, "٣", "NotANumber"),
        (read_whole, "12,34,567", "NotANumber"),
        (read_whole, "9" * 200, "NotANumber"),
        (read_whole, "1000000000000001", "TooLarge"),
        (read_whole, " ", "Missing"),
        (read_whole, "1.000", "AmbiguousCount"),
        (read_whole, "350.000", "AmbiguousCount"),
        (read_number, "1.234", "Ambiguous"),
        (read_number, "1,234", "Ambiguous"),
        (lambda text: read_price(text, "USD"), "1.234", "Ambiguous"),
        (lambda text: read_price(text, "USD"), "1,234", "Ambiguous"),
        (lambda text: read_money(text, "USD"), "1.234", "NotAnAmount"),
        (lambda text: read_part(text, most=100), "1.250%", "Ambiguous"),
        (read_part, "1.01", "MoreThanAll"),
        (read_part, "101 %", "MoreThanAll"),
        (read_part, "3/2", "MoreThanAll"),
        (read_part, "1/0", "NotAPart"),
        (read_part, "-1 %", "Negative"),
        (read_part, "half", "NotAPart"),
        (read_part, "nan", "NotAPart"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(read, text, refusal):
    with pytest.raises(Refusal) as caught:
        read(text)
    assert caught.value.name == refusal
    assert caught.value.text()


def test_money_is_whole_minor_units_and_prices_need_not_be():
    assert read_money("2,300.50", "USD").minor == 230_050
    assert read_price("17.2825", "USD") == Fraction("1728.25")
    assert read_price("0.001", "JPY") == Fraction(1, 1000)
    with pytest.raises(Refusal):
        read_money("2300.505", "USD")


@given(st.integers(1, 10**15))
def test_any_whole_number_in_reach_comes_back(number):
    assert read_whole(str(number)) == number
    assert read_whole(f"{number:,}") == number
    assert read_whole(f"{number:,}".replace(",", " ")) == number
    assert read_whole(f"{number:,}".replace(",", "’")) == number


def test_what_is_ambiguous_is_refused_with_the_ways_to_write_it():
    with pytest.raises(Refusal) as caught:
        read_price("1.234", "USD")
    assert caught.value.text() == "“1.234” can be read in two ways. Write 1234 or 1.2340."
    assert (read_price("1234", "USD"), read_price("1.2340", "USD")) == (123_400, Fraction("123.4"))
    with pytest.raises(Refusal) as caught:
        read_whole("1.000")
    assert caught.value.text() == "“1.000” can be read in two ways. If it means thousands, write 1000."
    assert read_whole("2,300") == 2300
    assert read_part("4.125%") == Fraction("0.04125")


@given(st.text(max_size=30), st.sampled_from([read_whole, read_number, read_part]))
def test_any_text_is_read_or_refused_and_nothing_else(text, read):
    with suppress(Refusal):
        assert read(text) >= 0
