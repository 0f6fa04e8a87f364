"""Evidence about a disputed charge: bundled from the records, read at the desk, and sent to the bank once."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.documents.models import Document
from app.payments.cards.answers import NoAnswer
from app.payments.cards.evidence.models import DisputeEvidence, DisputeEvidenceMove
from app.payments.cards.evidence.sending import send_evidence, sweep_evidence
from app.payments.cards.hearing.models import ParkedItem
from app.payments.cards.returning.disputing import state
from app.payments.cards.returning.models import Dispute
from app.payments.requesting import instalments_of
from tests import make
from tests.documents.test_downloading import browser
from tests.payments.cards.test_disputing import decide, dispute, hear

SAID = "Ten shares were bought on 20 November; <b>the link</b> in our letter was followed."


def disputed(cards) -> str:
    """A pledge that is paid by a saved card, and whose payment is disputed: the dispute's name at the processor."""
    with transaction() as session:
        make.staff(session, "treasurer")
        make.open_offer(session)
        made = make.pledge(session, shares=10)
        request_id, part = made.request.id, instalments_of(session, made.request)[0].id
    cards.save(request_id)
    cards.charge(part)
    name = dispute(cards)
    hear()
    return name


def press(desk, path: str, **typed: str):
    csrf = desk.get("/desk/disputes/1").text.partition('name="csrf" value="')[2].partition('"')[0]
    return desk.post(f"/desk/disputes/1/{path}", data={"csrf": csrf, **typed})


def sent() -> tuple:
    with reading() as session:
        rows = session.scalars(select(DisputeEvidence.id).order_by(DisputeEvidence.asked_at)).all()
        moves = session.scalars(select(DisputeEvidenceMove.status).order_by(DisputeEvidenceMove.id)).all()
        return rows, moves


def test_the_treasurer_bundles_what_is_on_record_and_the_bank_gets_it_once(cards):
    name = disputed(cards)
    with reading() as session:
        assert make.letters(session, "maya@example.org")[-1] == "dispute-opened"
        assert make.letters(session, "treasurer@example.org")[-1] == "dispute-to-answer"
    desk, auditor = browser("treasurer@example.org"), browser("auditor@example.org")
    assert 'href="/desk/disputes/1"' in desk.get("/desk/disputes").text
    assert press(desk, "bundle", statement=" ").status_code == 422
    assert "Make the bundle and read it first." in press(desk, "submission").text
    assert press(desk, "bundle", statement="A first try.").status_code == 303
    assert press(desk, "bundle", statement=SAID).status_code == 303
    assert press(auditor, "submission").status_code in (403, 404)
    pdf = desk.get("/desk/disputes/1/bundle.pdf")
    pages = PdfReader(io.BytesIO(pdf.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    for said in (
        *(SAID, name, "$230.00", "Maya Whitfield", "1200 Adeline Street", "User-owner share", "4242"),
        *("confirm your pledge", "The charge: succeeded.", "waits for evidence", "Price of a share"),
    ):
        assert said in text
    assert "maya@example.org" not in text and "/pledges/confirm" not in text
    assert press(desk, "submission").status_code == 303
    assert "is being sent to the bank" in desk.get("/desk/disputes/1").text
    assert "Evidence is being sent already" in press(desk, "submission").text
    (identifier,), _ = sent()
    cards.control.fault("close", path="/v1/disputes", method="POST", times=1)
    with pytest.raises(NoAnswer):
        send_evidence(identifier)
    send_evidence(identifier)
    send_evidence(identifier)
    assert sent()[1] == ["uploaded", "unknown", "sent"]
    at_bank = cards.client().v1.disputes.retrieve(name)
    assert (at_bank.status, at_bank.evidence_details.submission_count) == ("under_review", 1)
    assert at_bank.evidence.uncategorized_text == SAID
    assert at_bank.evidence.customer_email_address == "maya@example.org"
    file = cards.client().v1.files.retrieve(at_bank.evidence.uncategorized_file)
    assert (file.purpose, file.type, file.size) == ("dispute_evidence", "pdf", len(pdf.content))
    with reading() as session:
        assert state(session, session.scalars(select(Dispute)).one()) == "under_review"
        bundles = select(Document).where(Document.kind == "dispute-evidence")
        old, new = session.scalars(bundles.order_by(Document.id))
        assert new.replaces_id == old.id
    assert "was sent to the bank on" in desk.get("/desk/disputes/1").text
    assert "waits for no evidence" in press(desk, "submission").text
    decide(cards, name, won=True)
    with reading() as session:
        assert make.letters(session, "maya@example.org")[-1] == "dispute-decided"
        assert make.letters(session, "treasurer@example.org")[-1] == "dispute-ended"


def test_what_no_answer_came_for_is_looked_up_after_a_day_and_what_is_refused_waits_for_a_person(cards):
    disputed(cards)
    desk = browser("treasurer@example.org")
    press(desk, "bundle", statement=SAID)
    press(desk, "submission")
    (identifier,), _ = sent()
    cards.control.fault("close_before", path="/v1/disputes", method="POST", times=1)
    with pytest.raises(NoAnswer):
        send_evidence(identifier)
    with clock.at(clock.now() + timedelta(hours=24)):
        with transaction() as session:
            sweep_evidence(session)
        send_evidence(identifier)  # never sent blindly: the dispute says that nothing reached it
    assert sent()[1] == ["uploaded", "unknown", "refused"]
    with reading() as session:
        assert [item.kind for item in session.scalars(select(ParkedItem))] == ["evidence"]
    assert "The processor refused the evidence" in desk.get("/desk/disputes/1").text
    assert press(desk, "submission").status_code == 303
    send_evidence(sent()[0][-1])
    assert sent()[1][-1] == "sent"
    cards.control.advance(days=10)
    hear()
    with clock.at(clock.now() + timedelta(days=10)):
        assert "waits for no evidence" in press(desk, "bundle", statement=SAID).text
