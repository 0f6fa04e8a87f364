"""Language: figures as their readers write them, and never more than is true."""

from datetime import UTC, date, datetime
from enum import StrEnum
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refusal
from app.core.language import LANGUAGES, choose, day, decimal, moment, money, number, percent, say
from app.core.money import Money
from app.core.templates import environment, paragraphs

LANGS = st.sampled_from(LANGUAGES)


@pytest.mark.parametrize(
    ("amount", "english", "french"),
    [
        (Money(230000, "USD"), "$2,300.00", "2\u202f300,00\u00a0$US"),
        (Money(805_000_000_000, "USD"), "$8,050,000,000.00", "8\u202f050\u202f000\u202f000,00\u00a0$US"),
        (Money(-5, "EUR"), "-€0.05", "-0,05\u00a0€"),
        (Money(1500, "JPY"), "¥1,500", "1\u202f500\u00a0JPY"),
    ],
)
def test_money_is_written_as_its_readers_write_it(amount, english, french):
    assert (money(amount, "en"), money(amount, "fr")) == (english, french)


def test_brief_money_leaves_out_only_cents_that_are_zero():
    assert money(Money(805_000_000_000, "USD"), "en", brief=True) == "$8,050,000,000"
    assert money(Money(230000, "EUR"), "fr", brief=True) == "2\u202f300\u00a0€"
    assert money(Money(230050, "USD"), "en", brief=True) == "$2,300.50"
    assert money(Money(1500, "JPY"), "en", brief=True) == "¥1,500"


def test_numbers_dates_and_moments():
    assert (number(3_500_000, "en"), number(3_500_000, "fr")) == ("3,500,000", "3\u202f500\u202f000")
    assert (day(date(2026, 12, 31), "en"), day(date(2026, 12, 31), "fr")) == ("December 31, 2026", "31 décembre 2026")
    deadline = datetime(2026, 12, 31, 22, 0, tzinfo=UTC)
    assert moment(deadline, "en", "America/New_York") == "December 31, 2026, 5:00\u202fPM EST"
    assert moment(deadline, "fr", "Europe/Paris") == "31 décembre 2026, 23:00 UTC+1"
    assert moment(deadline, "en", "Asia/Kolkata") == "January 1, 2027, 3:30\u202fAM UTC+5:30"
    assert moment(deadline, "fr") == "31 décembre 2026, 22:00 UTC"


@given(st.integers(0, 10**15), st.integers(1, 10**15), st.integers(0, 3), LANGS)
def test_a_percentage_is_cut_off_and_says_all_only_when_it_is_all(part, whole, digits, lang):
    shown = percent(part, lang, of=whole, digits=digits)
    figure = (
        Fraction("".join(char for char in shown.replace(",", ".") if char in "0123456789.").strip())
        if lang == "fr"
        else Fraction(shown.replace(",", "").rstrip("%"))
    )
    assert figure <= Fraction(100 * part, whole) < figure + Fraction(1, 10**digits)


def test_exact_amounts_keep_the_digits_that_they_have():
    assert [decimal(each, "en") for each in ("1234.50", "-0.05", "350000", "0.000")] == [
        "1,234.50", "-0.05", "350,000", "0.000",
    ]  # fmt: skip
    assert decimal("1234.50", "fr") == "1\u202f234,50"


def test_percentages():
    assert percent(Fraction(1, 3), "en") == "33.3%"
    assert percent(99_999, "fr", of=100_000) == "99,9\u00a0%"
    assert percent(1, "en") == "100%"


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA,en;q=0.9", "fr"),
        ("en;q=0.5, fr;q=0.9", "fr"),
        ("de, ja;q=0.9", "en"),
        ("fr;q=0", "en"),
        ("fr;q=often, *", "en"),
        ("de,fr;q=0.2,en;q=0.1", "fr"),
    ],
)
def test_the_language_that_a_browser_prefers(header, lang):
    assert choose(header) == lang


@given(st.text())
def test_no_header_breaks_the_choice(header):
    assert choose(header) in LANGUAGES


def test_a_refusal_writes_its_facts_for_its_reader():
    class TooMuch(Refusal):
        message = "At most {most} for {people} people until {until}."

    refusal = TooMuch(most=Money(230000, "USD"), people=3500000, until=date(2026, 12, 31))
    assert say(refusal, "en") == "At most $2,300.00 for 3,500,000 people until December 31, 2026."
    assert "2\u202f300,00\u00a0$US" in say(refusal, "fr")


def test_states_and_refusals_within_a_refusal_are_said_in_its_language():
    class State(StrEnum):
        FOUND = "Not found"

    class Within(Refusal):
        message = "{state}!"

    class Outside(Refusal):
        message = "Because: {reasons}"

    refusal = Outside(reasons=[Within(state=State.FOUND), "Then."])
    assert say(refusal, "en") == "Because: Not found! Then."
    assert say(refusal, "fr") == "Because: Introuvable! Then."


def test_pages_escape_what_people_typed_and_letters_do_not():
    page = environment("en").from_string("{{ name }} {{ _('Hello %(who)s', who=name) }}")
    assert page.render(name="<b>&") == "&lt;b&gt;&amp; Hello &lt;b&gt;&amp;"
    assert paragraphs("One <i>\ntwo\n\n\nthree") == "<p>One &lt;i&gt;<br>two</p><p>three</p>"


def test_a_fact_that_a_template_lacks_is_an_error():
    with pytest.raises(Exception, match="is undefined"):
        environment("en").from_string("{{ nothing }}").render()
