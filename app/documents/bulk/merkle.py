"""A Merkle tree as RFC 6962 has it, over SHA-256: one root for many records, and a short path from each to it.

Leaf: SHA-256 of a zero byte and the record's hash. Node: SHA-256 of a one byte, the left and the right hash. An odd
last one goes up as it is. Blocks of `BLOCK` leaves have roots of their own, which are nodes of the whole tree.
"""

from collections.abc import Sequence
from hashlib import sha256

BLOCK = 1 << 10


def leaf(record_sha256: str) -> bytes:
    """The leaf of a record whose hash is given in hexadecimal."""
    return sha256(b"\x00" + bytes.fromhex(record_sha256)).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over hashes of one level, from the left; there is at least one."""
    assert hashes, "a tree has a leaf"
    while len(hashes) > 1:
        hashes = _above(hashes)
    return hashes[0]


def path(hashes: Sequence[bytes], place: int) -> list[bytes]:
    """The hashes beside the way from a place up to the root, the lowest first."""
    found = []
    while len(hashes) > 1:
        if place ^ 1 < len(hashes):
            found.append(hashes[place ^ 1])
        hashes, place = _above(hashes), place // 2
    return found


def climb(start: bytes, place: int, count: int, beside: Sequence[bytes]) -> bytes | None:
    """The root to which a path leads from a leaf at a place among `count`; None when it has another length."""
    rest = list(reversed(beside))
    while count > 1:
        if place ^ 1 < count:
            if not rest:
                return None
            other = rest.pop()
            start = _node(other, start) if place % 2 else _node(start, other)
        place, count = place // 2, (count + 1) // 2
    return None if rest else start


def _above(hashes: Sequence[bytes]) -> list[bytes]:
    level = [_node(hashes[at], hashes[at + 1]) for at in range(0, len(hashes) - 1, 2)]
    return [*level, hashes[-1]] if len(hashes) % 2 else level


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()
