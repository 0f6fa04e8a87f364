"""The key of the seal inside a token (PKCS#11), such as a card or a hardware module, which never gives it away."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from app.core.errors import N_
from app.core.settings import settings
from app.documents.seals.keys import SealKey, SealUnusable, certificates_in

_TRIAL = b"Is this the key of the certificate?"


class NoPackage(SealUnusable):
    """The optional package is not installed."""

    message = N_(
        "COSTAKE_SEAL_PKCS11 needs the package python-pkcs11. Install it (pip install python-pkcs11), then start again."
    )


class NoLibrary(SealUnusable):
    """The path leads to no library."""

    message = N_("COSTAKE_SEAL_PKCS11: {path} is no PKCS#11 library that can be loaded: {reason}.")


class NoToken(SealUnusable):
    """None of the tokens is the one that is meant."""

    message = N_("No single token is meant by COSTAKE_SEAL_TOKEN “{label}”. The library knows: {known}.")


class PinRefused(SealUnusable):
    """The PIN is wrong, or was too often."""

    message = N_(
        "The token “{label}” refuses the PIN of COSTAKE_SEAL_PIN ({reason}). It is not tried again before the next "
        "start, since tokens lock themselves after a few wrong ones."
    )


class NoKey(SealUnusable):
    """None of the token's private keys is the one that is meant."""

    message = N_(
        "No single private key is meant by COSTAKE_SEAL_KEY “{label}”. The token shows: {known}. Most tokens show none "
        "without the right COSTAKE_SEAL_PIN."
    )


class NoCertificate(SealUnusable):
    """The key has no certificate that fits."""

    message = N_(
        "Neither the token nor COSTAKE_SEAL_CERTIFICATES holds a certificate of the seal’s key (EC or RSA). Put it "
        "first into that file."
    )


class NoAnswer(SealUnusable):
    """The token failed, and failed again."""

    message = N_("The token of the seal does not answer: {reason}. Try again once it does.")


def token_key() -> SealKey:
    """The key in the token that the settings name. Raises a `SealUnusable`."""
    known = settings()
    assert known.seal_pkcs11 is not None, "asked only where it is configured"
    return _token(known.seal_pkcs11, known.seal_token, known.seal_key, known.seal_pin, known.seal_certificates).key()


