"""The key of the organization's seal: a PKCS#12 file of the operator's, else a test seal made for this installation."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from app.core.errors import N_, Refusal
from app.core.settings import settings

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
TEST = "Test seal, not legally effective"


class SealUnusable(Refusal):
    """The operator's file holds no key and certificate that can seal."""

    message = N_("COSTAKE_SEAL_PKCS12 cannot be used: {reason}.")
    status = 503


class FormerUnusable(Refusal):
    """The operator's file of former certificates cannot be read."""

    message = N_("COSTAKE_SEAL_FORMER cannot be used: {reason}.")
    status = 503


@dataclass(frozen=True)
class SealKey:
    """A private key with its certificate and those above it, the nearest first."""

    private: Private
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...]
    is_test: bool

    @property
    def roots(self) -> list[bytes]:
        """The certificates (DER) by which a seal is known as the organization's own."""
        return [each.public_bytes(Encoding.DER) for each in (self.certificate, *self.above)]

    def sign(self, data: bytes) -> bytes:
        """The signature of data by SHA-256: ECDSA, or RSA as PKCS#1 v1.5 has it."""
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(data, ec.ECDSA(hashes.SHA256()))
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())


def seal_key() -> SealKey:
    """The key as configured. Raises `SealUnusable`."""
    path = settings().seal_pkcs12
    if path is not None:
        return _operators(path, settings().seal_password)
    return _read_test(settings().kept("test-seal.pem", _make_test))


def known_roots() -> list[bytes]:
    """The certificates (DER) by which a seal is known as ours: the present key's, former ones', and the test seal's."""
    former, test = settings().seal_former, settings().var / "test-seal.pem"
    kept = [former] if former is not None else []
    found = [each for path in (*kept, *([test] if test.exists() else [])) for each in _certificates(path)]
    return list(dict.fromkeys([*seal_key().roots, *found]))


def _certificates(path: Path) -> list[bytes]:
    try:
        return [each.public_bytes(Encoding.DER) for each in x509.load_pem_x509_certificates(path.read_bytes())]
    except (OSError, ValueError) as error:
        raise FormerUnusable(reason=str(error)) from None


@cache
def _operators(path: Path, password: str) -> SealKey:
    try:
        found = pkcs12.load_pkcs12(path.read_bytes(), password.encode() or None)
    except (OSError, ValueError) as error:
        raise SealUnusable(reason=str(error)) from None
    if not isinstance(found.key, Private) or found.cert is None:
        raise SealUnusable(reason="it holds no key of the kinds EC or RSA with its certificate")
    above = tuple(each.certificate for each in found.additional_certs)
    return SealKey(found.key, found.cert.certificate, above, is_test=False)


@cache
def _read_test(pem: bytes) -> SealKey:
    private = load_pem_private_key(pem, None)
    assert isinstance(private, ec.EllipticCurvePrivateKey), "made by _make_test"
    return SealKey(private, x509.load_pem_x509_certificate(pem), (), is_test=True)


def _make_test() -> str:
    """A P-256 key with a certificate that says what it is worth."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, TEST)])
    uses: dict[str, Any] = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    ) | {"encipher_only": False, "decipher_only": False}
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **uses), critical=True)
        .sign(private, hashes.SHA256())
    )
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (key + certificate.public_bytes(Encoding.PEM)).decode()
