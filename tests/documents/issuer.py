"""An issuer of certificates on this machine, who answers whether it has revoked one: by OCSP, and by a list."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from app.core import clock


class Issuer:
    """Its certificates name the address of its list; those of seals that of its OCSP too. `is_up` may be changed."""

    def __init__(self, url: str) -> None:
        self.url, self.is_up, self.revoked = url, True, set()
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Issuer")])
        made = self._builder(self.name, self.private.public_key())
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.certificate = made.add_extension(_uses(is_issuer=True), critical=True).sign(self.private, hashes.SHA256())
        self.known = {}

    def issue(self, public, name: str, *, for_times: bool = False) -> x509.Certificate:
        made = self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), public)
        place = x509.DistributionPoint([x509.UniformResourceIdentifier(f"{self.url}list.crl")], None, None, None)
        made = made.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        if for_times:
            made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        else:
            asked = x509.UniformResourceIdentifier(f"{self.url}ocsp")
            access = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, asked)
            made = made.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
        found = made.add_extension(_uses(is_issuer=False), critical=True).sign(self.private, hashes.SHA256())
        self.known[found.serial_number] = found
        return found

    def _builder(self, subject, public):
        day = clock.now()
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(public)
        made = made.serial_number(x509.random_serial_number()).not_valid_before(day.replace(year=2020))
        made = made.not_valid_after(day.replace(year=2099))
        key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.private.public_key())
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        return made.add_extension(key, critical=False)

    def list(self) -> bytes:
        now = clock.now()
        made = x509.CertificateRevocationListBuilder().issuer_name(self.name)
        made = made.last_update(now - timedelta(minutes=1)).next_update(now + timedelta(days=7))
        for number in self.revoked:
            row = x509.RevokedCertificateBuilder().serial_number(number).revocation_date(now - timedelta(days=1))
            made = made.add_revoked_certificate(row.build())
        made = made.add_extension(x509.CRLNumber(1), critical=False)
        key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.private.public_key())
        made = made.add_extension(key, critical=False)
        return made.sign(self.private, hashes.SHA256()).public_bytes(Encoding.DER)

    def answer(self, asked: bytes) -> bytes:
        found = self.known[ocsp.load_der_ocsp_request(asked).serial_number]
        now, gone = clock.now(), found.serial_number in self.revoked
        made = ocsp.OCSPResponseBuilder().add_response(
            cert=found,
            issuer=self.certificate,
            algorithm=hashes.SHA1(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if gone else ocsp.OCSPCertStatus.GOOD,
            this_update=now - timedelta(minutes=1),
            next_update=now + timedelta(days=7),
            revocation_time=now - timedelta(days=1) if gone else None,
            revocation_reason=None,
        )
        made = made.responder_id(ocsp.OCSPResponderEncoding.HASH, self.certificate)
        return made.sign(self.private, hashes.SHA256()).public_bytes(Encoding.DER)


def _uses(*, is_issuer: bool) -> x509.KeyUsage:
    never = ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only")
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=not is_issuer,
        key_cert_sign=is_issuer,
        crl_sign=is_issuer,
        **dict.fromkeys(never, False),
    )


class _Desk(BaseHTTPRequestHandler):
    def do_GET(self):
        self._say(self.server.issuer.list(), "application/pkix-crl")

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        self._say(self.server.issuer.answer(asked), "application/ocsp-response")

    def _say(self, answer: bytes, kind: str) -> None:
        self.send_response(200 if self.server.issuer.is_up else 503)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(answer if self.server.issuer.is_up else b"")

    def log_message(self, *_):
        pass


@contextmanager
def issuer():
    """An issuer at work."""
    server = HTTPServer(("127.0.0.1", 0), _Desk)
    server.issuer = Issuer(f"http://127.0.0.1:{server.server_port}/")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def stamping_key():
    """A key for a timestamp authority: the library's double signs by RSA only."""
    return rsa.generate_private_key(65537, 2048)
