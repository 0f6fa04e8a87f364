"""Documents of an offer: added to a draft, carried from version to version, read before pledging, then frozen."""

import re
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.core.database import reading, transaction
from app.core.uploads import Reader, SentFile, read_upload
from app.offers.documents import add_document, documents_offered, remove_document
from app.offers.drafting import TermsFrozen, change_draft, find_offer, open_offer
from app.offers.models import Pledge
from app.offers.pledging import make_pledge
from app.offers.pledging.consenting import consents_of
from app.offers.pledging.making import DocumentsNotRead
from tests import make
from tests.core import files
from tests.exports.test_trail import browser
from tests.privacy.test_pages import send


def sent(name: str = "Statutes.pdf") -> SentFile:
    return SentFile(name, files.pdf())


def test_a_draft_carries_its_documents_until_one_is_taken_out(database):
    with transaction() as session:
        organizer = make.staff(session)
        make.draft(session)
        add_document(session, make.SLUG, sent("Statutes.pdf"), by=organizer)
        add_document(session, make.SLUG, sent("Accounts.pdf"), by=organizer)
        offer = change_draft(session, make.SLUG, make.terms(session, title="Another title"), by=organizer.id)
        first, second = documents_offered(session, offer.terms)
        assert (first.shown_name, second.shown_name) == ("Statutes.pdf", "Accounts.pdf")
        remove_document(session, make.SLUG, first.id, by=organizer.id)
        assert [each.shown_name for each in documents_offered(session, find_offer(session, make.SLUG).terms)] == [
            "Accounts.pdf"
        ]
        open_offer(session, make.SLUG, by=organizer.id, reason="decided")
        with pytest.raises(TermsFrozen):
            add_document(session, make.SLUG, sent(), by=organizer)
        with pytest.raises(TermsFrozen):
            remove_document(session, make.SLUG, second.id, by=organizer.id)


def test_nobody_pledges_without_saying_that_they_read_them(database):
    with transaction() as session:
        make.draft(session)
        document = add_document(session, make.SLUG, sent(), by=make.staff(session))
        open_offer(session, make.SLUG, by=None, reason="decided")
        with pytest.raises(DocumentsNotRead):
            make_pledge(session, make.SLUG, make.wish(session))
        pledge = make_pledge(session, make.SLUG, make.wish(session, agreed=("documents",)))
        [(consent, shown)] = consents_of(session, pledge)
        assert consent.what == "documents" and f"Statutes.pdf (SHA-256 {document.sha256})" in shown.body
        assert read_upload(session, document.id, Reader(None, frozenset()))[1] == files.pdf()


def test_an_organizer_adds_them_and_the_form_asks(database, monkeypatch):
    with transaction() as session:
        organizer, stranger = make.staff(session), make.person(session, "ada@example.org", "Ada")
        make.draft(session)
    desk, supporter = browser(organizer, monkeypatch), browser(stranger, monkeypatch)
    path = "/desk/offers/buy-it/documents"
    assert send_file(desk, path, b"not a PDF").status_code == 422
    assert "Statutes.pdf" in send_file(desk, path, files.pdf()).text
    assert supporter.get(path).status_code == 403
    with transaction() as session:
        open_offer(session, make.SLUG, by=None, reason="decided")
    assert 'type="file"' not in desk.get(path).text
    assert "Statutes.pdf" in supporter.get("/offers/buy-it").text
    form = "/offers/buy-it/pledge"
    typed = {
        "shares": "10", "legal_name": "Ada", "email": "ada@example.org", "street": "1 Main St", "locality": "Oakland",
        "postal_code": "94607", "region": "CA", "country": "US", "form_key": str(uuid4()), "pay_by": "bank transfer",
    }  # fmt: skip
    with reading() as session:
        typed["terms_id"] = str(find_offer(session, make.SLUG).terms_id)
    review = send(supporter, form, form, step="2", **typed).text
    assert 'name="documents"' in review and "Statutes.pdf" in review, review
    ticks = {"understood": "yes", "electronic": "yes"}
    assert send(supporter, form, form, step="3", **typed, **ticks).status_code == 422
    assert send(supporter, form, form, step="3", documents="yes", **typed, **ticks).status_code == 200
    with reading() as session:
        [pledge] = session.scalars(select(Pledge).where(Pledge.email == "ada@example.org"))
        assert "documents" in {consent.what for consent, _ in consents_of(session, pledge)}


def send_file(client: TestClient, path: str, content: bytes):
    ticket = re.search(r'name="csrf" value="([^"]*)"', client.get(path).text)
    assert ticket is not None
    return client.post(path, data={"csrf": ticket[1]}, files={"document": ("Statutes.pdf", content, "application/pdf")})
