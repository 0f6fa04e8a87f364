"""The lint finds clauses that can never be met and deadlines that contradict each other, and says so with figures."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app.cli.law import law
from app.law.lint import lint
from app.law.ownrules import read_rules

SOUND = """
profile = "us-de-251"
offer_profile = "us-regcf"
[members]
now = 1200
expected = 5000
turnout_max = "12/100"
[[quorum]]
clause = "Rule 41"
number = 600
call = 1
[[quorum]]
clause = "Rule 41"
number = 300
call = 2
[[majority]]
clause = "Rule 43"
denominator = "cast_for_against"
operator = ">="
fraction = "3/4"
[[start]]
clause = "Rule 60"
what = "Open elections of the board"
members = 5000
[meeting]
notice_days = 30
record_date_min_days = 10
record_date_max_days = 60
proposals_days = 45
proxies_days = 2
postal_votes_days = 3
second_call_within_days = 60
second_call_notice_days = 21
[offer]
open_days = 30
reflection_days = 4
allotment_days_after_closing = 5
cancel_until_hours = 48
early_close_open_days = 21
each_min = 100
each_max = 2300
people_min = 10
target = 5000000
"""


def texts(toml):
    return [finding.text() for finding in lint(read_rules(toml.encode(), ".toml"))]


def test_sound_rules_pass():
    assert texts(SOUND) == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("number = 600", "number = 601", "601 is never reached"),
        ("number = 600", 'fraction = "1/2"', "50% is never reached"),
        ("number = 300", "number = 601", "higher than that of the call before"),
        ('"cast_for_against"', '"entitled"', "those who stay away count as against"),
        ("members = 5000", "members = 30000", "it never starts"),
        ("notice_days = 30", "notice_days = 61", "nobody knows yet who may vote"),
        ("notice_days = 30", "notice_days = 60\nclear_days = true", "nobody knows yet who may vote"),
        ("notice_days = 30", "notice_days = 19", "shorter than the law's 20 (us-de-251)"),
        ("record_date_max_days = 60", "record_date_max_days = 9", "there is no such day"),
        ("proposals_days = 45", "proposals_days = 29", "may propose items until 29 days"),
        ("proxies_days = 2", "proxies_days = 30", "Proxies are due 30 days"),
        ("postal_votes_days = 3", "postal_votes_days = 31", "Postal votes are due 31 days"),
        ("second_call_within_days = 60", "second_call_within_days = 20", "must follow within 20 days"),
        ("reflection_days = 4", "reflection_days = 31", "even the first buyer may still withdraw"),
        ("allotment_days_after_closing = 5", "allotment_days_after_closing = 3", "who bought last"),
        ("cancel_until_hours = 48", "cancel_until_hours = 720", "the offer is open 720 hours only"),
        ("early_close_open_days = 21", "early_close_open_days = 31", "needs 31 days open"),
        ("each_min = 100", "each_min = 2301", "nobody can"),
        ("people_min = 10", "people_min = 5001", "At least 5,001 people must buy"),
        ("target = 5000000", "target = 5000000.01", "above the cap of 5,000,000 USD"),
        ("each_max = 2300", "each_max = 999", "5,000 people at 999 each give 4,995,000"),
    ],
)
def test_each_fault_is_said_in_words_with_its_figures(before, after, words):
    assert before in SOUND
    assert any(words in text for text in texts(SOUND.replace(before, after, 1)))


def test_a_majority_below_the_law_is_found_where_both_count_the_same():
    half = SOUND.replace('"cast_for_against"', '"outstanding_entitled"').replace('"3/4"', '"1/2"').replace("12/", "99/")
    assert texts(half) == ["A majority of >= 1/2 is less than the law's > 1/2 (us-de-251)."]
    assert texts(half.replace('">="', '">"')) == []
    uk = SOUND.replace("us-de-251", "uk-company-to-society").replace('"3/4"', '"2/3"')
    assert any("A majority of >= 2/3 is less than the law's >= 3/4" in text for text in texts(uk))


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.integers(0, 100))
def test_a_quorum_is_never_reached_exactly_when_too_few_can_come(members, number, turnout):
    rules = read_rules(
        json.dumps(
            {
                "members": {"now": members, "turnout_max": f"{turnout}/100"},
                "quorum": [{"clause": "1", "number": number}],
            }
        ).encode(),
        ".json",
    )
    assert bool(lint(rules)) is (number * 100 > members * turnout)


@given(st.integers(1, 100), st.integers(0, 100), st.sampled_from([">", ">="]))
def test_a_majority_of_the_entitled_is_never_reached_exactly_when_turnout_stays_below(needed, turnout, operator):
    majority = {"clause": "1", "denominator": "entitled", "operator": operator, "fraction": f"{needed}/100"}
    rules = {"members": {"turnout_max": f"{turnout}/100"}, "majority": [majority]}
    reachable = turnout > needed if operator == ">" else turnout >= needed
    assert bool(lint(read_rules(json.dumps(rules).encode(), ".json"))) is not reachable


def run(tmp_path, name, text, *options):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return CliRunner().invoke(law, ["lint", str(file), *options])


def test_the_command_ends_with_1_when_something_is_found(tmp_path):
    assert run(tmp_path, "own.toml", SOUND).exit_code == 0
    found = run(tmp_path, "own.toml", SOUND.replace("members = 5000", "members = 30000"))
    assert found.exit_code == 1
    assert "Rule 60: “Open elections of the board” starts at 30,000 members" in found.stdout
    data = json.loads(run(tmp_path, "own.toml", SOUND.replace("members = 5000", "members = 30000"), "--json").stdout)
    assert [finding["kind"] for finding in data["findings"]] == ["never"]
    assert data["findings"][0]["figures"]["members"] == 30000


@pytest.mark.parametrize(
    ("name", "text", "refusal"),
    [
        ("own.toml", "[[", "UnreadableRules"),
        ("own.toml", b"\xff", "UnreadableRules"),
        ("own.json", "[]", "NotOneObject"),
        ("own.toml", "colour = 1", "UnknownSection"),
        ("own.toml", "[members]\nold = 1", "UnknownSection"),
        ("own.toml", "members = 5", "NotAFigure"),
        ("own.toml", "quorum = 5", "NotAFigure"),
        ("own.toml", "[members]\nnow = -1", "NegativeFigure"),
        ("own.toml", '[members]\nturnout_max = "3/2"', "NotAFigure"),
        ("own.toml", 'profile = "us-de-267"', "UnknownProfile"),
        ("own.toml", "profile = 5", "NotAFigure"),
        ("own.toml", '[[majority]]\nclause = "1"', "MissingFigure"),
        ("own.toml", '[[majority]]\ndenominator = "all"\noperator = ">"\nfraction = "1/2"', "NotOneOf"),
        ("own.toml", "[[start]]\nmembers = 5", "MissingFigure"),
        ("own.toml", "[meeting]\nnotice_days = 2026-01-01", "NotAFigure"),
        ("own.toml", "[offer]\ntarget = 1e999", "NotAFigure"),
    ],
)
def test_unreadable_rules_are_refused_by_name(tmp_path, name, text, refusal):
    answer = run(tmp_path, name, text)
    assert answer.exit_code == 2
    assert answer.stderr.endswith(f" [{refusal}]\n")
