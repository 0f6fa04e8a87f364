"""Confirmations of a purchase: each buyer of an offer whose terms say what intermediaries earn gets one, once."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.core.settings import settings
from app.documents.bulk.filing import certify
from app.documents.bulk.models import DocumentIssue
from app.documents.confirming.filing import file_confirmation
from app.documents.models import Document
from app.members.restricting import restrict
from app.offers.closing import close_offer
from app.offers.terms.intermediaries import Remuneration
from app.proofs import prove
from app.shares.models import Lot
from app.worker import run_until_idle
from tests import make
from tests.documents.test_acts import filed, said
from tests.ledger.test_proofs import falsify

EARNED = (Remuneration("Portal LLC", "the issuer", ppm=25_000), Remuneration("Trust", "the issuer", each_cents=1_15))
PROOF = "Every confirmation of a purchase says what its lot and terms say"


@pytest.mark.falsified
def test_a_buyer_reads_what_was_bought_and_what_intermediaries_earn(database, monkeypatch):
    with transaction() as session:
        make.open_offer(session, law="us-regcf", cap_cents=400 * make.PRICE.minor, intermediaries=EARNED)
        for email in ("maya@example.org", "wei@example.org"):
            make.paid_pledge(session, email=email)
    with clock.at(clock.now() + timedelta(days=31)), transaction() as session:
        make.settle(session, close_offer(session, make.SLUG, by=None))
    assert run_until_idle() == []
    first, second = filed("transaction-confirmation")
    assert {first.facts["legal_name"], second.facts["legal_name"]} == {"Maya Whitfield"}
    assert (first.profile_id, first.pdf_sha256) == ("us-regcf", None)
    assert (first.facts["sold_shares"], first.facts["sold_prices_minor"]) == (200, [make.PRICE.minor])
    assert [one["amount_minor"] for one in first.facts["remunerations"]] == [100 * make.PRICE.minor // 40, 1_15]
    text = said(first)
    for part in ("Portal LLC", "the issuer", "2.5%", "$57.50", "$1.15", "us-regcf v1", "bears no interest"):
        assert part in text
    assert "Draft for counsel" not in text
    with transaction() as session:
        certify(session, "offer:1")
        lot = session.scalars(select(Lot).order_by(Lot.id)).first()
        assert file_confirmation(session, lot.id, {"sold_shares": 0, "sold_prices_minor": []}).id == first.id
    assert run_until_idle() == [] and len(filed("transaction-confirmation")) == 2
    lie = """facts || '{"remunerations": []}'"""
    falsify(database, "document", f"UPDATE document SET facts = {lie} WHERE id = {first.id}")
    with reading() as session:
        assert PROOF in {proof.name for proof, finding in prove(session) if not finding.holds}


def test_a_large_offer_files_an_issue_of_confirmations_and_nobody_erased_gets_one(database, monkeypatch):
    monkeypatch.setenv("COSTAKE_CERTIFICATES_BULK_FROM", "2")
    settings.cache_clear()
    emails = [f"{number}@example.org" for number in range(3)]
    with transaction() as session:
        make.open_offer(session, intermediaries=())
    for email in emails:
        with transaction() as session:
            make.paid_pledge(session, email=email, legal_name=f"Name of {email}")
    with transaction() as session:
        make.settle(session, close_offer(session, make.SLUG, by=None))
        restrict(session, make.person(session, emails[0]).id)
    assert run_until_idle() == []
    with reading() as session:
        assert sorted(session.scalars(select(DocumentIssue.kind))) == ["certificate", "transaction-confirmation"]
    found: list[Document] = filed("transaction-confirmation")
    assert len(found) == 2 and found[0].profile_id is None
    assert "No intermediary earned anything" in said(found[0])


def test_terms_that_do_not_say_it_bring_no_confirmation(database):
    with transaction() as session:
        make.succeeded_offer(session)
    assert run_until_idle() == []
    assert filed("transaction-confirmation") == []
