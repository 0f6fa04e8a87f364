"""Long lists in the file of a bundle: read one by one wherever they are needed, so that none is ever held whole; pure.

Whatever is read for the first time is compared with its one spelling on the way.
"""

import codecs
import json
from collections.abc import Iterator
from mmap import mmap
from typing import Any

from app.ballots.calling import canonical

Content = bytes | mmap
WINDOW, ELEMENT_MOST = 1 << 20, 1 << 28
"""So many bytes are looked at at once; one value that is longer than the second is none of ours."""


def _refuse_number(text: str) -> None:
    raise ValueError(f"{text} is no whole number")


_DECODER = json.JSONDecoder(parse_float=_refuse_number, parse_constant=_refuse_number)


class Rows:
    """The values of a list in a file, from the place after its bracket on; as often as it is gone through."""

    def __init__(self, content: Content, start: int) -> None:
        self.content, self.start = content, start
        self.many, self.end, self.spelled = 0, start, True
        for _, plain in self._values():
            self.many += 1
            self.spelled = self.spelled and plain

    def __iter__(self) -> Iterator[Any]:
        return (value for value, _ in self._values(compare=False))

    def __len__(self) -> int:
        return self.many

    def _values(self, *, compare: bool = True) -> Iterator[tuple[Any, bool]]:
        """Each value, and whether it is in its one spelling; leaves `end` after the closing bracket."""
        at = self.start
        if self.content[at : at + 1] == b"]":
            self.end = at + 1
            return
        while True:
            for value, size, plain in values_from(self.content, at, compare=compare):
                at += size
                yield value, plain
                mark, at = self.content[at : at + 1], at + 1
                if mark == b"]":
                    self.end = at
                    return
                if mark != b",":
                    raise ValueError("a list is not in its one spelling")


def values_from(content: Content, at: int, *, compare: bool = True) -> Iterator[tuple[Any, int, bool]]:
    """The values that lie whole in the window from a place on, a byte apart: each, its size, and whether spelled so.

    The first is given however long it is; spelling is looked at only to `compare`.
    """
    size = WINDOW
    while True:
        text = codecs.getincrementaldecoder("utf-8")().decode(content[at : at + size])
        place = 0
        while place < len(text):
            try:
                value, end = _DECODER.raw_decode(text, place)
            except json.JSONDecodeError:
                break
            if end == len(text) and at + size < len(content):  # a number may go on behind the window
                break
            raw = text[place:end].encode()
            yield value, len(raw), not compare or canonical(value) == raw
            place = end + 1
        if place > 0:
            return
        if at + size >= len(content) or size > ELEMENT_MOST:
            raise ValueError("a value does not end, or is none")
        size *= 8
