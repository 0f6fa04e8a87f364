"""Values of a form: exact, or refused at their field, all at once."""

import unicodedata
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.core.money import Money
from app.web.forms import FormFields
from app.web.typed import Form


def problem(read) -> str | None:
    """The class name of the problem that a reading leaves, if any."""
    form = read()
    return type(next(iter(form.problems.values()))).__name__ if form.problems else None


def reading(value: str, method: str, *args, **kwargs) -> Form:
    form = Form({"it": value})
    getattr(form, method)("it", *args, **kwargs)
    return form


@given(st.text(max_size=300))
def test_text_is_trimmed_normal_and_without_anything_invisible(typed):
    form = Form({"it": typed})
    read = form.text("it", 100)
    if form.problems:
        assert read == ""
    else:
        assert 0 < len(read) <= 100
        assert read == read.strip() == unicodedata.normalize("NFC", read)
        assert not any(unicodedata.category(char) == "Cc" for char in read)


def test_names_of_all_scripts_are_taken_as_they_are():
    for name in (
        "Nguyễn Thị Minh Khai",
        "محمد بن سلمان",
        "Zoë 🦜❤️‍🔥",
        "O’Neill-Łukasz",
        "山田太郎",
        "Юлія Ґонтар",
        "می‌خواهم",
        "Ωμέγα & Zoë",
    ):
        assert Form({"it": name}).text("it") == name


@pytest.mark.parametrize(
    "typed",
    [
        "Ana\nBcc: x@example.org",
        "Ana\tB",
        "Ana\x1b[0m",
        "Ana\u2028B",
        "Ana\x85B",
        "Ana\ufffeB",
        "An\u200da",
        "Ana\ufe0f",
        "Ana \u200c",
        "\u3164",
        "Ana\u034f",
    ],
)
def test_a_line_takes_no_line_breaks_or_control_characters(typed):
    assert problem(lambda: reading(typed, "text")) == "ControlCharacters"


@pytest.mark.parametrize("typed", ["\u0410na", "Peter \u0420eter", "An\u0430", "B\u03bfb"])
def test_a_word_of_two_alphabets_that_look_alike_is_refused(typed):
    assert problem(lambda: reading(typed, "text")) == "MixedLetters"


def test_several_lines_keep_their_breaks():
    assert Form({"it": "one\r\ntwo\rthree"}).text("it", lines=True) == "one\ntwo\nthree"


@given(st.integers(0, 2**53 - 1), st.sampled_from(["", ",", ".", " ", "'", "’", "\u00a0", "\u202f"]))
def test_whole_numbers_are_read_however_their_thousands_are_grouped(value, mark):
    form = Form({"it": f"{value:,}".replace(",", mark)})
    assert form.whole("it") == value
    assert not form.problems


@pytest.mark.parametrize(
    "typed", ["1,2", "1.5", "-1", "+1", "1e3", "٣", "²", "1,000 000", "12,34,567", "0x10", "1_000", "1 00", "one"]
)
def test_what_is_not_a_whole_number_is_refused(typed):
    assert problem(lambda: reading(typed, "whole")) == "NotWhole"


def test_bounds_are_told():
    form = Form({"few": "1", "many": "101"})
    form.whole("few", min=5)
    form.whole("many", min=5, max=100)
    assert {name: refusal.text() for name, refusal in form.problems.items()} == {
        "few": "This must be at least 5.",
        "many": "This must be at most 100.",
    }


def test_amounts_are_exact_and_bounded():
    assert Form({"it": "2 300,00"}).money("it", "USD") == Money(230000, "USD")
    assert problem(lambda: reading("23.0051", "money", "USD")) == "NotAnAmount"
    assert problem(lambda: reading("0", "money", "USD", min=Money(1, "USD"))) == "TooSmall"
    assert problem(lambda: reading("10.01", "money", "USD", max=Money(1000, "USD"))) == "TooGreat"


def test_days_are_calendar_days_as_browsers_send_them():
    assert Form({"it": "2026-12-31"}).day("it") == date(2026, 12, 31)
    for typed in ("2026-02-30", "31.12.2026", "20261231", "2026-W53-4", "0001-01-01", "9999-12-31"):
        assert problem(lambda typed=typed: reading(typed, "day")) == "NotADay"


ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.times(), ZONES)
def test_a_moment_is_read_back_as_the_local_time_that_was_typed_or_refused_when_clocks_skip_it(day, time, zone):
    typed = datetime.combine(day, time.replace(second=0, microsecond=0))
    form = Form({"it": typed.isoformat(timespec="minutes")})
    read = form.moment("it", zone)
    if form.problems:
        before, after = (typed.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1))
        assert before < after, "clocks went forward"
    else:
        assert read.tzinfo is UTC
        assert read.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == typed


def test_moments_that_do_not_exist_or_carry_a_zone_are_refused():
    for typed in ("2026-03-08T02:30", "2026-12-31", "2026-12-31T17:00Z", "2026-12-31T25:00", "soon"):
        assert problem(lambda typed=typed: reading(typed, "moment", "America/New_York")) == "NotAMoment"
    twice = Form({"it": "2026-11-01T01:30"}).moment("it", "America/New_York")
    assert twice == datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "the first of the two"


def test_addresses_are_normalised():
    assert Form({"it": " Ana@EXAMPLE.org "}).email("it") == "Ana@example.org"
    for typed in ("ana", "ana@", "@example.org", "ana@example.org, bob@example.org", "a b@example.org"):
        assert problem(lambda typed=typed: reading(typed, "email")) == "NotAnAddress"


def test_choices_take_only_what_was_offered():
    fields = FormFields([("country", "XX"), ("topic", "b"), ("topic", "a"), ("role", "owner")])
    form = Form(fields)
    form.choice("country", ["FR", "US"])
    assert form.choices("topic", ["a", "b", "c"]) == ["a", "b"]
    form.choices("role", ["a"])
    assert set(form.problems) == {"country", "role"}


def test_all_problems_are_told_together_and_the_first_of_each_field_stays():
    form = Form({"shares": "many"})
    form.text("name")
    form.whole("shares")
    form.refuse("shares", "Something else.")
    form.checked("agree", required=True)
    form.key()
    with pytest.raises(InvalidInput) as refused:
        form.done()
    assert {name: type(found).__name__ for name, found in refused.value.problems.items()} == {
        "name": "Missing",
        "shares": "NotWhole",
        "agree": "NotChecked",
        "form_key": "NotAKey",
    }


def test_what_may_be_left_out_leaves_no_problem():
    form = Form({})
    assert form.text("phone", required=False) == ""
    assert form.whole_or_none("limit") is None
    assert form.checked("news") is False
    form.done()
