"""The structure questionnaire: every answer leads somewhere honest, and every point rests on a value of the law."""

from itertools import product

import pytest

from app.conversion.structure.advising import NoSuchAnswer, advise, for_counsel, law_of
from app.conversion.structure.points import POINTS
from app.conversion.structure.questions import QUESTIONS
from app.law.plans import plan_ids
from tests.journeys.conftest import address, visitor  # noqa: F401  (fixtures)


@pytest.mark.parametrize(
    ("given", "route", "later"),
    [
        ({"entity": "us"}, "us-de-266", None),
        ({"entity": "us", "vehicle": "yes"}, "us-de-251", None),
        ({"entity": "uk"}, "uk-company-to-society", None),
        ({"entity": "fr", "europe": "yes"}, "fr-sa-scic", "eu-sce"),
        ({"entity": "de"}, "de-umwg-eg", None),
        ({"entity": "coop", "europe": "yes"}, "eu-sce", None),
        ({"entity": "other", "europe": "yes"}, None, None),
    ],
)
def test_answers_lead_to_a_route(given, route, later):
    found = advise(given)
    assert (found.route.id if found.route else None, found.later.id if found.later else None) == (route, later)


def test_whatever_is_answered_the_route_has_a_plan_and_each_point_its_law():
    assert all(law_of(point) for point in POINTS)
    brought_up = set()
    for said in product(*(each.answers for each in QUESTIONS)):
        found = advise(dict(zip((each.key for each in QUESTIONS), said, strict=True)))
        assert found.route is None or (found.route.id in plan_ids() and found.points)
        brought_up |= {(point.route, point.value) for point in found.points}
    assert brought_up == {(point.route, point.value) for point in POINTS}, "a point that nothing brings up"


def test_traps_are_told_only_to_whom_they_concern():
    trap = "approvals.holders.if_member_liability"
    assert trap in {point.value for point in advise({"entity": "de", "calls": "yes"}).points}
    assert trap not in {point.value for point in advise({"entity": "de"}).points}
    with pytest.raises(NoSuchAnswer):
        advise({"entity": "mars"})
    assert "[DE1]" in for_counsel(advise({"entity": "de", "calls": "yes"}), "en")


def test_the_page_shows_the_route_and_hands_it_to_counsel(visitor):  # noqa: F811
    everyone = visitor()
    everyone.get("/structure").sees("What is the company today?")
    everyone.get("/structure?entity=de&calls=yes").sees("de-umwg-eg", "those who are absent too")
    told = visitor("fr").get("/structure/counsel.txt?entity=fr&europe=yes").answer
    assert told.headers["content-type"].startswith("text/plain") and "fr-sa-scic v1" in told.text
    assert "Étape ultérieure" in told.text
    everyone.get("/structure?entity=mars", 422).sees("knows no such answer")
