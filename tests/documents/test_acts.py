"""Acts file what they bring about, as records: the papers of a pledge, and of each act on shares."""

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.documents.filing import content_of, file_certificate
from app.documents.models import Document
from app.documents.moving import file_act
from app.members.restricting import restrict
from app.offers.pledging.statements import RECORDS, RISKS, TERMS
from app.offers.pledging.wishes import Declared
from app.payments.models import PaymentRequest
from app.payments.refunding import unpaid_refunds
from app.shares.acts.calling import Issue, call, issue
from app.shares.acts.cancelling import cancel
from app.shares.acts.charging import charge, release
from app.shares.acts.redeeming import redeem
from app.shares.acts.reversing import undo
from app.shares.acts.transferring import transfer
from app.shares.acts.uncalling import NothingCalled, open_parts, withdraw_call
from app.shares.classes import share_class
from app.shares.models import Lot
from app.worker import run_until_idle
from tests import make
from tests.shares.acts.making import days_ago, passing, redeeming, two_members, withdrawal
from tests.shares.acts.test_redeeming import rule

P = make.PRICE.minor


def filed(kind: str) -> list[Document]:
    with reading() as session:
        return list(session.scalars(select(Document).where(Document.kind == kind).order_by(Document.id)))


def said(document: Document) -> str:
    """What the page says, which is made now."""
    with transaction() as session:
        content = content_of(session, session.get_one(Document, document.id))
    return " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_a_transfer_and_a_redemption_file_their_papers_and_new_certificates(database):
    with transaction() as session:
        maya, wei, lot = two_members(session, on=days_ago(9))
        rule(session, lot.share_class, value_ppm=800_000)
        act = transfer(session, passing(session, maya, wei.person, lot.share_class, 3, way="gift"), by=None)
        asked = withdrawal(session, maya, lot.share_class, 4)
        redeem(session, redeeming(asked, 4, set_off=1_000, debt="invoice 7"), by=None)
        numbers = dict(session.execute(select(Lot.id, Lot.certificate_number)).all())
        first, act_id = lot.certificate_number, act.id
    for _ in range(2):
        assert run_until_idle() == []
        with transaction() as session:
            file_act(session, act_id)
    assert {int(each.source.split(":")[-1]) for each in filed("certificate")} == set(numbers) - {lot.id}
    [instrument], [settlement] = filed("transfer-instrument"), filed("redemption")
    assert instrument.pdf_sha256 is None
    assert (instrument.facts["shares"], instrument.facts["certificates_ended"]) == (3, [first])
    assert instrument.facts["transferor"]["legal_name"] == "Maya Whitfield"
    assert instrument.facts["price_minor"] is None
    facts = settlement.facts
    assert facts["due_minor"] == 4 * P * 8 // 10 - 1_000
    assert facts["amount_minor"] - sum(each["amount_minor"] for each in facts["deductions"]) == facts["due_minor"]
    assert facts["shares_left"] == 3
    assert "gratuitous" in said(instrument)
    assert "invoice 7" in said(settlement)


def test_nothing_names_somebody_whose_data_was_erased_meanwhile(database):
    with transaction() as session:
        maya, wei, lot = two_members(session, on=days_ago(9))
        transfer(session, passing(session, maya, wei.person, lot.share_class, 3, way="gift"), by=None)
        restrict(session, maya.person_id)
        assert file_certificate(session, lot.id) is None
    assert run_until_idle() == []
    assert filed("transfer-instrument") == []
    assert len(filed("certificate")) == 1


def test_a_pledge_files_what_was_agreed_and_the_limit_that_was_computed(database):
    means = Declared(make.usd(61_000), make.usd(140_000), make.usd(500), False)
    with transaction() as session:
        make.open_offer(session, law="us-regcf", cap_cents=400 * P)
        pledge = make.pledge(session, shares=10, declared=means, language="fr", agreed=(RISKS, TERMS, RECORDS))
    assert run_until_idle() == []
    [consent], [warning] = filed("records-consent"), filed("risk-warning")
    assert consent.source == f"records-consent:pledge:{pledge.id}"
    assert "I agree to receive" in consent.facts["text"] or "J’accepte" in consent.facts["text"]
    [limit] = warning.facts["limits"]
    assert limit["used_minor"] == 500_00
    assert limit["pledged_minor"] == 10 * P
    assert limit["limit_minor"] - limit["used_minor"] - limit["pledged_minor"] == limit["remaining_minor"] > 0
    assert [each["acknowledged_at"] for each in warning.facts["warnings"]]
    text = said(consent)
    assert "by a letter or message" not in text


def test_every_other_act_gives_each_holder_its_statement(database):
    with transaction() as session:
        maya, wei, lot = two_members(session, on=days_ago(9))
        staff, other = make.staff(session), make.staff(session, "secretary")
        two = {"by": staff.id, "proposed_by": other.id, "reason": "board"}
        found = share_class(session, "P", "Part-paid share")
        request = make.paid_request(session, wei.person, make.usd(500))
        facts = {"price": make.usd(100), "paid": make.usd(25), "on": days_ago(5), "reason": "board"}
        issued = issue(session, Issue("i:1", wei, found, 8, reference=request.reference, **facts), by=None)
        called = call(session, "c:1", found, make.usd(25), called_on=days_ago(4), due_on=clock.today(), **two)
        [part] = open_parts(session, called)
        dropped = cancel(
            session, "x:1", maya, lot.share_class, 3, on=days_ago(2), consent="form", by=None, reason="gives up"
        )
        noted = charge(session, "g:1", maya, lot.share_class, 2, creditor="Bank", debt="loan", on=days_ago(2), **two)
        release(session, noted.id, on=days_ago(1), **two)
        undone = undo(session, dropped.id, on=clock.today(), by=None, reason="by mistake")
        make.pay(session, session.get_one(PaymentRequest, part.part.payment_request_id), make.usd(60))
        withdraw_call(session, called.id, by=staff.id, reason="not needed")
        with pytest.raises(NothingCalled):
            withdraw_call(session, called.id, by=staff.id, reason="again")
        assert [refund.amount_cents for refund in unpaid_refunds(session)] == [60_00]
        reference = part.reference
    assert run_until_idle() == []
    papers = {each.source.removeprefix("share-act:"): each.facts for each in filed("share-act")}
    assert set(papers) == {
        f"act:{issued.id}:{wei.number}", f"act:{dropped.id}:{maya.number}", f"act:{undone.id}:{maya.number}",
        f"call:{called.id}:{wei.number}", f"charge:{noted.id}", f"charge:{noted.id}:release",
    }  # fmt: skip
    gone = papers[f"act:{dropped.id}:{maya.number}"]
    assert (gone["paid_ended_minor"] - gone["paid_begun_minor"], gone["shares_left"]) == (3 * P, 7)
    assert papers[f"act:{undone.id}:{maya.number}"]["reverses"] == dropped.id
    [asked] = papers[f"call:{called.id}:{wei.number}"]["asked"]
    assert (asked["amount_minor"], asked["reference"]) == (8 * 25_00, reference)
    [certificate] = [each for each in filed("certificate") if each.facts["member_number"] == wei.number]
    assert "paid in part" in said(certificate)
    assert any("Cancellation" in said(each) for each in filed("share-act") if each.facts["nature"] == "Cancellation")
