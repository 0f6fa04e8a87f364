"""Signing: two people sign in order on the page, each makes a version with evidence, and nothing signed changes."""

import io
import re

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.core.database import reading, transaction
from app.documents.correcting import ReplacedAlready, Signed, correct_document
from app.documents.filing import content_of, file_document
from app.documents.kinds import kind_of
from app.documents.models import Document
from app.documents.signing.asking import ask_signatures
from app.documents.verifying.standing import verify_file
from tests import make
from tests.documents.samples import sample
from tests.documents.test_downloading import browser
from tests.web.reading import Page

DRAWN = "M10 100L40 20L80 160L120 60M200 100L201 101"


@pytest.fixture
def number(database) -> int:
    """Minutes that the chair and the secretary are to sign."""
    known = {field.name for field in kind_of("minutes").fields}
    facts = {name: value for name, value in sample("minutes").items() if name in known}
    facts["signatories"] = [
        {"name": "Amara Okafor", "capacity": "chair"},
        {"name": "Léa Garnier", "capacity": "secretary"},
    ]
    with transaction() as session:
        make.staff(session, "secretary")
        make.person(session, "amara@example.org", "Amara Okafor")
        make.person(session, "lea@example.org", "Léa Garnier", "fr")
        return file_document(session, "minutes", "meeting:1", None, facts, language="en").number


def send(client, path: str, **fields: str):
    ticket = Page(client.get(path.rpartition("/signatories")[0] or path).text).value("csrf")
    return client.post(path, data={"csrf": ticket, **fields})


def letters(email: str) -> list[str]:
    with reading() as session:
        return make.letters(session, email)


def test_two_people_sign_in_order_and_what_they_signed_stays(number):
    secretary = browser("secretary@example.org")
    amara, lea = browser("amara@example.org"), browser("lea@example.org")
    desk, page = f"/desk/documents/{number}", f"/documents/{number}/signature"
    assert amara.get(page).status_code == 404
    assert "Ask to sign" in secretary.get(desk).text
    assert send(secretary, f"{desk}/signatories").status_code == 422
    assert send(secretary, f"{desk}/signatories", email_0="nobody@example.org").status_code in (404, 422)
    asked = send(secretary, f"{desk}/signatories", email_0="amara@example.org", email_1="lea@example.org")
    assert asked.status_code == 303
    assert "is to sign now" in secretary.get(desk).text
    assert len(letters("amara@example.org")) == 1
    assert letters("lea@example.org") == []

    assert page in amara.get("/documents").text
    assert page not in lea.get("/documents").text
    assert lea.get(page).status_code == 409
    assert "Léa" not in amara.get(page).text
    both = {"intent": "yes", "consent": "yes"}
    for refused in ({"typed": "A"}, {"intent": "yes", "typed": "A"}, both, both | {"drawn": "M1 1<script>"}):
        assert send(amara, page, **refused).status_code == 422
    assert browser("wei@example.org").get(page).status_code == 404
    assert send(amara, page, **both, typed="Amara Okafor").status_code == 303
    assert amara.get(page).status_code == 409
    assert letters("lea@example.org") == ["signature-wanted"]
    [then] = re.findall(r"/documents/\d+/signature", lea.get("/documents").text)
    assert then != page
    assert amara.get(then).status_code == 409
    assert send(lea, then, **both, drawn=DRAWN).status_code == 303

    with transaction() as session:
        first, second, third = session.scalars(select(Document).order_by(Document.version)).all()
        assert (second.replaces_id, third.replaces_id) == (first.id, second.id)
        content = content_of(session, third)
        assert verify_file(session, content).holds
        assert [one["signed_sha256"] for one in third.facts["evidence"]] == [first.facts_sha256, second.facts_sha256]
        assert all(one["signed_at"] for one in third.facts["signatories"])
        with pytest.raises(Signed):
            correct_document(session, third, {"convening": "otherwise"}, reason="a slip", by=None)
        with pytest.raises(ReplacedAlready):
            ask_signatures(session, first, {0: "amara@example.org"}, by=first.id)
    text = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    for said in ("Evidence of signatures", "Amara Okafor, chair", "signed in by a link", "I have read this document"):
        assert said in text
    assert "signed on" in secretary.get(f"/desk/documents/{third.number}").text
    assert secretary.get(f"/desk/documents/{third.number}").text.count("replaced") >= 2
