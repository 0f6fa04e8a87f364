"""Identifiers that are made before the row they name is known to anyone: UUIDs in the order of time."""

import secrets
from uuid import UUID

from app.core import clock


def uuid7() -> UUID:
    """A UUID of version 7 (RFC 9562): milliseconds since 1970, then 74 random bits."""
    milliseconds = int(clock.now().timestamp() * 1000)
    number = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=number)
