"""The vault: bytes kept under their own SHA-256, checked each time they are read."""

import errno
import hashlib
import os
import secrets
from pathlib import Path

from app.core.errors import N_, Refusal
from app.core.settings import settings


class Full(Refusal):
    """The disk of the vault has no room."""

    message = N_(
        "The file cannot be kept, since the disk is full. Nothing was done; tell whoever runs this installation."
    )
    status = 507


class Damaged(Exception):
    """The bytes on disk are not the ones that were put in: an alarm for the operator, not a refusal."""


def put(content: bytes) -> str:
    """Keep bytes durably; the SHA-256 (hex) under which they are found. Putting them again mends what was damaged."""
    digest = hashlib.sha256(content).hexdigest()
    place = _place(digest)
    if not place.exists() or place.read_bytes() != content:
        try:
            _keep(place, content)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Full from error
            raise
    return digest


def _keep(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_name(f".{secrets.token_hex(8)}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def get(digest: str) -> bytes:
    """The bytes of a SHA-256; raises `Damaged` when they are missing or altered."""
    try:
        content = _place(digest).read_bytes()
    except FileNotFoundError:
        raise Damaged(f"{digest} is missing from the vault") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise Damaged(f"{digest} was altered in the vault")
    return content


def remove(digest: str) -> None:
    """Remove bytes for good, as an erasure asks; harmless when they are gone."""
    _place(digest).unlink(missing_ok=True)


def _place(digest: str) -> Path:
    assert len(digest) == 64 and set(digest) <= set("0123456789abcdef"), "a SHA-256 in hex"
    return settings().var / "vault" / digest[:2] / digest
