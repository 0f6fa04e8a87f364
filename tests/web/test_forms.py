"""Forms: only our own pages can send them, and what was typed is never lost."""

import httpx
import pytest

from app.core.templates import environment
from app.web.forms import BODY_MAX, FIELDS_MAX
from app.web.showing import ShownForm
from tests.web.reading import Page

GOOD = {
    "form_key": "6f1f7c1e-58c6-4a3a-9d43-0c6a3c0d5b7e",
    "legal_name": "Ana <b>Ferreira</b>",
    "email": "ana@example.org",
    "price": "23",
    "shares": "100",
    "deadline_at": "2026-12-31T17:00",
    "country": "FR",
    "summary": "One line\nand another",
    "holder": "person",
    "agree": "yes",
}


def open_form(browser: httpx.Client) -> str:
    """Open the page with the form; the value of its hidden field."""
    ticket = Page(browser.get("/demo/parts").text).value("csrf")
    assert ticket
    return ticket


def send(browser: httpx.Client, fields: dict[str, str], **headers: str) -> httpx.Response:
    return browser.post("/demo/parts", data=fields, headers=headers)


def test_a_form_from_our_page_is_taken_and_its_notice_is_shown_once(browser):
    answer = send(browser, GOOD | {"csrf": open_form(browser)})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/demo/parts"
    first, second = browser.get("/demo/parts").text, browser.get("/demo/parts").text
    assert "Ana &lt;b&gt;Ferreira&lt;/b&gt; would hold 100 shares." in first
    assert "would hold" not in second


def test_a_form_without_its_ticket_is_refused(browser):
    open_form(browser)
    for ticket in ({}, {"csrf": ""}, {"csrf": "x" * 43}, {"csrf": "é"}):
        answer = send(browser, GOOD | ticket)
        assert answer.status_code == 403
        assert "Load the page again" in answer.text


def test_a_ticket_of_another_browser_is_refused(browser, app, serve):
    with httpx.Client(base_url=str(browser.base_url), timeout=60) as other:
        foreign = open_form(other)
    own = open_form(browser)
    assert own != foreign
    assert send(browser, GOOD | {"csrf": foreign}).status_code == 403
    browser.cookies.clear()
    assert send(browser, GOOD | {"csrf": own}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_a_form_sent_from_another_site_is_refused_even_with_its_ticket(browser, headers):
    answer = send(browser, GOOD | {"csrf": open_form(browser)}, **headers)
    assert answer.status_code == 403
    assert "another site" in answer.text


def test_a_form_that_says_it_comes_from_here_is_taken(browser):
    own = {"Origin": str(browser.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
    assert send(browser, GOOD | {"csrf": open_form(browser)}, **own).status_code == 303


def test_the_ticket_cookie_is_out_of_reach_for_scripts_and_other_sites(browser):
    cookie = browser.get("/demo/parts").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"legal_name=" + b"x" * BODY_MAX, "application/x-www-form-urlencoded", 413),
        (b"&".join([b"a=1"] * (FIELDS_MAX + 1)), "application/x-www-form-urlencoded", 413),
        (b"legal_name=%FF%FE", "application/x-www-form-urlencoded", 422),
        (b"legal_name=\xff", "application/x-www-form-urlencoded", 422),
        (b"legal_name=a%00b", "application/x-www-form-urlencoded", 422),
        (b'{"legal_name": "Ana"}', "application/json", 415),
        (b"", "multipart/form-data; boundary=x", 415),
    ],
)
def test_bodies_that_no_honest_form_sends_are_refused(browser, body, kind, status):
    answer = browser.post("/demo/parts", content=body, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_a_refused_form_is_shown_again_as_it_was_typed(browser):
    typed = GOOD | {"csrf": open_form(browser), "shares": "1,2", "email": "ana@", "country": "XX", "price": "0"}
    del typed["agree"]
    answer = send(browser, typed)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.value("legal_name") == "Ana <b>Ferreira</b>"
    assert "<b>Ferreira" not in answer.text
    assert page.value("shares") == "1,2"
    assert page.value("form_key") == GOOD["form_key"]
    assert "One line\nand another" in page.text
    for text in (
        "E-mail: “ana@” is not an e-mail address.",
        "Price of a share: This must be at least $0.01.",
        "Shares: “1,2” is not a whole number.",
        "Country: Please choose one of the options.",
        "Please tick this box to go on.",
    ):
        assert text in page.text
    wrong = {field["name"] for name, field in page.elements if field.get("aria-invalid") == "true"}
    assert wrong == {"email", "price", "shares", "country", "agree"}


def test_every_problem_leads_to_its_field_and_every_description_exists(browser):
    page = Page(send(browser, {"csrf": open_form(browser)}).text)
    ids = page.ids()
    assert len(ids) == len(set(ids))
    (alert,) = page.all("div", role="alert")
    assert alert["id"] == "problems"
    links = [link["href"][1:] for link in page.all("a") if (link["href"] or "").startswith("#f-")]
    assert len(links) == 9
    described = [one for _, attributes in page.elements for one in (attributes.get("aria-describedby") or "").split()]
    labelled = [label["for"] for label in page.all("label")]
    assert {*links, *described, *labelled} <= set(ids)
    named = {
        *labelled,
        *(
            field["id"]
            for tag, field in page.elements
            if tag in ("input", "textarea", "select") and field.get("type") != "hidden"
        ),
    }
    assert named == set(labelled), "every field has a label"


def test_of_several_forms_on_a_page_only_the_one_that_was_sent_shows_its_problems():
    page = environment("en").from_string(
        '{% from "parts/form.html" import form, field with context %}'
        "{% for n in (1, 2, 3) %}"
        '{% call form("/refunds/" ~ n, "Pay") %}{{ field("paid_on", "Day " ~ n) }}{% endcall %}'
        "{% endfor %}"
    )
    shown = ShownForm("/refunds/2", {"paid_on": "soon"}, {"paid_on": "Not a day."}, refused=True)
    labels = {}
    html = page.render(current=shown, csrf=str, new_key=str, labels=labels, values={}, problems={}, refusal=None)
    assert labels == {"paid_on": "Day 2"}, "the list of problems calls the field as the form that was sent does"
    fields = Page(html).all("input", name="paid_on")
    assert [(field["id"], field["value"], field.get("aria-invalid")) for field in fields] == [
        ("f1-paid_on", "", None),
        ("f-paid_on", "soon", "true"),
        ("f3-paid_on", "", None),
    ]


def test_a_form_that_is_shown_again_answers_in_the_readers_language_and_leads_back_to_its_page(browser):
    answer = browser.post(
        "/demo/parts",
        data={"csrf": open_form(browser)},
        headers={"Accept-Language": "fr", "Referer": f"{browser.base_url}/demo/parts?from=mail"},
    )
    assert '<html lang="fr">' in answer.text
    assert 'href="/demo/parts?from=mail&amp;lang=en"' in answer.text
