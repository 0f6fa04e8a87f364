"""Codes by which anyone who holds a document verifies it: random, short enough to type, with a check against slips."""

import re
import secrets

from app.core.settings import settings

ALPHABET = "123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""31 signs, a prime number, so that every slip of one sign and every swap of two is found; none is read for another."""
_ALIKE = str.maketrans("IL", "11")


def new_code() -> str:
    """A new code such as `7K3M-9QXA-T2VW-D5`: 64 random bits and a check."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(13))
    return _in_groups(signs + _check(signs))


def read_code(text: str) -> str | None:
    """A code as somebody typed it, in its one form; None when it cannot be one."""
    signs = re.sub(r"[\s\u2010-\u2015-]", "", text.upper()).translate(_ALIKE)
    if len(signs) != 14 or not set(signs) <= set(ALPHABET) or _check(signs[:-1]) != signs[-1]:
        return None
    return _in_groups(signs)


def address_of_code(code: str) -> str:
    """Where a code is verified."""
    return f"{settings().base_url.rstrip('/')}/verify/{code}"


def _check(signs: str) -> str:
    return ALPHABET[sum(place * ALPHABET.index(sign) for place, sign in enumerate(signs, 2)) % len(ALPHABET)]


def _in_groups(signs: str) -> str:
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))
