"""Sorted hashes held as little as can be, and lists compared whatever their order; pure."""

from collections.abc import Iterable
from itertools import pairwise

SIZE = 32
"""The bytes of a SHA-256."""


class Hashes:
    """SHA-256 hashes in hexadecimal, in rising order: a place for each, 32 bytes long."""

    def __init__(self, rising: Iterable[str]) -> None:
        self._bytes = bytearray()
        for each in rising:
            self._bytes += _plain(each)

    def __len__(self) -> int:
        return len(self._bytes) // SIZE

    def __contains__(self, hash_: str) -> bool:
        return self.place(hash_) is not None

    def place(self, hash_: str) -> int | None:
        """The place of a hash, None when it is not there."""
        wanted, low, high = _plain(hash_), 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._bytes[middle * SIZE : (middle + 1) * SIZE] < wanted:
                low = middle + 1
            else:
                high = middle
        return low if self._bytes[low * SIZE : (low + 1) * SIZE] == wanted else None


class Bag:
    """Digests in any order, each as often as it was put in; two are equal when they hold the same."""

    def __init__(self) -> None:
        self._parts = [bytearray() for _ in range(256)]

    def put(self, digest: bytes) -> None:
        """Put a digest in."""
        self._parts[digest[0]] += digest

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Bag):
            return NotImplemented
        return all(_sorted(one) == _sorted(two) for one, two in zip(self._parts, other._parts, strict=True))

    __hash__ = None  # type: ignore[assignment]  # what it holds changes


def rises(values: Iterable[str]) -> bool:
    """Whether each value comes after the one before it."""
    return all(before < after for before, after in pairwise(values))


def _plain(hash_: str) -> bytes:
    if len(hash_) != 2 * SIZE or hash_ != hash_.lower():
        raise ValueError(f"{hash_[:80]} is no SHA-256")
    return bytes.fromhex(hash_)


def _sorted(parts: bytearray) -> list[bytes]:
    return sorted(bytes(parts[at : at + SIZE]) for at in range(0, len(parts), SIZE))
