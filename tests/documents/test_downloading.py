"""Downloading a certificate: its holder gets the file, everyone else learns nothing."""

from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from app.core.database import transaction
from app.documents.filing import file_certificate
from app.main import app
from app.members.access import cookie_name
from app.members.signing_in import open_session
from tests import make


def browser(email: str | None) -> TestClient:
    """A browser in which somebody is signed in, or nobody."""
    client = TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)
    if email:
        with transaction() as session:
            client.cookies.set(cookie_name(), open_session(session, make.person(session, email)))
    return client


@pytest.fixture
def number(database) -> int:
    with transaction() as session:
        return file_certificate(session, make.lot(session, make.member(session)).id).number


def test_its_holder_gets_a_file_that_no_cache_keeps(number):
    answer = browser("maya@example.org").get(f"/documents/{number}.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-disposition"] == f'attachment; filename="certificate-{number}.pdf"'
    assert "no-store" in answer.headers["cache-control"]


def test_whoever_is_not_its_holder_learns_nothing(number):
    stranger, nobody = browser("wei@example.org"), browser(None)
    unknown = stranger.get("/documents/999.pdf")
    assert unknown.status_code == 404
    for name in (str(number), "0", "-1", "9" * 30, "1e0", "٣", "x"):
        answer = stranger.get(f"/documents/{name}.pdf")
        assert answer.status_code == 404
        assert answer.text == unknown.text.replace("999", quote(name))
    asked = nobody.get(f"/documents/{number}.pdf")
    assert (asked.status_code, asked.headers["location"]) == (303, f"/sign-in?next=/documents/{number}.pdf")
