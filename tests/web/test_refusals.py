"""Refusals: a page for people, problem details for programs, and never the insides."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI

from app.core.errors import InvalidInput, Refusal
from app.core.money import Money


class CapReached(Refusal):
    message = "Only {left} is left of “{offer}”."
    status = 409


@pytest.fixture
def refusing(app) -> FastAPI:
    def answer_with(path: str, act: Callable[[], None]) -> None:
        app.get(path)(act)

    def cap():
        raise CapReached(left=Money(230000, "USD"), offer="<b>One</b>")

    def broken():
        raise RuntimeError("password=hunter2")

    def invalid():
        raise InvalidInput({"price": CapReached(left=1000, offer="x"), "name": "Please fill in this field."})

    for path, act in (("/cap", cap), ("/api/v1/cap", cap), ("/broken", broken), ("/invalid", invalid)):
        answer_with(path, act)

    @app.get("/numbered/{number}")
    def numbered(number: int, page: int = 1):
        return number

    return app


def test_a_refusal_is_a_page_that_says_why(refusing, browser):
    answer = browser.get("/cap")
    assert answer.status_code == 409
    assert "Only $2,300.00 is left of “&lt;b&gt;One&lt;/b&gt;”." in answer.text
    assert "Only 2\u202f300,00" not in answer.text
    assert "2\u202f300,00\u00a0$US" in browser.get("/cap", headers={"Accept-Language": "fr"}).text


def test_programs_get_problem_details(refusing, browser):
    for path, accept in (("/cap", "application/json"), ("/api/v1/cap", "*/*"), ("/cap", "application/problem+json")):
        answer = browser.get(path, headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == {
            "type": "urn:costake:problem:CapReached",
            "title": "Not any more",
            "status": 409,
            "detail": "Only $2,300.00 is left of “<b>One</b>”.",
        }
    errors = browser.get("/invalid", headers={"Accept": "application/json"}).json()["errors"]
    assert errors == [
        {"field": "price", "name": "CapReached", "detail": "Only 1,000 is left of “x”."},
        {"field": "name", "name": "WrongKind", "detail": "Please fill in this field."},
    ]


def test_what_breaks_shows_a_number_for_the_log_and_nothing_of_the_insides(refusing, browser):
    answer = browser.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    for path in ("/broken",):
        for accept in ("text/html", "application/json"):
            text = browser.get(path, headers={"Accept": accept}).text
            assert "hunter2" not in text
            assert "Traceback" not in text
            assert "RuntimeError" not in text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/numbered/abc", 404), ("/numbered/7?page=x", 422), ("/numbered/7", 200), ("/cap/", 404)],
)
def test_addresses_that_cannot_be_read(refusing, browser, path, status):
    answer = browser.get(path)
    assert answer.status_code == status
    if status != 200:
        assert "<h1>" in answer.text
        assert "int_parsing" not in answer.text


def test_a_wrong_method_says_which_are_possible(refusing, browser):
    answer = browser.put("/cap")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
