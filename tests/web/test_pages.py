"""Pages: what each reader sees of them, and where they lead."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi import Request
from hypothesis import example, given
from hypothesis import strategies as st

from app.core import tokens
from app.web.pages import local_path, page, redirect
from tests.web.reading import Page

HERE = "https://shares.example.org"


@given(
    st.one_of(
        st.text(), st.text("/\\@:.?#%a\t\n ", max_size=12), st.text("/\\", max_size=4).map(lambda s: s + "evil.example")
    )
)
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("https:evil.example")
@example("javascript:alert(1)")
@example("/%0d%0aSet-Cookie:a=b")
@example("/.//evil.example")
def test_no_address_leads_to_another_site(path):
    kept = local_path(path)
    target = urlsplit(urljoin(HERE + "/sign-in", kept))
    assert (target.scheme, target.netloc) == ("https", "shares.example.org")
    assert kept.startswith("/")
    assert kept.isascii()
    assert kept.isprintable()


def test_our_own_addresses_stay_as_they_are():
    for path in ("/", "/pledges/7f3a", "/offers/été".replace("é", "%C3%A9"), "/desk/pledges?page=2&state=paid#last"):
        assert local_path(path) == path
    assert local_path("https://evil.example", otherwise="/pledges") == "/pledges"


@dataclass
class Someone:
    name: str
    roles: frozenset[str]


@pytest.mark.parametrize(
    ("viewer", "shown", "not_shown"),
    [
        (None, ["Offers", "Sign in"], ["My pledges", "Desk", "Sign out"]),
        (Someone("Ana", frozenset()), ["Offers", "My pledges", "Sign out", "Ana"], ["Desk", "Sign in"]),
        (Someone("Bo", frozenset({"treasurer"})), ["Desk"], []),
        (Someone("<i>Eve", frozenset({"teller"})), ["<i>Eve"], ["Desk"]),
    ],
)
def test_the_header_leads_where_ones_roles_lead(app, browser, viewer, shown, not_shown):
    @app.get("/as-somebody")
    def show(request: Request):
        request.state.viewer = viewer
        return page(request, "web/parts.html")

    answer = browser.get("/as-somebody")
    header = Page(answer.text.partition("</header>")[0].partition("<header")[2])
    for text in shown:
        assert text in header.text
    for text in not_shown:
        assert text not in header.text
    assert "<i>Eve" not in answer.text


def test_a_language_once_chosen_stays(browser):
    answer = browser.get("/demo/parts?page=2&lang=fr")
    assert (answer.status_code, answer.headers["location"]) == (303, "/demo/parts?page=2")
    french = browser.get("/demo/parts?page=2")
    assert '<html lang="fr">' in french.text
    assert french.headers["content-language"] == "fr"
    assert "1 234" not in french.text
    assert "12\u202f000" in french.text
    assert 'href="/demo/parts?page=2&amp;lang=en"' in french.text


def test_the_browsers_language_is_taken_until_one_is_chosen(browser):
    assert '<html lang="fr">' in browser.get("/nowhere", headers={"Accept-Language": "fr-CA, en;q=0.5"}).text
    assert '<html lang="en">' in browser.get("/nowhere", headers={"Accept-Language": "de, ja"}).text


def test_a_language_link_cannot_lead_away(browser):
    answer = browser.get("//evil.example/?lang=fr")
    assert not answer.headers.get("location", "/").startswith("//")
    assert browser.get("/demo/parts?lang=xx").status_code == 200


def test_a_forged_notice_is_not_shown(app, browser):
    browser.cookies.set("notice", "You won!")
    assert "You won" not in browser.get("/demo/parts").text
    browser.cookies.set("notice", tokens.seal("form", "You won!"))
    assert "You won" not in browser.get("/demo/parts").text


def test_notices_are_filled_escaped_and_bounded(app, browser):
    @app.get("/done")
    def done(request: Request):
        return redirect(request, "/demo/parts", "{what} is done.", what="<script>" + "x" * 5000)

    assert len(browser.get("/done").headers["set-cookie"]) < 4096
    assert "&lt;script&gt;xxx" in browser.get("/demo/parts").text