class _Token:
    """One token with its session, which ends when the token is restarted or pulled out, and is opened anew then."""

    def __init__(self, library: Path, label: str, wanted: str, pin: str, certificates: Path | None) -> None:
        """Open nothing yet; `wanted` is the label of the key."""
        self._library, self._label, self._wanted, self._pin = library, label, wanted, pin
        self._certificates = certificates
        self._lock = threading.Lock()
        self._refused: PinRefused | None = None
        self._session: Any = None
        self._private: Any = None
        self._key: SealKey | None = None

    def key(self) -> SealKey:
        """The key with its certificates, which are read and tried once."""
        with self._lock:
            if self._key is None:
                try:
                    self._key = self._certified()
                except SealUnusable:
                    self._close()  # whatever is mended is found the next time
                    raise
            return self._key

    def sign(self, data: bytes) -> bytes:
        """The bare signature of bytes by SHA-256, as `SealKey` has it. Raises a `SealUnusable`."""
        assert self._key is not None, "who signs has the key from here"
        with self._lock:
            return self._signed(data, self._key.certificate)

    def _certified(self) -> SealKey:
        if self._certificates is not None:
            found = certificates_in(self._certificates)
            own = found[0] if found else None
        else:
            found = self._kept()
            own = next(iter(found), None)
        if own is None or not _verifies(own, self._signed(_TRIAL, own)):
            raise NoCertificate
        return SealKey(own, tuple(_above(own, found)), is_test=False, sign=self.sign)

    def _kept(self) -> list[x509.Certificate]:
        """The certificates in the token, the one with the id or label of the key first."""
        private = self._open()
        from pkcs11 import Attribute, ObjectClass, exceptions

        try:
            names = [(which, private[which]) for which in (Attribute.ID, Attribute.LABEL)]
            found = list(self._session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}))
            found.sort(key=lambda each: [not name or each[which] != name for which, name in names])
            return [x509.load_der_x509_certificate(bytes(each[Attribute.VALUE])) for each in found]
        except exceptions.PKCS11Error as error:
            raise NoAnswer(reason=_said(error)) from None

    def _signed(self, data: bytes, certificate: x509.Certificate) -> bytes:
        private = self._open()
        from pkcs11.exceptions import PKCS11Error

        try:
            return _sign(private, data, certificate)
        except PKCS11Error:
            self._close()
        try:
            return _sign(self._open(), data, certificate)
        except PKCS11Error as error:
            self._close()
            raise NoAnswer(reason=_said(error)) from None

    def _open(self) -> Any:
        """Log in and find the key, where that was not done before. A PIN that was refused is not tried again."""
        if self._private is not None:
            return self._private
        if self._refused is not None:
            raise self._refused
        token = _found(self._library, self._label)
        from pkcs11 import Attribute, ObjectClass, exceptions

        try:
            self._session = self._logged_in(token)
            found = list(self._session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}))
        except (exceptions.PinIncorrect, exceptions.PinLocked, exceptions.PinInvalid, exceptions.PinLenRange) as error:
            self._refused = PinRefused(label=token.label, reason=_said(error))
            raise self._refused from None
        except exceptions.PKCS11Error as error:
            raise NoAnswer(reason=_said(error)) from None
        meant = [each for each in found if self._wanted in ("", each[Attribute.LABEL])]
        if len(meant) != 1:
            raise NoKey(label=self._wanted, known=", ".join(str(each[Attribute.LABEL]) for each in found) or "–")
        self._private = meant[0]
        return self._private

    def _logged_in(self, token: Any) -> Any:
        from pkcs11.exceptions import UserAlreadyLoggedIn

        try:
            return token.open(user_pin=self._pin or None)
        except UserAlreadyLoggedIn:  # by another session of this process
            return token.open()

    def _close(self) -> None:
        from pkcs11.exceptions import PKCS11Error

        session, self._session, self._private = self._session, None, None
        with suppress(PKCS11Error):  # it may have ended already
            if session is not None:
                session.close()


_token = cache(_Token)


def _found(library: Path, label: str) -> Any:
    """The token with a label, or the only one."""
    try:
        import pkcs11
    except ImportError:
        raise NoPackage from None
    try:
        tokens = list(pkcs11.lib(str(library)).get_tokens(token_flags=pkcs11.TokenFlag.TOKEN_INITIALIZED))
    except pkcs11.PKCS11Error as error:
        raise NoLibrary(path=library, reason=_said(error)) from None
    meant = [each for each in tokens if label in ("", each.label)]
    if len(meant) != 1:
        raise NoToken(label=label, known=", ".join(each.label for each in tokens) or "–")
    return meant[0]


def _sign(private: Any, data: bytes, certificate: x509.Certificate) -> bytes:
    from pkcs11 import Mechanism
    from pkcs11.util.ec import encode_ecdsa_signature

    if isinstance(certificate.public_key(), ec.EllipticCurvePublicKey):  # most tokens know ECDSA of a digest only
        raw = private.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA)
        return bytes(encode_ecdsa_signature(raw))
    return bytes(private.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))


def _verifies(certificate: x509.Certificate, signature: bytes) -> bool:
    """Whether the key that signed the trial is the certificate's."""
    public = certificate.public_key()
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, _TRIAL, ec.ECDSA(hashes.SHA256()))
        elif isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, _TRIAL, padding.PKCS1v15(), hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _above(own: x509.Certificate, found: Sequence[x509.Certificate]) -> Iterator[x509.Certificate]:
    """Whoever certified it, then whoever certified that, as far as they are there."""
    below = own
    while below.issuer != below.subject:
        above = next((each for each in found if each.subject == below.issuer), None)
        if above is None:
            return
        yield above
        below = above


def _said(error: Exception) -> str:
    """A reason for people: these errors mostly say it by their names only."""
    return str(error) or type(error).__name__
