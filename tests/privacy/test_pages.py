"""Privacy on pages: one's own data, and erasure at the desk."""

import re

import pytest
from fastapi.testclient import TestClient

from app.core import clock
from app.core.database import transaction
from app.main import app
from app.members.models import Person
from app.members.people.leaving import resign
from app.offers.closing import close_offer
from app.web.rights import operations
from app.worker import run_until_idle
from tests import make
from tests.exports.test_trail import browser


def send(client: TestClient, page: str, path: str, **fields: str):
    """Send a form of a page, as a browser does."""
    shown = client.get(page).text
    ticket = re.search(r'name="csrf" value="([^"]*)"', shown)
    assert ticket is not None, shown
    return client.post(path, data={"csrf": ticket[1], **fields}, follow_redirects=True)


@pytest.fixture
def people(database) -> dict[str, Person]:
    with transaction() as session:
        offer = make.open_offer(session)
        maya = make.paid_pledge(session).person
        make.paid_pledge(session, email="wei@example.org", legal_name="Wei Chen")
        make.settle(session, close_offer(session, make.SLUG, by=None))
        assert maya is not None and offer.state == "succeeded"
        return {
            "maya": maya,
            **{role: make.staff(session, role) for role in ("organizer", "secretary", "auditor", "treasurer")},
        }


def test_consents_are_given_and_taken_back_on_ones_own_page(people, monkeypatch):
    maya = browser(people["maya"], monkeypatch)
    answer = send(maya, "/me/privacy", "/me/privacy/consents/news")
    assert "Your consent is noted" in answer.text and "agreed" in answer.text
    answer = send(maya, "/me/privacy", "/me/privacy/consents/news/withdrawal")
    assert "Your consent is withdrawn." in answer.text and "taken back" in answer.text
    assert send(maya, "/me/privacy", "/me/privacy/consents/everything").status_code == 404
    assert send(maya, "/me/privacy", "/me/privacy/consents/news/withdrawal").status_code == 409


def test_the_file_is_downloaded_by_its_person_only(people, monkeypatch):
    maya, auditor = browser(people["maya"], monkeypatch), browser(people["auditor"], monkeypatch)
    assert "The file is being made" in send(maya, "/me/privacy", "/me/privacy/file").text
    assert run_until_idle() == []
    paths = re.findall(r'href="(/me/privacy/file/[^"]+)"', maya.get("/me/privacy").text)
    assert len(paths) == 2
    for path in paths:
        own = maya.get(path)
        assert own.status_code == 200 and own.headers["cache-control"] == "no-store"
        assert "attachment" in own.headers["content-disposition"]
        assert auditor.get(path).status_code == 404
        assert TestClient(app).get(path, follow_redirects=False).status_code == 303
    assert maya.get("/me/privacy/file/none.json").status_code == 404
    assert maya.get("/me/privacy/file/none.exe").status_code in (404, 422)


def test_erasure_is_asked_for_and_decided_by_another_and_the_name_is_nowhere_but_in_the_register(people, monkeypatch):
    maya = browser(people["maya"], monkeypatch)
    assert send(maya, "/me/privacy", "/me/privacy/erasure").status_code == 422
    answer = send(maya, "/me/privacy", "/me/privacy/erasure", sure="yes", reason="I leave")
    assert "not decided yet" in answer.text
    organizer, auditor = browser(people["organizer"], monkeypatch), browser(people["auditor"], monkeypatch)
    assert "I leave" in organizer.get("/desk/privacy").text
    assert browser(people["treasurer"], monkeypatch).get("/desk/privacy").status_code == 403
    assert send(auditor, "/desk/privacy", "/desk/privacy/1/erasure", reason="x").status_code == 403
    refused = send(organizer, "/desk/privacy", "/desk/privacy/1/erasure", reason="asked for")
    assert refused.status_code == 409 and "Membership must end" in refused.text
    with transaction() as session:
        resign(session, people["maya"], clock.today(), by=None)
    assert "Erased." in send(organizer, "/desk/privacy", "/desk/privacy/1/erasure", reason="asked for").text
    assert maya.get("/me/privacy", follow_redirects=False).status_code == 303
    document = auditor.get("/desk/privacy/1/decision.pdf")
    assert document.content.startswith(b"%PDF")
    assert "Maya Whitfield" in auditor.get("/desk/register").text
    for path in pages_of_the_desk(people["maya"].id):
        shown = auditor.get(path)
        assert shown.status_code < 500
        assert "Maya Whitfield" not in shown.text and "maya@example.org" not in shown.text, path
    assert "(restricted)" in auditor.get(f"/desk/offers/{make.SLUG}").text


def pages_of_the_desk(person_id: int) -> list[str]:
    """Every page of staff that names people, but the register."""
    found = []
    names = {"{slug}": make.SLUG, "{person_id}": str(person_id), "{holder_id}": str(person_id)}
    for operation in operations(app):
        path = operation.path
        for name, value in names.items():
            path = path.replace(name, value)
        keep = operation.method == "GET" and path.startswith("/desk") and "{" not in path
        if keep and not path.startswith(("/desk/register", "/desk/audit.")):
            found.append(path)
    assert len(found) > 5
    return found


def test_staff_note_a_request_that_came_by_letter(people, monkeypatch):
    secretary = browser(people["secretary"], monkeypatch)
    answer = send(
        secretary, "/desk/privacy", "/desk/privacy", email="maya@example.org", reason="letter of May 3, passport seen"
    )
    assert "The request is noted." in answer.text and "staff, for the person" in answer.text
    unknown = send(secretary, "/desk/privacy", "/desk/privacy", email="nobody@example.org", reason="letter")
    assert unknown.status_code >= 400
    own = send(secretary, "/desk/privacy", "/desk/privacy/1/refusal", reason="x")
    assert own.status_code == 403
    refused = send(
        browser(people["organizer"], monkeypatch), "/desk/privacy", "/desk/privacy/1/refusal", reason="not shown"
    )
    assert "Refused." in refused.text and "not shown" in refused.text
