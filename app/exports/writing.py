"""Sending a file that was written whole, so that a refusal leaves no half of it."""

from collections.abc import Iterator
from typing import BinaryIO

PIECE = 1 << 20


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    """The file from its beginning, piece by piece; it is closed at the end."""
    with file:
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
