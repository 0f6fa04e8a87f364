"""Hashing a roll: each line by itself, with a nonce that only its elector is told, and all lines together; pure."""

import hashlib
from collections.abc import Iterable


def line_sha256(
    nonce: str, roll: str, number: int | None, weight: int, shares: int, kind: str, college: str, name: str
) -> str:
    """The hash of a line of a roll: SHA-256 of its values, a line each; a number that is not there takes none."""
    numbers = [str(each) for each in (number, weight, shares) if each is not None]
    return hashlib.sha256("\n".join([nonce, roll, *numbers, kind, college, name]).encode()).hexdigest()


def roll_sha256(sorted_leaves: Iterable[str]) -> str:
    """The hash of a roll: SHA-256 over its lines' hashes in hexadecimal, sorted, a line each."""
    digest = hashlib.sha256()
    for leaf in sorted_leaves:
        digest.update(leaf.encode() + b"\n")
    return digest.hexdigest()
