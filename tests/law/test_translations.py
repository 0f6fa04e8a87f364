"""Decisions, refusals and findings speak French as well: sentences, and the terms inside them."""

from decimal import Context, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import language
from app.law.decisions import percent, shown
from app.law.evaluating import evaluate
from app.law.figures import NotAFigure, NotOneObject, read_object
from app.law.lint import lint
from app.law.ownrules import read_rules


def test_a_decision_in_french():
    text = evaluate("uk-company-to-society", {"for": 3, "against": 1}).text("fr")
    assert "3 sur 4 (75\u00a0%) sont pour\u00a0; il faut au moins 3/4" in text
    assert "la source a été lue" in text


def test_a_refusal_in_french():
    with pytest.raises(NotAFigure) as refused:
        evaluate("us-de-266", {"for": 1.5, "outstanding": 2})
    assert refused.value.text_in("fr") == "Le chiffre «\u00a0for\u00a0» doit être un nombre."


def test_a_finding_in_french():
    rules = read_rules(b'{"members": {"now": 5}, "start": [{"what": "Elections", "members": 30000}]}', ".json")
    assert "cela ne commence jamais" in lint(rules)[0].text("fr")


def test_figures_in_french_are_written_as_french_writes_them():
    text = evaluate("us-regcf-limit", {"ai": 124_000, "nw": 124_000}).text("fr")
    assert "124\u202f000" in text
    tally = {"for": 223_121_744, "against": 123_907_045, "outstanding": 707_754_630}
    assert "(31,52\u00a0%)" in evaluate("us-de-266", tally).text("fr")


def test_why_an_input_cannot_be_read_in_french():
    with pytest.raises(NotOneObject) as refused:
        read_object('{"for": 1,')
    assert "illisible à partir de la ligne 1, colonne 11" in refused.value.text_in("fr")
    with pytest.raises(NotOneObject) as refused:
        read_object("[1]")
    assert refused.value.text_in("fr").endswith("c’est une liste.")


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**18))
def test_english_figures_are_those_of_the_other_rooms(numerator, denominator):
    part = Fraction(numerator, denominator)
    with localcontext(Context(prec=100)):
        assert shown(numerator) == language.number(numerator, "en")
        assert percent(part).text() == language.percent(part, "en", digits=2)
