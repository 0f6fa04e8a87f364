"""The planner's page: a plain form that answers, keeps what was typed, and says what is wrong; and the same as JSON."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from app.cli import costake
from app.core.settings import ROOT
from app.main import app
from app.planner.questions import CASES, TWITTER_2016

QUERY = urlencode(TWITTER_2016)


@pytest.fixture(scope="module")
def client():
    return TestClient(app, base_url="http://127.0.0.1:8000")


class Page(HTMLParser):
    """Ids, tags with their attributes, and the text of a page."""

    def __init__(self, response):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(response.text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += f" {data.strip()}"

    def field(self, name):
        return next(attrs for _, attrs in self.tags if attrs.get("name") == name and "id" in attrs)

    def having(self, attribute):
        return [attrs for _, attrs in self.tags if attribute in attrs]


def test_without_figures_it_shows_the_case_of_2016(client):
    page = Page(client.get("/plan"))
    assert page.field("users")["value"] == "350000000"
    assert "65.82%" in page.text
    assert "Go only if" in page.text
    assert "DGCL 203" in page.text


def test_an_address_can_be_kept(client):
    page = Page(client.get(f"/plan?{QUERY.replace('17.28', '23')}"))
    assert page.field("price")["value"] == "23"
    assert "No go" in page.text
    assert "3,538,774" in page.text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_every_known_case_has_an_answer(client, case):
    assert client.get(f"/plan?{urlencode(case.figures)}").status_code == 200


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(client):
    response = client.get(f"/plan?{QUERY.replace('350000000', '-3')}&turnout=most")
    page = Page(response)
    assert response.status_code == 422
    assert page.field("users")["value"] == "-3"
    assert page.field("users")["aria-invalid"] == "true"
    assert "aria-invalid" not in page.field("each")
    assert "“-3” is below zero." in page.text
    assert "“most” is not a part of a whole." in page.text


def test_figures_of_the_scenarios_are_shown_when_one_is_wrong(client):
    page = Page(client.get(f"/plan?{QUERY}&fee=free"))
    assert [attrs for tag, attrs in page.tags if tag == "details" and "open" in attrs]
    assert "“free” is not an amount in USD." in page.text


def test_typed_text_is_never_markup(client):
    response = client.get("/plan", params={**TWITTER_2016, "users": '"><script>alert(1)</script>'})
    assert response.status_code == 422
    assert "<script>alert" not in response.text


def test_pictures_have_titles_descriptions_and_tables_and_no_inline_style(client):
    response = client.get("/plan")
    page = Page(response)
    pictures = [
        attrs for tag, attrs in page.tags if tag == "svg" and attrs.get("role") == "img" and "picture" in attrs["class"]
    ]
    ids = {attrs["id"] for attrs in page.having("id")}
    assert len(pictures) == 4
    for picture in pictures:
        assert set(picture["aria-labelledby"].split()) <= ids
    assert sum(tag == "table" for tag, _ in page.tags) >= 4
    assert page.having("style") == []
    assert not re.search(r"<style|<script(?! src=)| on[a-z]+=", response.text)
    assert len(ids) == len(page.having("id"))


def test_it_speaks_french(client):
    page = Page(client.get("/plan", headers={"accept-language": "fr"}))
    assert "Les utilisateurs peuvent-ils l’acheter" in page.text
    assert "Oui, seulement si" in page.text
    assert "à lever d’abord" in page.text
    assert "The " not in page.text.partition("Comment c’est calculé")[0].replace("DGCL 251 text", "")


def test_the_script_finds_what_it_looks_for(client):
    script, page = (ROOT / "static" / "planner.js").read_text(), Page(client.get("/plan"))
    ids = {attrs["id"] for attrs in page.having("id")}
    wanted = set(re.findall(r'getElementById\("([a-z-]+)"\)', script)) - {"problems"}
    assert wanted <= ids
    assert page.having("data-plan")
    assert {"data-working", "data-failed"} <= page.having("data-plan")[0].keys()
    assert "plan-verdict" in ids
    assert any(attrs.get("src", "").startswith("/static/planner.js") for _, attrs in page.tags)


def test_the_api_says_what_the_command_says(client):
    said = client.get(f"/api/v1/plan?{QUERY}&scenarios=yes").json()
    args = [f"--{name.replace('_', '-')}={text}" for name, text in TWITTER_2016.items()]
    command = CliRunner().invoke(costake, ["plan", *args, "--scenarios", "--json"])
    assert said == json.loads(command.stdout)
    assert said["stake"] == 0.658
    assert "scenarios" not in client.get(f"/api/v1/plan?{QUERY}").json()


def test_the_api_refuses_with_problem_details(client):
    response = client.get(f"/api/v1/plan?{QUERY}&support=2&colour=red")
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert [(error["field"], error["name"]) for error in response.json()["errors"]] == [("colour", "UnknownFigure")]
    response = client.get(f"/api/v1/plan?{QUERY}&support=2")
    assert [(error["field"], error["name"]) for error in response.json()["errors"]] == [("support", "MoreThanAll")]
    assert response.json()["status"] == 422


def test_more_than_one_half_is_never_said_to_be_one_half(client):
    page = Page(client.get("/plan"))
    assert "The users hold 65.82% of the shares; to carry the vote, more than 50% is needed." in page.text
    assert "needed: more than 50%" in page.text
    assert "more than this stake is needed" in page.text
    few = {**TWITTER_2016, "shares_outstanding": "100", "price": "23", "users": "5000", "each": "23"}
    page = Page(client.get(f"/plan?{urlencode(few)}"))
    assert "The users hold 50% of the shares; to carry the vote, more than 50% is needed." in page.text
    assert "51%" not in page.text


def test_three_quarters_are_enough_where_the_law_says_at_least(client):
    page = Page(client.get(f"/plan?{QUERY.replace('us-de-266', 'uk-company-to-society')}"))
    assert "to carry the vote, at least 75% is needed." in page.text
    assert "at least this stake is needed" in page.text
    text = Page(client.get(f"/plan?{QUERY}", headers={"accept-language": "fr"})).text
    assert "il faut plus de 50\u00a0%" in text


def test_every_line_of_the_map_is_in_its_legend(client):
    page = Page(client.get("/plan"))
    lines = [attrs["class"] for tag, attrs in page.tags if tag == "line"]
    assert lines.count("heat-whole") == 2
    assert lines.count("heat-pass") == 2
    assert "every share bought" in page.text
