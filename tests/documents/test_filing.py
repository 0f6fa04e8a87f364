"""Filing: a certificate is filed once, says what was true on the day of allotment, and only its holder reads it."""

import hashlib
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from app.core import clock, vault
from app.core.audit import AuditLine, Tag
from app.core.database import reading, transaction
from app.core.errors import NotFound
from app.core.settings import settings
from app.documents.filing import (
    BeingMade,
    content_of,
    documents_of,
    file_certificate,
    file_document,
    read_document,
)
from app.documents.models import Document
from app.documents.rendering import canonical
from app.members.models import Person
from app.members.persons import record_particulars
from app.offers.closing import close_offer
from app.proofs import prove
from app.shares.models import Lot
from app.worker import run_until_idle
from tests import make
from tests.documents.samples import FACTS, ISSUER
from tests.ledger.test_proofs import falsify
from tests.races import overlapping


@pytest.fixture
def lot_id(database) -> int:
    with transaction() as session:
        return make.lot(session, make.member(session), 10).id


def file(lot_id: int):
    return lambda session: file_certificate(session, lot_id).number


def do(act):
    with transaction() as session:
        return act(session)


def documents() -> int:
    with reading() as session:
        return session.scalar(select(func.count(Document.id)))


def test_a_certificate_is_filed_once_also_at_once(lot_id):
    assert overlapping(file(lot_id), file(lot_id)) == (1, 1)
    assert do(file(lot_id)) == 1
    assert documents() == 1


def test_only_its_holder_reads_it_and_each_reading_is_noted(lot_id):
    number = do(file(lot_id))
    with transaction() as session:
        holder = session.get_one(Lot, lot_id).membership.person
        others = [
            make.person(session, "wei@example.org"),
            make.staff(session, "organizer"),
            make.staff(session, "auditor"),
        ]
        document, content = read_document(session, number, by=holder)
        assert content.startswith(b"%PDF-")
        assert hashlib.sha256(content).hexdigest() == document.pdf_sha256
        assert hashlib.sha256(canonical(document.facts)).hexdigest() == document.facts_sha256
        assert (document.facts["shares"], document.facts["legal_name"]) == (10, "Maya Whitfield")
        assert documents_of(session, holder) == [document]
    for other in others:
        with pytest.raises(NotFound) as refused, transaction() as session:
            read_document(session, number, by=session.get_one(Person, other.id))
        assert refused.value.status == 404
        with reading() as session:
            assert documents_of(session, other) == []
    for unknown in (0, -1, number + 1):
        with pytest.raises(NotFound), transaction() as session:
            read_document(session, unknown, by=session.get_one(Person, holder.id))
    with reading() as session:
        readings = session.scalars(select(AuditLine).where(AuditLine.tag == Tag.DOCUMENT_READ)).all()
        assert [(line.actor_id, line.subject) for line in readings] == [(holder.id, f"document:{document.id}")]


def test_it_says_what_was_true_on_the_day_of_allotment_however_late_it_is_filed(lot_id):
    with transaction() as session:
        holder = session.get_one(Lot, lot_id).membership.person
        tomorrow = clock.today() + timedelta(days=1)
        record_particulars(session, holder, "Maya Garnier", make.LYON, valid_from=tomorrow, by=holder.id)
    with clock.at(clock.now() + timedelta(days=40)), transaction() as session:
        document = file_certificate(session, lot_id)
        assert document.facts["legal_name"] == "Maya Whitfield"
        assert "Oakland" in document.facts["address"]


def test_a_pledge_confirmed_and_allotted_in_one_evening_has_its_name_on_that_day(database):
    evening = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # still the 23rd in Oakland
    with clock.at(evening):
        with transaction() as session:
            make.open_offer(session)
        for number in (1, 2):
            with transaction() as session:
                make.paid_pledge(session, email=f"{number}@example.org", legal_name="Maya Whitfield")
        with transaction() as session:
            make.settle(session, close_offer(session, make.SLUG, by=None))
        with transaction() as session:
            document = file_certificate(session, session.scalars(select(Lot.id)).first())
    assert document.facts["legal_name"] == "Maya Whitfield"
    assert date.fromisoformat(document.facts["allotted_on"]) == date(2026, 11, 23)


def test_where_the_law_knows_no_certificates_the_entry_is_confirmed(lot_id, monkeypatch):
    monkeypatch.setenv("COSTAKE_REGISTER_LAW", "fr")
    settings.cache_clear()
    with transaction() as session:
        document = file_certificate(session, lot_id)
        [page] = PdfReader(io.BytesIO(content_of(session, document))).pages
    said = page.extract_text()
    assert "Statement of entry in account" in said and "Share certificate" not in said


def test_a_long_document_is_a_record_whose_file_a_job_makes(database, monkeypatch):
    monkeypatch.setattr("app.documents.rendering.LINES", 4)
    with transaction() as session:
        holder = make.member(session).person
        facts = ISSUER | FACTS["register-extract"] | {"holdings": FACTS["register-extract"]["holdings"] * 3}
        document = file_document(session, "register-extract", "sample:1", holder, facts)
        assert document.pdf_sha256 is None
        with pytest.raises(BeingMade) as refused:
            content_of(session, document)
        assert refused.value.status == 503
    assert run_until_idle() == []
    with reading() as session:
        content = content_of(session, session.get_one(Document, document.id))
    assert len(PdfReader(io.BytesIO(content)).pages) > 2


@pytest.mark.falsified
def test_a_certificate_that_was_altered_or_lost_is_found(lot_id, database, tmp_path):
    number = do(file(lot_id))

    def failing() -> set[str]:
        with reading() as session:
            return {proof.name for proof, finding in prove(session) if not finding.holds}

    assert failing() == set()
    vault_, lots_ = "The vault holds every document unaltered", "Every certificate says what its lot says"
    names_ = "Every certificate names its holder as on record"
    with reading() as session:
        document = session.scalars(select(Document)).one()
        place = next((tmp_path / "var").rglob(document.pdf_sha256))
    content = place.read_bytes()
    place.write_bytes(content[:-1] + b"x")
    assert failing() == {vault_}
    with pytest.raises(vault.Damaged), transaction() as session:
        read_document(session, number, by=session.get_one(Person, document.person_id))
    place.unlink()
    assert failing() == {vault_}
    place.write_bytes(content)
    falsify(database, "document", 'UPDATE document SET facts = facts || \'{"legal_name": "Mallory"}\'')
    assert failing() == {vault_, names_}
    falsify(database, "document", "UPDATE document SET facts = facts || '{\"shares\": 1000}'")
    assert failing() == {vault_, names_, lots_}
