"""Seals: two readers of PDFs accept them and find an altered byte; an authority that is down delays nothing."""

import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from app.core.database import reading, transaction
from app.core.settings import settings
from app.documents.filing import content_of, file_certificate
from app.documents.models import Document
from app.documents.seals.examining import examine
from app.documents.seals.keys import CertificatesUnusable, SealUnusable, seal_key
from app.documents.seals.sealing import seal
from app.documents.seals.timestamping import timestamp
from app.documents.verifying.standing import standing_of_code, verify_file
from app.worker import run_until_idle
from tests import make
from tests.documents.conftest import certified
from tests.documents.test_rendering import certificate, said


def pdfsig(content: bytes, tmp_path) -> str:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout


def test_two_readers_accept_the_seal_and_find_an_altered_byte(tmp_path, monkeypatch):
    monkeypatch.setenv("COSTAKE_VAR", str(tmp_path / "var"))
    settings.cache_clear()
    key, plain = seal_key(), certificate("en")
    sealed = seal(plain, key)
    assert sealed.startswith(plain)
    found = examine(sealed, key.roots)
    assert (found["intact"], found["whole"], found["ours"]) == (True, True, True)
    assert "Signature is Valid" in pdfsig(sealed, tmp_path)
    assert "Total document signed" in pdfsig(sealed, tmp_path)
    place = sealed.index(b"/CreationDate") + 20
    altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
    assert examine(altered, key.roots).get("intact") is not True
    assert "Signature is Valid" not in pdfsig(altered, tmp_path)
    assert examine(sealed + b"\n% more", key.roots)["whole"] is False
    private = ec.generate_private_key(ec.SECP256R1())
    stranger = certified(private, "WeAreTwitter Seal").public_bytes(Encoding.DER)
    assert examine(sealed, [stranger])["ours"] is False
    settings.cache_clear()


def test_without_a_key_of_the_operator_the_pages_say_so_and_with_one_they_do_not(database, own_seal, monkeypatch):
    def filed():
        with transaction() as session:
            lot = make.lot(session, make.member(session))
            document = file_certificate(session, lot.id)
            return document.facts["seal"], content_of(session, document)

    sealed_as, content = filed()
    assert sealed_as == "organization"
    assert "Test seal" not in said(content)
    assert "WeAreTwitter Seal" in examine(content, seal_key().roots)["by"]
    monkeypatch.setenv("COSTAKE_SEAL_PASSWORD", "wrong")
    settings.cache_clear()
    with pytest.raises(SealUnusable):
        seal_key()
    monkeypatch.delenv("COSTAKE_SEAL_PKCS12")
    settings.cache_clear()
    sealed_as, content = filed()
    assert sealed_as == "test"
    assert "Test seal, not legally effective" in said(content)


def test_an_authority_that_is_down_delays_nothing_and_the_timestamp_comes_later(
    database, own_seal, authority, monkeypatch, tmp_path
):
    monkeypatch.setenv("COSTAKE_TSA_URL", "http://127.0.0.1:9/")
    settings.cache_clear()
    with transaction() as session:
        document = file_certificate(session, make.lot(session, make.member(session)).id)
        code, number, before = document.verify_code, document.id, content_of(session, document)
    assert [failure.job for failure in run_until_idle()] == ["documents.timestamp"]
    with reading() as session:
        assert standing_of_code(session, code).timestamp_waits
    monkeypatch.setenv("COSTAKE_TSA_URL", authority)
    settings.cache_clear()
    for _ in range(2):  # the job is tried again later, perhaps more than once
        with transaction() as session:
            timestamp(session, number)
    with reading() as session:
        after = content_of(session, session.get_one(Document, number))
        assert not standing_of_code(session, code).timestamp_waits
        assert verify_file(session, before).holds
        found = verify_file(session, after)
        assert found.holds
        assert (found.seal["intact"], found.seal["whole"], found.seal["ours"]) == (True, True, True)
        assert found.seal["timestamp"]
    assert len(after) == len(before)
    assert "Signature is Valid" in pdfsig(after, tmp_path)


def test_what_a_former_key_sealed_stays_known_as_ours(database, own_seal, monkeypatch, tmp_path):
    with transaction() as session:
        content = content_of(session, file_certificate(session, make.lot(session, make.member(session)).id))
    former = tmp_path / "former.pem"
    former.write_bytes(seal_key().certificate.public_bytes(Encoding.PEM))
    monkeypatch.delenv("COSTAKE_SEAL_PKCS12")
    settings.cache_clear()
    with reading() as session:
        assert verify_file(session, content).seal["ours"] is False
        monkeypatch.setenv("COSTAKE_SEAL_FORMER", str(former))
        settings.cache_clear()
        found = verify_file(session, content)
        assert (found.holds, found.seal["ours"], found.seal["intact"]) == (True, True, True)
        former.write_text("nothing")
        with pytest.raises(CertificatesUnusable):
            verify_file(session, content)
