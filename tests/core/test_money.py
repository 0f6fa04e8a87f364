"""Money: what is typed is read exactly or refused, and what is divided stays whole."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import MINOR_MAX, Money, NotAnAmount, UnknownCurrency, currency_code, precision, read_amount

CURRENCIES = ["USD", "EUR", "GBP", "JPY", "KWD", "CLF"]  # two, two, two, none, three and four decimal digits
amounts = st.one_of(st.integers(0, 10_000_000), st.integers(0, MINOR_MAX))
currencies = st.sampled_from(CURRENCIES)


def written(amount: Money, language: str) -> str:
    digits = precision(amount.currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(amount.decimal(), pattern, locale=language)


@given(minor=amounts, currency=currencies, language=st.sampled_from(["en", "fr", "de_CH"]))
def test_an_amount_as_a_page_writes_it_reads_back_exactly(minor, currency, language):
    amount = Money(minor, currency)
    assert read_amount(written(amount, language), currency) == amount
    assert read_amount(f"  {written(amount, language)} ", currency) == amount
    assert read_amount(str(amount.decimal()), currency) == amount


@given(text=st.text("0123456789,. '’-+eE$٣\u00a0\u202f", max_size=14), currency=currencies)
def test_whatever_is_typed_no_digit_is_lost_or_added(text, currency):
    try:
        amount = read_amount(text, currency)
    except NotAnAmount:
        return
    digits = int(re.sub(r"[^0-9]", "", text))
    assert amount.minor in [digits * 10**zeros for zeros in range(precision(currency) + 1)]


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("2300", "USD", 230000),
        ("$460", "USD", 46000),
        ("2 300,00 $US", "USD", 230000),
        ("USD 2,300", "USD", 230000),
        ("2\u202f300,00\u00a0€", "EUR", 230000),
        ("£5", "GBP", 500),
        ("2,300.00", "USD", 230000),
        ("2 300,00", "EUR", 230000),
        ("2\u202f300,5", "EUR", 230050),
        ("1'234.50", "CHF", 123450),
        ("1.234.567,89", "EUR", 123456789),
        ("12,345", "USD", 1234500),
        ("1,000,000", "JPY", 1000000),
        ("12.345", "KWD", 12345),
        ("0", "USD", 0),
        ("0,01", "EUR", 1),
    ],
)
def test_amounts_as_people_type_them(text, currency, minor):
    assert read_amount(text, currency) == Money(minor, currency)


NO_AMOUNTS = (
    "0.005|1,23,4|-5|+5|1e5|٣٤|１２|12.345|1.00.00|1,2345|.5|5.|,|. |1 2|12 34,00|1,23.45|€5|5 CA$|$5 USD|$$5|$|USD|"
    "5 EUR|0x10|1_000|NaN|Infinity|00,500|1, 000|1,,000|½|1.000,00,0||\0|4" + "0" * 19 + "|" + "9" * 5000
)


def test_what_is_not_an_amount_is_refused_and_quoted_shortly():
    for text in NO_AMOUNTS.split("|"):
        with pytest.raises(NotAnAmount) as refused:
            read_amount(text, "USD")
        assert refused.value.status == 422
        assert text.strip()[:40] in refused.value.text()
        assert len(refused.value.text()) < 140


def test_a_yen_has_no_cents():
    with pytest.raises(NotAnAmount):
        read_amount("10.50", "JPY")
    with pytest.raises(NotAnAmount):
        read_amount("10,5", "JPY")


@given(minor=st.integers(-MINOR_MAX, MINOR_MAX), weights=st.lists(st.integers(0, 10**9), min_size=1).filter(any))
def test_parts_sum_to_the_whole_and_are_within_one_cent_of_their_proportion(minor, weights):
    parts = Money(minor, "USD").split(weights)
    assert sum(part.minor for part in parts) == minor
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * total - minor * weight) < total  # less than one cent away from the exact part
        assert weight or not part.minor
    by_weight = sorted(zip(weights, (abs(part.minor) for part in parts), strict=True))
    assert all(less <= more for (_, less), (_, more) in pairwise(by_weight) if less != more)


def test_equal_parts_differ_by_one_cent_at_most_and_the_earlier_get_it():
    assert [part.minor for part in Money(100, "USD").split([1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in Money(-100, "USD").split([1, 1, 1])] == [-34, -33, -33]


def test_amounts_of_two_currencies_never_meet():
    for act in (Money.__add__, Money.__sub__, Money.__lt__, Money.__le__):
        with pytest.raises(AssertionError):
            act(Money(1, "USD"), Money(1, "EUR"))
    assert Money(1, "USD") != Money(1, "EUR")


@pytest.mark.parametrize("made", [lambda: Money(1.0, "USD"), lambda: Money(True, "USD"), lambda: Money(1, "XYZ")])
def test_money_that_is_no_money_is_a_programming_error(made):
    with pytest.raises(AssertionError):
        made()


def test_money_is_multiplied_by_whole_numbers_only_and_says_itself_exactly():
    with pytest.raises(AssertionError):
        Money(1, "USD") * 0.5
    assert Money(23_00, "USD") * 100 == Money(2_300_00, "USD")
    assert (str(Money(230005, "USD")), str(Money(5, "JPY"))) == ("USD 2300.05", "JPY 5")
    assert Money(MINOR_MAX, "USD").decimal() == Decimal(MINOR_MAX) / 100


def test_currency_codes_are_read_as_typed_and_what_is_no_money_in_use_is_refused():
    assert currency_code(" usd ") == "USD"
    for text in ("EUR", "GBP", "CHF", "JPY", "KWD", "XAF", "XOF", "XPF", "XCD", "XCG"):
        assert currency_code(text) == text
    for text in ("", "US", "DOLLAR", "XXQ", "$", "U\0D", "XXX", "XTS", "XAU", "XDR", "CHE", "DEM", "FRF"):
        with pytest.raises(UnknownCurrency):
            currency_code(text)
