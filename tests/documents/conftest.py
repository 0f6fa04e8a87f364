"""Fixtures of documents: a seal of the operator's, and a timestamp authority on this machine."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from shutil import which

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.core import clock
from app.core.settings import settings


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


@pytest.fixture
def token(tmp_path, monkeypatch):
    """A token with the label “office” and the PIN 1234, as SoftHSM keeps it, and its library; nothing is in it."""
    library = next(Path("/usr/lib").rglob("softhsm/libsofthsm2.so"), None)
    assert library and which("softhsm2-util"), "softhsm2 is missing; scripts/test installs it where it may"
    (tmp_path / "tokens").mkdir()
    told = tmp_path / "softhsm2.conf"
    told.write_text(f"directories.tokendir = {tmp_path}/tokens\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(told))
    made = ["softhsm2-util", "--init-token", "--free", "--label", "office", "--pin", "1234", "--so-pin", "5678"]
    subprocess.run(made, check=True, capture_output=True)
    return library


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
def stamping():
    """A timestamp authority at work."""
    server = HTTPServer(("127.0.0.1", 0), Authority)
    private = rsa.generate_private_key(65537, 2048)
    server.key = private, certified(private, "Test TSA", [ExtendedKeyUsageOID.TIME_STAMPING])
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def authority(stamping) -> str:
    """Its address."""
    return stamping.url
