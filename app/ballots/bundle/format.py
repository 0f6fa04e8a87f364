"""The file of an audit bundle: one JSON object in one spelling, with the hash of each of its parts; pure.

`README.md` beside it describes every part. Long lists are written and read one by one (`rows.py`), so that a ballot of
millions takes no more memory than one of few.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO, Any

from app.ballots.bundle.rows import Content, Rows, values_from
from app.ballots.calling import canonical
from app.core.errors import N_, Refusal

FORMAT, SECRET_FORMAT = "costake-bundle/1", "costake-secret-bundle/1"
PARTS = (
    "ballot",
    "moves",
    "notice",
    "items",
    "electorate",
    "leaves",
    "corrections",
    "lines",
    "votes",
    "counts",
    "result",
    "certificate",
    "documents",
    "proxies",
)
FORMATS = {FORMAT: PARTS, SECRET_FORMAT: (*PARTS, "secret")}
Long = Mapping[str, "Long"]
LONG: Long = {
    **{name: {} for name in ("leaves", "lines", "votes", "proxies")},
    "secret": {name: {} for name in ("papers", "sealed", "took_part")},
}
"""The lists that are as long as the roll."""
_AT_ONCE = 1 << 20


class NotABundle(Refusal):
    """A file that is no audit bundle, or one of a format that this version does not know."""

    message = N_("This file is no audit bundle that can be read: {problem}.")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as it was read: what it says, whether in the one spelling, and the hash of each value in it by name."""

    data: dict[str, Any]
    spelled: bool
    digests: Mapping[str, str]

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that it has."""
        return FORMATS[self.data["format"]]

    @property
    def full(self) -> bool:
        """Whether it names the electors and their votes."""
        return self.data["lines"] is not None


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that is written one by one, as it comes from the database."""

    values: Iterable[Any]


def write_bundle(parts: Mapping[str, Any]) -> bytes:
    """The file of some parts, with the hash of each."""
    out = BytesIO()
    pour_bundle(parts, out)
    return out.getvalue()


def pour_bundle(parts: Mapping[str, Any], out: IO[bytes]) -> tuple[int, str]:
    """Write the file of some parts, each with its hash; how many bytes that was, and their SHA-256.

    The manifest stands before most of what it covers, so each part is kept in a file of its own until it is known.
    """
    format_ = SECRET_FORMAT if "secret" in parts else FORMAT
    assert set(parts) == set(FORMATS[format_]), "a bundle has all its parts"
    with TemporaryFile() as kept:
        places: dict[str, tuple[int, int]] = {}
        manifest: dict[str, str] = {}
        for name in sorted(parts):
            start, hashed = kept.tell(), hashlib.sha256()
            for piece in pieces(parts[name]):
                kept.write(piece)
                hashed.update(piece)
            places[name], manifest[name] = (start, kept.tell()), hashed.hexdigest()
        said = {"format": canonical(format_), "manifest": canonical(manifest)}
        size, whole = 0, hashlib.sha256()
        for piece in _joined(sorted({*places, *said}), said, places, kept):
            out.write(piece)
            size += len(piece)
            whole.update(piece)
    return size, whole.hexdigest()


def pieces(value: Any) -> Iterator[bytes]:
    """A value in its one spelling, piece by piece."""
    if isinstance(value, Listed):
        before = b"["
        for each in value.values:
            yield before + canonical(each)
            before = b","
        yield b"[]" if before == b"[" else b"]"
    elif isinstance(value, Mapping) and any(isinstance(each, Listed) for each in value.values()):
        for number, name in enumerate(sorted(value)):
            yield (b"," if number else b"{") + canonical(name) + b":"
            yield from pieces(value[name])
        yield b"}"
    else:
        yield canonical(value)


def read_bundle(content: Content) -> Bundle:
    """Read a file; refuses what is no bundle, and judges nothing of what it says."""
    reading = _Reading(content)
    try:
        data, end = reading.object_at(0, LONG, top=True)
    except (ValueError, RecursionError):
        raise NotABundle(problem="it is not JSON in whole numbers and in the one spelling") from None
    if data.get("format") not in (FORMAT, SECRET_FORMAT):
        raise NotABundle(problem=f"its format is neither {FORMAT} nor {SECRET_FORMAT}")
    known = {"format", "manifest", *FORMATS[data["format"]]}
    if set(data) != known:
        odd = sorted(set(data) ^ known)
        raise NotABundle(problem=f"parts are missing or unknown: {', '.join(odd)[:200]}")
    return Bundle(data, reading.spelled and content[end:] == b"\n", reading.digests)


def digest(value: Any) -> str:
    """The SHA-256 of a value in its one spelling."""
    return hashlib.sha256(canonical(value)).hexdigest()


class _Reading:
    """Goes through a file once: short values are kept, of long lists the place."""

    def __init__(self, content: Content) -> None:
        self.content, self.spelled = content, True
        self.digests: dict[str, str] = {}

    def object_at(self, at: int, long: Long, *, top: bool = False) -> tuple[dict[str, Any], int]:
        """The object at a place, and the place after it."""
        if self.content[at : at + 1] != b"{":
            raise ValueError("no object")
        data: dict[str, Any] = {}
        mark = self.content[at : at + 2]
        at = at + 2 if mark == b"{}" else at + 1
        while mark != b"{}":
            name, at = self.value_at(at)
            if type(name) is not str or self.content[at : at + 1] != b":":
                raise ValueError("an object is not in its one spelling")
            if data and name <= max(data):
                self.spelled = False
            data[name], end = self.part_at(at + 1, long.get(name))
            if top:
                self.digests[name] = self.hash_of(at + 1, end)
            mark, at = self.content[end : end + 1], end + 1
            if mark == b"}":
                break
            if mark != b",":
                raise ValueError("an object is not in its one spelling")
        return data, at

    def part_at(self, at: int, long: Long | None) -> tuple[Any, int]:
        """A value that may be a long list, or an object of some."""
        first = self.content[at : at + 1]
        if long is None or first not in (b"[", b"{") or (first == b"{" and not long):
            return self.value_at(at)
        if first == b"{":
            return self.object_at(at, long)
        rows = Rows(self.content, at + 1)
        self.spelled = self.spelled and rows.spelled
        return rows, rows.end

    def value_at(self, at: int) -> tuple[Any, int]:
        """A value that is kept, and the place after it."""
        for value, size, plain in values_from(self.content, at):
            self.spelled = self.spelled and plain
            return value, at + size
        raise ValueError("nothing")

    def hash_of(self, start: int, end: int) -> str:
        """The SHA-256 of a place of the file."""
        hashed = hashlib.sha256()
        for at in range(start, end, _AT_ONCE):
            hashed.update(self.content[at : min(at + _AT_ONCE, end)])
        return hashed.hexdigest()


def _joined(
    names: Iterable[str], said: Mapping[str, bytes], places: Mapping[str, tuple[int, int]], kept: IO[bytes]
) -> Iterator[bytes]:
    before = b"{"
    for name in names:
        yield before + canonical(name) + b":"
        before = b","
        if name in said:
            yield said[name]
            continue
        start, end = places[name]
        kept.seek(start)
        while start < end:
            piece = kept.read(min(_AT_ONCE, end - start))
            start += len(piece)
            yield piece
    yield b"}\n"
