"""Sealing to a key that nobody holds alone: HPKE (RFC 9180) with X25519, and the codes that tellers keep; pure."""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.core.errors import N_, Refusal

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_CODE_BYTES, _GROUP = 20, 4
OVERHEAD = 48
"""Bytes that sealing adds: the key of the sender's side, and the authentication."""


class NotACode(Refusal):
    """What was typed is not the code of a key."""

    message = N_("This is not the code of a key: it has eight groups of four letters and digits.")
    field = "code"


def new_code() -> str:
    """A teller's code, 160 random bits: the key follows from it, so whoever loses it has lost the key."""
    text = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode()
    return "-".join(text[place : place + _GROUP] for place in range(0, len(text), _GROUP))


def key_of(code: str) -> bytes:
    """The private key that follows from a code, however it is spaced."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    try:
        seed = base64.b32decode(plain)
    except ValueError:
        raise NotACode from None
    if len(seed) != _CODE_BYTES:
        raise NotACode
    return HKDF(SHA256(), 32, None, b"costake teller key/1").derive(seed)


def new_key() -> bytes:
    """A new private key."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_of(private: bytes) -> bytes:
    """The public key of a private one."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal(public: bytes, purpose: str, content: bytes) -> bytes:
    """Content that only the private key opens, and only for that purpose."""
    return _SUITE.encrypt(content, X25519PublicKey.from_public_bytes(public), info=purpose.encode())


def unseal(private: bytes, purpose: str, sealed: bytes) -> bytes | None:
    """The content of what was sealed to a key for a purpose, None when it was not."""
    try:
        return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(private), info=purpose.encode())
    except (InvalidTag, ValueError):
        return None
