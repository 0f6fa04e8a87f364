"""Verifying: whoever holds a document or its file learns whether it is ours, unaltered and the latest; nothing else."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.cli import costake
from app.core.database import reading, transaction
from app.documents.codes import new_code
from app.documents.filing import content_of, file_certificate
from app.documents.models import Document
from app.shares.models import Lot
from tests import make
from tests.documents.test_downloading import browser
from tests.documents.test_rendering import certificate, said
from tests.shares.test_moving import pass_on
from tests.web.reading import Page


@pytest.fixture
def filed(database) -> tuple[str, bytes]:
    """The code and the file of a certificate."""
    with transaction() as session:
        document = file_certificate(session, make.lot(session, make.member(session)).id)
        return document.verify_code, content_of(session, document)


def test_every_page_of_it_says_number_version_page_and_code(filed):
    code, content = filed
    text = said(content)
    for expected in ("Document no. 1 · version 1", "Page 1 of 1", code, f"http://127.0.0.1:8000/verify/{code}"):
        assert expected in text


def test_the_code_tells_what_is_on_the_paper_and_no_name(filed):
    code, _ = filed
    answer = browser(None).get(f"/verify/{code.lower()}")
    assert answer.status_code == 200
    for shown in ("it is the latest", "Share certificate", "Test seal, not legally effective"):
        assert shown in answer.text
    with reading() as session:
        facts = session.scalars(select(Document.facts)).one()
    for kept in (facts["legal_name"], facts["address"], "Maya"):
        assert kept not in answer.text


def test_a_forged_code_is_unknown_whatever_it_looks_like_and_guessing_is_limited(filed):
    client = browser(None)
    answers = {client.get(f"/verify/{code}").status_code for code in ("x", "0" * 14, "<b>", new_code(), "é", "9" * 500)}
    assert answers == {404}
    for _ in range(120):
        status = client.get(f"/verify/{new_code()}").status_code
    assert status == 429


def send(content: bytes, name: str = "paper.pdf"):
    client = browser(None)
    ticket = Page(client.get("/verify").text).value("csrf")
    return client.post("/verify/file", data={"csrf": ticket}, files={"file": (name, content, "application/pdf")})


def test_the_file_is_compared_byte_for_byte(filed):
    _, content = filed
    assert "unaltered, and it is the latest" in send(content).text
    place = content.index(b"/CreationDate") + 20
    for altered in (content + b"\n", content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]):
        text = send(altered).text
        assert "not the document that it names" in text
        assert "Maya" not in text
    assert "no document of ours" in send(certificate("en")).text
    for no_pdf in (b"hello", b"%PDF-1.7\n" + b"garbage " * 1_000 + b"%%EOF"):
        assert send(no_pdf).status_code == 422


def test_a_certificate_whose_shares_have_passed_on_says_so(filed):
    code, content = filed
    with transaction() as session:
        pass_on(session, session.scalars(select(Lot)).one(), 10, make.member(session, "wei@example.org", "Wei Chen"))
    assert "no longer held" in browser(None).get(f"/verify/{code}").text
    assert "no longer held" in send(content).text


def test_the_command_says_the_same_for_machines(filed, tmp_path):
    code, content = filed
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(content)
    bad.write_bytes(content[:-1])
    done = CliRunner().invoke(costake, ["verify", str(good), "--json"])
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert (found["outcome"], found["holds"], found["document"]["code"]) == ("genuine", True, code)
    assert found["seal"]["intact"]
    done = CliRunner().invoke(costake, ["verify", str(bad)])
    assert done.exit_code == 1
    assert "altered" in done.stdout
