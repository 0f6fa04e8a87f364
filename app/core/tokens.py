"""Sealed references: links and forms carry an id that only this installation can have written.

The row behind the id holds expiry and single use, so a copy of the database opens no door.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from app.core.settings import settings


def seal(purpose: str, reference: str | int) -> str:
    """A token for `reference` that `unseal` accepts for the same purpose only."""
    return _token(purpose, str(reference).encode())


def unseal(purpose: str, token: str) -> str | None:
    """The reference inside a genuine token, or None for anything else."""
    body = token.partition(".")[0]
    try:
        text = urlsafe_b64decode(body.encode("ascii") + b"=" * (-len(body) % 4))
        genuine = hmac.compare_digest(token.encode("ascii"), _token(purpose, text).encode())
    except (UnicodeEncodeError, Error):
        return None
    return text.decode() if genuine else None


def _token(purpose: str, text: bytes) -> str:
    """The one spelling of a token: others that decode to the same bytes are not accepted."""
    return f"{urlsafe_b64encode(text).decode().rstrip('=')}.{_mac(purpose, text)}"


def _mac(purpose: str, text: bytes) -> str:
    digest = hmac.digest(settings().key(), purpose.encode() + b"\0" + text, hashlib.sha256)
    return urlsafe_b64encode(digest).decode().rstrip("=")
