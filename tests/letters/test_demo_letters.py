"""The demonstration shows its letters to everyone; a real installation to nobody."""

import pytest

from app.core.database import transaction
from app.core.settings import settings
from app.letters.models import Letter
from app.letters.writing import write
from tests.web.reading import Page


@pytest.fixture
def letters(database, demo) -> list[Letter]:
    with transaction() as session:
        return [
            write(session, "already-pledged", "bo@example.org", "en", offer_title="<b>Spring</b>"),
            write(session, "sign-in", "ana@example.org", "fr", link_id=7),
        ]


def test_the_letters_are_listed_with_the_newest_first(letters, browser):
    page = Page(browser.get("/demo/letters").text)
    assert page.text.index("ana@example.org") < page.text.index("bo@example.org")
    assert "You have pledged already: <b>Spring</b>" in page.text
    assert [link["href"] for link in page.all("a") if "/demo/letters/" in (link["href"] or "")] == [
        f"/demo/letters/{letter.id}" for letter in reversed(letters)
    ]


def test_the_links_of_a_letter_work(letters, browser):
    page = Page(browser.get(f"/demo/letters/{letters[1].id}").text)
    (link,) = [link["href"] for link in page.all("a") if "/sign-in/" in (link["href"] or "")]
    assert browser.get(link).status_code == 404, "our own path, though there is no such sign-in link"
    assert "Bonjour" in page.text


def test_what_was_typed_is_escaped(letters, browser):
    assert "<b>Spring" not in browser.get(f"/demo/letters/{letters[0].id}").text


def test_unknown_letters_are_not_found(letters, browser):
    for number in ("0", "99999999", str(2**63), str(2**70), "-1", "x"):
        assert browser.get(f"/demo/letters/{number}").status_code == 404


def test_outside_of_the_demonstration_there_are_no_letters_to_see(letters, browser, monkeypatch):
    monkeypatch.setenv("COSTAKE_DEMO", "0")
    settings.cache_clear()
    assert browser.get("/demo/letters").status_code == 404
    assert browser.get(f"/demo/letters/{letters[0].id}").status_code == 404
    assert browser.get("/demo/parts").status_code == 404
