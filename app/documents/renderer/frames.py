"""Frames between this process and a renderer: two lengths, then JSON and bytes of those lengths."""

import json
import os
import select
import struct
import time
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

_PIECE = 1 << 20
_LENGTHS = struct.Struct(">QQ")


class Ended(Exception):
    """The other side is gone."""


class Waited(Exception):
    """No whole answer within the time."""


def write_frame(place: int, said: dict[str, Any], content: bytes = b"") -> None:
    """Write a frame to a pipe; raises `Ended`."""
    head = json.dumps(said).encode()
    rest = memoryview(_LENGTHS.pack(len(head), len(content)) + head + content)
    try:
        while rest:
            rest = rest[os.write(place, rest[:_PIECE]) :]
    except OSError as error:
        raise Ended from error


def read_frame(place: int, seconds: float | None = None) -> tuple[dict[str, Any], bytes]:
    """Read a frame from a pipe; raises `Ended`, or `Waited` after some seconds."""
    ends_at = time.monotonic() + seconds if seconds is not None else None
    head, content = _LENGTHS.unpack(_exactly(place, _LENGTHS.size, ends_at))
    return json.loads(_exactly(place, head, ends_at)), _exactly(place, content, ends_at)


def joined(parts: Sequence[bytes]) -> tuple[dict[str, Any], bytes]:
    """Several pieces as one frame says them: their lengths, and all behind each other."""
    return {"lengths": [len(part) for part in parts]}, b"".join(parts)


def pieces(said: dict[str, Any], content: bytes) -> list[bytes]:
    """The pieces of such a frame."""
    ends = list(accumulate(said["lengths"]))
    return [content[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


def _exactly(place: int, length: int, ends_at: float | None) -> bytes:
    got = bytearray()
    while len(got) < length:
        got += _some(place, min(length - len(got), _PIECE), ends_at)
    return bytes(got)


def _some(place: int, most: int, ends_at: float | None) -> bytes:
    if ends_at is not None and not select.select([place], [], [], max(ends_at - time.monotonic(), 0))[0]:
        raise Waited
    try:
        piece = os.read(place, most)
    except OSError as error:
        raise Ended from error
    if not piece:
        raise Ended
    return piece
