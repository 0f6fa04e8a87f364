"""The key of the organization's seal: in a PKCS#12 file or a token of the operator's, else a test seal of our own."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
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


class CertificatesUnusable(SealUnusable):
    """A file of certificates of the operator's cannot be read."""

    message = N_("The certificates in {path} cannot be read: {reason}. A PEM file is expected.")


@dataclass(frozen=True)
class SealKey:
    """A key with its certificate and those above it, the nearest first.

    `sign` gives the bare signature of bytes by SHA-256: ECDSA (DER), or RSA as PKCS#1 v1.5 has it.
    """

    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...]
    is_test: bool
    sign: Callable[[bytes], bytes]

    @property
    def roots(self) -> list[bytes]:
        """The certificates (DER) by which a seal is known as the organization's own."""
        return [_der(each) for each in (self.certificate, *self.above)]


def seal_key() -> SealKey:
    """The key as configured. Raises `SealUnusable`."""
    if settings().seal_pkcs11 is not None:
        from app.documents.seals.tokens import token_key

        return token_key()
    path = settings().seal_pkcs12
    if path is not None:
        return _operators(path, settings().seal_password)
    return _read_test(settings().kept("test-seal.pem", _make_test))


def known_roots() -> list[bytes]:
    """The certificates (DER) by which a seal is known as ours: the present key's, former ones', and the test seal's.

    Where the present ones are in a file, a token that is away keeps nobody from verifying.
    """
    present = settings().seal_certificates
    own = [_der(each) for each in certificates_in(present)] if present else seal_key().roots
    former, test = settings().seal_former, settings().var / "test-seal.pem"
    kept = [former] if former is not None else []
    found = [_der(each) for path in (*kept, *([test] if test.exists() else [])) for each in certificates_in(path)]
    return list(dict.fromkeys([*own, *found]))


def is_issued() -> bool:
    """Whether somebody else issued the certificate of the seal, and could revoke it."""
    present = settings().seal_certificates
    own = certificates_in(present)[0] if present else seal_key().certificate
    return own.issuer != own.subject


def certificates_in(path: Path) -> list[x509.Certificate]:
    """The certificates in a PEM file. Raises `CertificatesUnusable`."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise CertificatesUnusable(path=path, reason=str(error)) from None


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


@cache
def _operators(path: Path, password: str) -> SealKey:
    try:
        found = pkcs12.load_pkcs12(path.read_bytes(), password.encode() or None)
    except (OSError, ValueError) as error:
        raise SealUnusable(reason=str(error)) from None
    if not isinstance(found.key, Private) or found.cert is None:
        raise SealUnusable(reason="it holds no key of the kinds EC or RSA with its certificate")
    above = tuple(each.certificate for each in found.additional_certs)
    return SealKey(found.cert.certificate, above, is_test=False, sign=partial(_sign, found.key))


def _sign(private: Private, data: bytes) -> bytes:
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return private.sign(data, ec.ECDSA(hashes.SHA256()))
    return private.sign(data, padding.PKCS1v15(), hashes.SHA256())


@cache
def _read_test(pem: bytes) -> SealKey:
    private = load_pem_private_key(pem, None)
    assert isinstance(private, ec.EllipticCurvePrivateKey), "made by _make_test"
    return SealKey(x509.load_pem_x509_certificate(pem), (), is_test=True, sign=partial(_sign, private))


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
