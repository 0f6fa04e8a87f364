"""Decisions, refusals and findings speak French as well: sentences, and the terms inside them."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from app.law.evaluating import evaluate
from app.law.figures import NotAFigure
from app.law.lint import lint
from app.law.ownrules import read_rules

PO = Path(__file__).resolve().parents[2] / "locales" / "fr" / "law.po"


@pytest.fixture(scope="module")
def french():
    with PO.open("rb") as file:
        catalogue = read_po(file)
    return lambda message: catalogue.get(message).string


def test_a_decision_in_french(french):
    text = evaluate("uk-company-to-society", {"for": 3, "against": 1}).text(french)
    assert "3 sur 4 (75.00\u00a0%) sont pour\u00a0; il faut au moins 3/4" in text
    assert "la source a été lue" in text


def test_a_refusal_in_french(french):
    with pytest.raises(NotAFigure) as refused:
        evaluate("us-de-266", {"for": 1.5, "outstanding": 2})
    assert refused.value.text(french) == "Le chiffre «\u00a0for\u00a0» doit être un nombre."


def test_a_finding_in_french(french):
    rules = read_rules(b'{"members": {"now": 5}, "start": [{"what": "Elections", "members": 30000}]}', ".json")
    assert "cela ne commence jamais" in lint(rules)[0].text(french)
