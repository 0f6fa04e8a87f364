"""`costake law evaluate`: figures in, the decision out; bad figures are refused by name, and nothing is guessed."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.law import law
from app.law.rules import RULES

CASES = json.loads((Path(__file__).parent / "rule_cases.json").read_text(encoding="utf-8"), parse_float=Decimal)
TWITTER = '{"for": 223121744, "against": 123907045, "abstain": 1847614, "broker_non_votes": 202867909, %s}'


def ask(profile, figures):
    text = figures if isinstance(figures, str | bytes) else json.dumps(figures, default=float)
    return CliRunner().invoke(law, ["evaluate", profile], input=text)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_every_rule_answers_as_the_law_says(case):
    answer = ask(case["rule"], case["in"])
    assert answer.exit_code == 0, answer.stderr
    decision = json.loads(answer.stdout, parse_float=Decimal)
    assert {key: decision[key] for key in case["expect"]} == case["expect"]
    assert all(type(decision[key]) is bool for key, value in case["expect"].items() if type(value) is bool)
    assert decision["comparison"]
    assert decision["text"]


def test_every_rule_is_tried():
    tried = {case["rule"] for case in CASES} | {
        # asked through their profile, or through a rule of the same function
        "us-regcf-cap",
        "us-regcf-material-change",
        "us-de-251-notice",
        "eu-sce-notice",
        "de-umwg-eg-notice",
        "de-eg-resolution",
        "aml-eu",
        "us-ttw-form",
    }
    assert {name for name in RULES if not name.endswith("-weight")} <= tried


def test_the_tally_of_may_2016_by_its_two_denominators():
    cast = json.loads(ask("tally", TWITTER % '"den": "cast_with_abstentions"').stdout)
    assert (cast["pass"], cast["share"]) == (True, 0.6395)
    assert "(63.95%)" in cast["text"]
    outstanding = json.loads(ask("tally", TWITTER % '"outstanding": 707754630, "den": "outstanding"').stdout)
    assert (outstanding["pass"], outstanding["share"]) == (False, 0.3153)


def test_a_decision_says_its_rule_its_source_and_whether_it_binds():
    enforced = json.loads(ask("uk-company-to-society", {"for": 3, "against": 1}).stdout)
    assert enforced["enforced"] is True
    assert enforced["sources"] == [{"id": "UK7", "ref": "Companies Act 2006 s.283"}]
    advisory = json.loads(ask("eu-ecsp-warn", {"net_worth": 0, "amount": 1}).stdout)
    assert advisory["enforced"] is False
    assert "Ask counsel" in advisory["text"]
    arithmetic = json.loads(ask("tally", {"for": 1, "against": 0, "den": "cast"}).stdout)
    assert arithmetic["enforced"] is None


@pytest.mark.parametrize(
    ("profile", "figures", "refusal"),
    [
        ("us-de-267", {"for": 1}, "UnknownProfile"),
        ("", {"for": 1}, "UnknownProfile"),
        ("fr-coop-offer", {"for": 1}, "NothingToDecide"),
        ("us-de-266", {"for": -1, "outstanding": 10}, "NegativeFigure"),
        ("us-de-266", {"for": 11, "outstanding": 10}, "ContradictoryFigures"),
        ("us-de-266", {"for": 6, "against": 5, "outstanding": 10}, "ContradictoryFigures"),
        ("us-de-266", {"for": 6, "outstanding": 10, "colour": 1}, "UnknownFigure"),
        ("us-de-266", {"for": 6}, "MissingFigure"),
        ("us-de-266", {}, "MissingFigure"),
        ("us-de-266", {"for": True, "outstanding": 10}, "NotAFigure"),
        ("us-de-266", {"for": 1.5, "outstanding": 10}, "NotAFigure"),
        ("us-de-266", {"for": "1,000", "outstanding": 2000}, "NotAFigure"),
        ("us-de-266", {"for": "ten", "outstanding": 2000}, "NotAFigure"),
        ("us-de-266", {"for": None, "outstanding": 2000}, "NotAFigure"),
        ("us-de-266", {"for": 0, "outstanding": 0}, "NotAFigure"),
        ("us-de-266", {"for": 1, "outstanding": 10**30}, "NotAFigure"),
        ("us-de-266", {"for": 1, "outstanding": 2, "on": "2017-05-22"}, "OutsideValidity"),
        ("us-regcf-limit", {"ai": 1, "nw": 1, "on": "2022-09-19"}, "OutsideValidity"),
        ("us-de-266", {"for": 1, "outstanding": 2, "on": "yesterday"}, "NotAFigure"),
        ("uk-demutualise-m1", {"eligible": 10, "for": 9, "against": 2}, "ContradictoryFigures"),
        ("uk-society", {"eligible": 10, "for": 9, "against": 1}, "SeveralRules"),
        (
            "fr-sa-scic",
            {"shares_with_votes": 10, "present": 11, "call": 1, "for": 1, "against": 0},
            "ContradictoryFigures",
        ),
        (
            "fr-sa-scic",
            {"shares_with_votes": 10, "present": 5, "call": 1, "for": 6, "against": 0},
            "ContradictoryFigures",
        ),
        ("fr-sa-scic", {"shares_with_votes": 10, "present": 5, "call": 4, "for": 1, "against": 0}, "NotOneOf"),
        ("fr-sa-scic", {"shares_with_votes": 10, "present": 5, "for": 1, "against": 0}, "MissingFigure"),
        ("de-umwg-eg-AG", {"capital_represented": 10, "capital_for": 11}, "ContradictoryFigures"),
        ("eu-sce", {"members": 10, "present": 11, "call": 2, "for": 1, "against": 0}, "ContradictoryFigures"),
        (
            "us-co-lca",
            {"all_for": 11, "all_cast": 10, "patron_for": 1, "patron_cast": 2},
            "ContradictoryFigures",
        ),
        (
            "us-co-lca",
            {"all_for": 5, "all_cast": 10, "patron_for": 3, "patron_cast": 2},
            "ContradictoryFigures",
        ),
        ("uk-clear-days", {"given": "2026-06-16", "meeting": "2026-06-15", "need": 14}, "DatesOutOfOrder"),
        ("uk-clear-days", {"given": "2026-06-31", "meeting": "2026-07-15", "need": 14}, "NotAFigure"),
        ("uk-clear-days", {"given": "2026-06-01T10:00:00", "meeting": "2026-06-15", "need": 14}, "NotAFigure"),
        ("uk-clear-days", {"given": "2026-06-01", "meeting": "2026-06-15", "need": -1}, "NegativeFigure"),
        ("uk-clear-days", {"given": "2026-06-01", "meeting": "2026-06-15", "need": 10**17}, "NotAFigure"),
        ("uk-clear-days", {"given": "2026-06-01", "meeting": "2026-06-15"}, "WhichNotice"),
        ("us-record-date", {"record": "2026-06-16", "meeting": "2026-06-15"}, "DatesOutOfOrder"),
        ("us-regcf-cancel", {"deadline": "2026-11-30T17:00:00", "at": "2026-11-28T17:00:00+00:00"}, "NotAFigure"),
        ("us-regcf-cancel", {"deadline": "0001-01-01T00:00:00+00:00", "at": "2026-11-28T17:00Z"}, "NotAFigure"),
        ("us-regcf-limit", {"ai": 1, "nw": -1}, "NegativeFigure"),
        ("us-regcf-limit", {"ai": 1}, "MissingFigure"),
        ("us-regcf-limit", {"accredited": False}, "MissingFigure"),
        ("us-regcf-limit", {"ai": 1, "nw": 1, "accredited": "no"}, "NotAFigure"),
        ("us-rega-limit", {"ai": 1, "nw": 1, "revenue": 1, "net_assets": 1}, "UnknownFigure"),
        ("fr-scic-surplus", {"surplus": -5, "legal_full": False}, "NegativeFigure"),
        ("fr-scic-surplus", {"surplus": 5}, "MissingFigure"),
        ("fr-scic-surplus", {"surplus": "0.001", "legal_full": False}, "NotAFigure"),
        ("fr-scic-colleges", {"weights": "all"}, "NotAFigure"),
        ("fr-scic-colleges", {"weights": ["1/0", "1/2", "1/2"]}, "NotAFigure"),
        ("fr-scic-colleges", {"weights": ["-1/2", "1/2", "1"]}, "NegativeFigure"),
        ("us-loan", {"principal": 1, "annual_rate": 4, "per_year": 4, "n": 40}, "NotAFigure"),
        ("us-loan", {"principal": 1, "annual_rate": 0.04, "per_year": 4, "n": 0}, "NotAFigure"),
        ("us-loan", {"principal": 1, "annual_rate": 0.04, "per_year": 4, "n": 10**9}, "NotAFigure"),
        ("tally", {"for": 1, "against": 0, "den": "everyone"}, "UnknownDenominator"),
        ("tally", {"for": 1, "against": 0, "den": "cast_with_abstentions"}, "MissingFigure"),
        ("tally", {"for": 1, "against": 0, "den": "cast", "frac": "3/2"}, "NotAFigure"),
        ("tally", {"for": 1, "against": 0, "den": "cast", "op": "<"}, "NotOneOf"),
        ("us-de-203", {"owned": 2, "outstanding": 1}, "ContradictoryFigures"),
        ("us-de-266", "", "NotOneObject"),
        ("us-de-266", "[1]", "NotOneObject"),
        ("us-de-266", "7", "NotOneObject"),
        ("us-de-266", '{"for": NaN, "outstanding": 10}', "NotOneObject"),
        ("us-de-266", '{"for": Infinity, "outstanding": 10}', "NotOneObject"),
        ("us-de-266", '{"for": 1, "for": 2, "outstanding": 10}', "NotOneObject"),
        ("us-de-266", '{"for": 1e400, "outstanding": 10}', "NotAFigure"),
        ("us-de-266", '{"for": 1e99999999999999999999, "outstanding": 10}', "NotOneObject"),
        ("us-de-266", b"\xff\xfe{", "NotOneObject"),
        ("us-de-266", "[" * 100_000, "NotOneObject"),
        ("us-de-266", '{"\\ud800": 1}', "UnknownFigure"),
        ("us-de-266", '{"for": ' + "9" * 5000 + ', "outstanding": 10}', "NotOneObject"),
    ],
)
def test_bad_figures_are_refused_by_name(profile, figures, refusal):
    answer = ask(profile, figures)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert answer.stderr.endswith(f". [{refusal}]\n")
    assert "Traceback" not in answer.stderr
    assert "sys." not in answer.stderr


def test_a_refused_input_says_why_in_plain_words():
    for text, why in (
        ('{"for": 1,', "it cannot be read from line 1, column 11 on"),
        ('{"for": ' + "9" * 5000 + "}", "a number in it has too many digits"),
        ("", "nothing came in"),
        ("[" * 100_000, "it is nested too deeply"),
        ("[1]", "it is a list"),
        (b"\xff\xfe{", "it is no text in UTF-8"),
    ):
        said = f"The input is not one JSON object: {why}. [NotOneObject]\n"
        assert ask("us-de-266", text).stderr == said


def test_where_nobody_voted_that_is_the_reason():
    for rule, figures in (
        ("uk-company-to-society", {"for": 0, "against": 0}),
        ("tally", {"for": 0, "against": 0, "abstain": 0, "den": "cast_with_abstentions"}),
        ("de-umwg-eg-AG", {"capital_for": 0, "capital_represented": 0}),
        ("uk-demutualise-m1", {"eligible": 10, "for": 0, "against": 0}),
        ("us-co-lca", {"all_for": 0, "all_cast": 0, "patron_for": 0, "patron_cast": 0}),
        ("fr-sa-scic", {"shares_with_votes": 10, "present": 5, "call": 1, "for": 0, "against": 0}),
        ("eu-sce", {"members": 10, "present": 6, "call": 1, "for": 0, "against": 0}),
    ):
        decision = json.loads(ask(rule, figures).stdout)
        assert decision["pass"] is False
        assert "No votes were cast, so nothing is carried." in decision["text"]
        assert "> 0: 0 > 0 is false" in decision["comparison"]
        assert ">= 0 is false" not in decision["comparison"]


def test_figures_are_written_as_english_writes_them():
    assert "124,000" in json.loads(ask("us-regcf-limit", {"ai": 124_000, "nw": 124_000}).stdout)["text"]


def test_with_json_the_refusal_is_json_too():
    answer = CliRunner().invoke(law, ["evaluate", "us-de-266", "--json"], input='{"for": -1, "outstanding": 1}')
    assert answer.exit_code == 2
    refusal = json.loads(answer.stdout)
    assert refusal["refusal"] == "NegativeFigure"
    assert "for" in refusal["message"]


def test_a_rule_that_is_not_in_force_yet_says_so():
    decision = json.loads(ask("aml-eu", {"amount": 10000}).stdout)
    assert any("2027-07-10" in note for note in decision["notes"])
    assert ask("aml-eu", {"amount": 10000, "on": "2027-07-10"}).exit_code == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(RULES)), st.data())
def test_whatever_comes_in_is_decided_or_refused(name, data):
    figures = {
        figure.name: data.draw(
            JSON | st.sampled_from([0, 1, "1/2", "2026-01-01", "2026-01-01T00:00:00Z", "for", ">", "statutes"])
        )
        for figure in RULES[name].takes
        if data.draw(st.booleans())
    }
    answer = CliRunner().invoke(law, ["evaluate", name], input=json.dumps(figures))
    assert answer.exit_code in (0, 2), answer.exception
    assert (answer.stdout == "") is (answer.exit_code == 2)
