"""Completing seals: what proves them later is added when it can be had, and asked for until then."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from sqlalchemy import text

from app.cli import costake
from app.core import clock
from app.core.database import reading, transaction
from app.core.settings import settings
from app.documents.completing import finish_seals, prove_seal
from app.documents.filing import content_of, file_document
from app.documents.kinds import all_kinds
from app.documents.models import Document
from app.documents.seals.revocation import Unsaid
from app.documents.seals.timestamping import levels_of
from app.documents.verifying.standing import standing_of_code
from app.law.documents import all_documents
from app.worker import run_until_idle
from tests import make
from tests.documents.issuer import issuer, stamping_key
from tests.documents.samples import FACTS, ISSUER
from tests.documents.test_downloading import browser
from tests.documents.test_sealing import pdfsig


@pytest.fixture
def world(tmp_path, monkeypatch, stamping):
    """A seal and a timestamp authority with certificates that somebody issued."""
    with issuer() as above:
        private = ec.generate_private_key(ec.SECP256R1())
        own, path = above.issue(private.public_key(), "WeAreTwitter Seal"), tmp_path / "seal.p12"
        locked = BestAvailableEncryption(b"open")
        path.write_bytes(serialize_key_and_certificates(b"seal", private, own, [above.certificate], locked))
        monkeypatch.setenv("COSTAKE_SEAL_PKCS12", str(path))
        monkeypatch.setenv("COSTAKE_SEAL_PASSWORD", "open")
        monkeypatch.setenv("COSTAKE_TSA_URL", stamping.url)
        times = stamping_key()
        stamping.key = times, above.issue(times.public_key(), "Test TSA", for_times=True)
        settings.cache_clear()
        yield above, own, stamping


def jobs_waiting() -> dict[str, int]:
    with reading() as session:
        counted = "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'todo' GROUP BY 1"
        return dict(session.execute(text(counted)).all())


def test_a_seal_is_proved_when_its_issuer_answers_and_asked_for_until_then(database, world, tmp_path, monkeypatch):
    above, own, authority = world

    def file(place: str) -> Document:
        facts = ISSUER | FACTS["certified-resolution"]
        with transaction() as session:
            return file_document(session, "certified-resolution", place, None, facts, language="en")

    above.is_up = False
    document = file("one")
    assert [failure.job for failure in run_until_idle()] == ["documents.prove_seal"]
    with transaction() as session:
        assert levels_of(session, document.id) == {"B-T"}
        standing = standing_of_code(session, document.verify_code)
        assert (standing.timestamp_waits, standing.proof_waits, standing.record_holds) == (False, True, True)
        make.staff(session, "secretary")
    for asker, path in ((None, f"/verify/{document.verify_code}"), ("secretary@example.org", "/desk/documents/1")):
        page = browser(asker).get(path).text
        assert "seal · the proof that its certificate was not revoked will be added" in page

    above.is_up = True
    above.revoked = {own.serial_number}
    with pytest.raises(Unsaid, match="revoked"), transaction() as session:
        prove_seal(session, document.id)
    above.revoked = set()
    for _ in range(2):
        with transaction() as session:
            prove_seal(session, document.id)
    with reading() as session:
        content = content_of(session, session.get_one(Document, document.id))
        assert levels_of(session, document.id) == {"B-T", "B-LT"}
        assert not standing_of_code(session, document.verify_code).proof_waits
    assert "Signature is Valid" in pdfsig(content, tmp_path)
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(content)
    found = json.loads(CliRunner().invoke(costake, ["verify", str(paper), "--json"]).stdout)
    assert (found["outcome"], found["holds"]) == ("genuine", True)
    assert found["seal"] | {"by": "", "timestamp": ""} == {
        "readable": True, "sealed": True, "intact": True, "whole": True, "ours": True, "by": "", "timestamp": "",
        "revocation": True, "code": document.verify_code, "facts_sha256": document.facts_sha256,
    }  # fmt: skip
    paper.write_bytes(content.replace(b"/VRI", b"/VRJ"))
    said = CliRunner().invoke(costake, ["verify", str(paper)])
    assert (said.exit_code, "altered" in said.stdout, "the same in the file" in said.stdout) == (1, True, True)

    # An authority that is down for longer than jobs are tried: asked again each hour, once at a time.
    monkeypatch.setenv("COSTAKE_TSA_URL", "http://127.0.0.1:9/")
    settings.cache_clear()
    file("two")
    assert [failure.job for failure in run_until_idle()] == ["documents.timestamp"]
    with transaction() as session:
        session.execute(text("DELETE FROM procrastinate_jobs"))  # given up
    monkeypatch.setenv("COSTAKE_TSA_URL", authority.url)
    settings.cache_clear()
    for hours, expected in ((1, {}), (13, {"documents.timestamp": 1}), (14, {"documents.timestamp": 1})):
        with clock.at(clock.now() + timedelta(hours=hours)), transaction() as session:
            finish_seals(session)
        assert jobs_waiting() == expected
    assert run_until_idle() == []
    with clock.at(clock.now() + timedelta(days=1)), transaction() as session:
        finish_seals(session)
    assert jobs_waiting() == {}
    settings.cache_clear()


def test_kinds_are_sealed_as_the_law_asks():
    for kind in all_kinds().values():
        asked = all_documents()[kind.law].pdf if kind.law in all_documents() else ""
        if asked.endswith("PAdES B-LT"):
            assert kind.level == "B-LT", kind.name
