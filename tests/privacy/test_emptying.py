"""Documents of pledges that never became shares: emptied by the decision that erases their person, hash kept."""

import zipfile
from io import BytesIO

import psycopg
import pypdf
import pytest
from sqlalchemy import select, text

from app.core import vault
from app.core.database import reading, transaction
from app.documents.acknowledging import file_acknowledgement
from app.documents.bundling import bundle_pieces
from app.documents.filing import ContentsGone, content_of
from app.documents.models import Document
from app.documents.proofs import PROOFS
from app.documents.verifying.standing import verify_file
from app.members.models import Person
from app.offers.pledging.withdrawing import withdraw_pledge
from app.worker import run_until_idle
from tests import make
from tests.documents.test_downloading import browser
from tests.privacy.test_erasing import asked_and_granted


def test_papers_of_a_pledge_that_ended_say_nothing_any_more_and_are_still_known_as_ours(database):
    with transaction() as session:
        make.open_offer(session)
        pledges = [make.pledge(session, email=email, shares=10) for email in ("maya@example.org", "wei@example.org")]
        for each in pledges:
            file_acknowledgement(session, each.id)
        maya = pledges[0].person
        withdraw_pledge(session, pledges[0].public_id, by=maya, reason="")
    assert run_until_idle() == []
    papers = select(Document).where(Document.person_id == maya.id, Document.kind != "erasure-decision")
    with transaction() as session:
        before = [(each.kind, each.facts_sha256, each.verify_code) for each in session.scalars(papers)]
        assert {kind for kind, _, _ in before} == {"pledge-acknowledgement", "subscription-agreement"}
        paper = content_of(session, session.scalars(papers).first())
        files = [each.pdf_sha256 for each in session.scalars(papers)]
        with pytest.raises(psycopg.errors.RestrictViolation), session.begin_nested():
            session.connection().connection.driver_connection.execute("UPDATE document SET facts = '{}'")
    with transaction() as session:
        decision = asked_and_granted(session, session.get_one(Person, maya.id))
        assert decision.erased["document"] == 2
    assert run_until_idle() == []
    with reading() as session:
        after = session.scalars(papers).all()
        assert [(each.kind, each.facts_sha256, each.verify_code) for each in after] == before
        assert all(each.facts == {} for each in after)
        others = session.scalars(select(Document).where(Document.person_id != maya.id)).all()
        assert others and all(each.facts for each in others)
        for sha256 in files:
            with pytest.raises(vault.Damaged):
                vault.get(sha256)
        with pytest.raises(ContentsGone):
            content_of(session, after[0])
        bundle = zipfile.ZipFile(BytesIO(b"".join(bundle_pieces([each.id for each in after], "en"))))
        assert bundle.namelist() == ["index.csv"] and before[0][1].encode() in bundle.read("index.csv")
        verified = verify_file(session, paper)
        assert (verified.outcome, verified.standing.emptied.request_id) == ("genuine", 1)
        assert all(proof.check(session).wrong == [] for proof in PROOFS)
        said = session.scalars(select(Document).where(Document.kind == "erasure-decision")).one()
        pages = pypdf.PdfReader(BytesIO(content_of(session, said))).pages
        told = " ".join(" ".join(page.extract_text() for page in pages).split())
        assert "Acknowledgement of your pledge" in told and before[0][1][:16] in told
    page = browser(None).get(f"/verify/{before[0][2]}").text
    assert "The contents of this document were erased by decision no. 1." in page
    assert "Maya" not in page


@pytest.mark.falsified
def test_a_document_that_was_emptied_without_a_decision_is_found(database):
    with transaction() as session:
        make.open_offer(session)
        file_acknowledgement(session, make.pledge(session, shares=10).id)
        session.execute(text("ALTER TABLE document DISABLE TRIGGER ALL"))
        session.execute(text("UPDATE document SET facts = '{}'"))
    with reading() as session:
        found = {proof.name for proof in PROOFS if proof.check(session).wrong}
    assert {
        "Every document that is empty was emptied by a decision",
        "The vault holds every document unaltered",
    } <= found
