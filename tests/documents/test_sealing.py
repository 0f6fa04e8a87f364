"""Seals: two readers of PDFs accept them and find an altered byte; an authority that is down delays nothing."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.core import clock
from app.core.database import reading, transaction
from app.core.settings import settings
from app.documents.filing import content_of, file_certificate
from app.documents.models import Document
from app.documents.seals.examining import examine
from app.documents.seals.keys import SealUnusable, seal_key
from app.documents.seals.sealing import seal
from app.documents.seals.timestamping import timestamp
from app.documents.verifying.standing import standing_of_code, verify_file
from app.worker import run_until_idle
from tests import make
from tests.documents.test_rendering import certificate, said


def certified(private, name: str, usage: list | None = None) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    day = clock.now()
    built = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(private.public_key())
    built = built.serial_number(7).not_valid_before(day.replace(year=2020)).not_valid_after(day.replace(year=2099))
    if usage:
        built = built.add_extension(x509.ExtendedKeyUsage(usage), critical=True)
    uses = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    built = built.add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **uses), critical=True)
    return built.sign(private, hashes.SHA256())


@pytest.fixture
def own_seal(tmp_path, monkeypatch):
    """A PKCS#12 file of the operator's, as a trust service gives it."""
    private = ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "seal.p12"
    path.write_bytes(
        serialize_key_and_certificates(
            b"seal", private, certified(private, "WeAreTwitter Seal"), None, BestAvailableEncryption(b"open")
        )
    )
    monkeypatch.setenv("COSTAKE_SEAL_PKCS12", str(path))
    monkeypatch.setenv("COSTAKE_SEAL_PASSWORD", "open")
    settings.cache_clear()


def pdfsig(content: bytes, tmp_path) -> str:
    path = tmp_path / "sealed.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdfsig", path], capture_output=True, text=True, check=False).stdout


class Authority(BaseHTTPRequestHandler):
    """A timestamp authority on this machine, by the library's own double."""

    def do_POST(self):
        from asn1crypto.keys import PrivateKeyInfo
        from asn1crypto.x509 import Certificate
        from pyhanko.sign.timestamps import DummyTimeStamper

        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        private, found = self.server.key
        stamper = DummyTimeStamper(
            Certificate.load(found.public_bytes(Encoding.DER)),
            PrivateKeyInfo.load(private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        )
        answer = stamper.request_tsa_response(asked).dump()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def authority():
    server = HTTPServer(("127.0.0.1", 0), Authority)
    private = rsa.generate_private_key(65537, 2048)
    server.key = private, certified(private, "Test TSA", [ExtendedKeyUsageOID.TIME_STAMPING])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


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
