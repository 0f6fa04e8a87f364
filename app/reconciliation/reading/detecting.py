"""Which format a file is of, told by how it begins; and its statements, each checked."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import IO

from app.core.errors import N_
from app.reconciliation.reading.bai2 import read_bai2
from app.reconciliation.reading.camt import read_camt
from app.reconciliation.reading.mt940 import read_mt940
from app.reconciliation.reading.ofx import read_ofx
from app.reconciliation.reading.records import NoFormat, Statement, Unreadable

_HEAD = 4096
SMALL_MAX = 64 * 1024 * 1024
"""The largest file of a format that is read at once, in bytes; camt, MT940 and BAI2 are streamed."""
LARGE_MAX = 4 * SMALL_MAX
"""The largest file of any format, in bytes."""


class Format(StrEnum):
    """A format of bank statements."""

    CAMT = "camt"
    MT940 = "MT940"
    OFX = "OFX"
    BAI2 = "BAI2"
    CSV = "CSV"


_READERS: dict[Format, Callable[[IO[bytes]], Iterator[Statement]]] = {
    Format.CAMT: read_camt,
    Format.MT940: read_mt940,
    Format.OFX: read_ofx,
    Format.BAI2: read_bai2,
}


def detect(stream: IO[bytes]) -> Format | None:
    """The format that the beginning of a file shows; None for what may be CSV. The stream stands at its start again."""
    head = stream.read(_HEAD)
    stream.seek(0)
    plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    upper = plain.upper()
    if upper.startswith((b"OFXHEADER", b"<OFX")) or b"<?OFX" in upper[:600] or b"<OFX>" in upper:
        return Format.OFX
    if plain.startswith(b"<"):
        return Format.CAMT
    if plain.startswith(b"01,"):
        return Format.BAI2
    if plain.startswith((b":20:", b"{1:", b":25:")) or b"\n:20:" in plain or b"\r:20:" in plain:
        return Format.MT940
    return None


def read_statements(stream: IO[bytes]) -> Iterator[Statement]:
    """The statements of a file in any format that says itself what it is; a refusal anywhere refuses all of it."""
    found = detect(stream)
    if found is None:
        raise NoFormat
    if found is Format.OFX:
        refuse_large(stream)
    return _READERS[found](stream)


def refuse_large(stream: IO[bytes], most: int = SMALL_MAX) -> None:
    """Raise `Unreadable` when a file is larger than so many bytes, without reading it."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > most:
        raise Unreadable(1, N_("the file is larger than {most} MB; export fewer days at once"), most=most // 2**20)
