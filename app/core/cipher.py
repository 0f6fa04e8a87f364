"""Field encryption: single columns are unreadable in the database and its backups without a key kept elsewhere.

AES-256-GCM (NIST SP 800-38D) with a random nonce for each value. The column's name is authenticated with it, so
that a value copied into another column is refused. Sealed: version (1 byte), key id (4), nonce (12), ciphertext.
"""

import hashlib
import hmac
import secrets
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

from app.core.settings import settings

VERSION = b"\x01"
ID_BYTES, NONCE_BYTES, BLOCK = 4, 12, 32
HEAD_BYTES = len(VERSION) + ID_BYTES


class Unreadable(Exception):
    """A sealed value that was altered, or whose key is not configured: an alarm for the operator, not a refusal."""


class SealedText(TypeDecorator[str]):
    """Text that the database only sees encrypted; `place` is the column's own `table.column`. NULL stays NULL.

    Equal texts differ when sealed: keep a `blind_index` beside the column to look a value up.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        """Know the column, whose name is authenticated with every value."""
        assert place.count(".") == 1, "a place is table.column"
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Any) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else seal(self.place, value)

    def process_result_value(self, value: Any, dialect: Any) -> str | None:
        """Open on the way out."""
        return None if value is None else unseal(self.place, bytes(value))


class SealedBytes(TypeDecorator[bytes]):
    """Bytes that the database only sees encrypted, such as a file; `place` is the column's own `table.column`."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str) -> None:
        """Know the column, whose name is authenticated with every value."""
        assert place.count(".") == 1, "a place is table.column"
        super().__init__()
        self.place = place

    def process_bind_param(self, value: bytes | None, dialect: Any) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else seal_bytes(self.place, value)

    def process_result_value(self, value: Any, dialect: Any) -> bytes | None:
        """Open on the way out."""
        return None if value is None else unseal_bytes(self.place, bytes(value))


def seal(place: str, text: str) -> bytes:
    """Encrypt text for one place, under the newest key; its length is only told to within 32 bytes."""
    return seal_bytes(place, text.encode())


def unseal(place: str, sealed: bytes) -> str:
    """The text sealed for this place; raises `Unreadable`."""
    return unseal_bytes(place, sealed).decode()


def seal_bytes(place: str, content: bytes) -> bytes:
    """Encrypt bytes for one place, under the newest key."""
    head = newest_head()
    nonce = secrets.token_bytes(NONCE_BYTES)
    plain = content + b"\x80"
    plain += bytes(-len(plain) % BLOCK)
    return head + nonce + _keys()[head].encrypt(nonce, plain, _bound(place, head))


def unseal_bytes(place: str, sealed: bytes) -> bytes:
    """The bytes sealed for this place; raises `Unreadable`."""
    head, nonce = sealed[:HEAD_BYTES], sealed[HEAD_BYTES : HEAD_BYTES + NONCE_BYTES]
    key = _keys().get(head)
    if key is None:
        raise Unreadable(f"{place}: sealed by the key {key_name(head)}, which is not in COSTAKE_FIELD_KEYS")
    try:
        plain = key.decrypt(nonce, sealed[HEAD_BYTES + NONCE_BYTES :], _bound(place, head))
    except (InvalidTag, ValueError):
        raise Unreadable(f"{place}: a sealed value was altered, or belongs to another column") from None
    return plain.rstrip(b"\0")[:-1]


def blind_index(purpose: str, text: str) -> bytes:
    """A keyed hash (HMAC-SHA-256, 32 bytes) by which equal texts of one purpose are found; the caller normalises.

    Its key follows from COSTAKE_SECRET and not from the field keys, so that it outlives their rotation.
    """
    key = hmac.digest(settings().key(), b"blind index\0" + purpose.encode(), hashlib.sha256)
    return hmac.digest(key, text.encode(), hashlib.sha256)


def newest_head() -> bytes:
    """What every value begins with that is sealed now: version and id of the newest key."""
    return next(iter(_keys()))


def key_name(head: bytes) -> str:
    """A key's id, for people: it tells nothing about the key."""
    return head[len(VERSION) :].hex()


def _bound(place: str, head: bytes) -> bytes:
    return head + place.encode()


def _keys() -> dict[bytes, AESGCM]:
    return _ring(settings().field_key_ring)


@cache
def _ring(keys: tuple[bytes, ...]) -> dict[bytes, AESGCM]:
    """The keys by what their values begin with, the newest first."""
    heads = {VERSION + hashlib.sha256(b"costake field key\0" + key).digest()[:ID_BYTES]: AESGCM(key) for key in keys}
    assert len(heads) == len(set(keys)), "two different keys have one id: make a new one"
    return heads
