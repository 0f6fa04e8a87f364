"""Parquet, for programs that read columns: plain pages in gzip, a group of rows at a time.

Written here (Apache Parquet format 2, metadata in the compact protocol of Thrift), since the reference library takes
some 150 MB for the one format. Text is UTF-8, whole numbers are 64 bits, days are dates, amounts stay exact text.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.exports.registers.asking import Progress, Wanted, rows
from app.exports.registers.columns import Column

GROUP = 50_000  # rows that are held in memory
_MAGIC = b"PAR1"
_EPOCH = date(1970, 1, 1).toordinal()
_TYPES = {"text": (6, 0), "amount": (6, 0), "whole": (2, None), "day": (1, 6)}  # physical type, converted type
_GZIP, _PLAIN, _RLE = 2, 0, 3

# A value of the compact protocol: its type and what it is.
Field = tuple[int, Any]
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12


def write_parquet(session: Session, wanted: Wanted, file: BinaryIO, progress: Progress = lambda done: None) -> int:
    """Write the register as one Parquet file; how many lines."""
    out, groups, lines = _Counted(file), list[Field](), 0
    out.write(_MAGIC)
    found = rows(session, wanted)
    while group := list(islice(found, GROUP)):
        groups.append(_group(out, wanted.columns, group))
        lines += len(group)
        progress(lines)
    footer = _struct({1: (_I32, 2), 2: (_LIST, _schema(wanted.columns)), 3: (_I64, lines), 4: (_LIST, groups)})
    out.write(footer + struct.pack("<I", len(footer)) + _MAGIC)
    return lines


class _Counted:
    """A file that knows how far it is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.at = file, 0

    def write(self, data: bytes) -> None:
        """Write, and count."""
        self._file.write(data)
        self.at += len(data)


def _schema(columns: Sequence[Column]) -> list[Field]:
    root: Field = (_STRUCT, {4: (_BINARY, b"register"), 5: (_I32, len(columns))})
    return [root, *(_element(column) for column in columns)]


def _element(column: Column) -> Field:
    physical, converted = _TYPES[column.kind]
    element: dict[int, Field] = {1: (_I32, physical), 3: (_I32, 1), 4: (_BINARY, column.name.encode())}
    return _STRUCT, element | ({6: (_I32, converted)} if converted is not None else {})


def _group(out: _Counted, columns: Sequence[Column], group: Sequence[tuple[Any, ...]]) -> Field:
    begins, chunks = out.at, []
    for place, column in enumerate(columns):
        chunks.append(_chunk(out, column, [row[place] for row in group]))
    return _STRUCT, {1: (_LIST, chunks), 2: (_I64, out.at - begins), 3: (_I64, len(group))}


def _chunk(out: _Counted, column: Column, values: Sequence[Any]) -> Field:
    plain = _levels(values) + b"".join(_encoded(column, values))
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    packed = packer.compress(plain) + packer.flush()
    begins = out.at
    page: Field = (_STRUCT, {1: (_I32, len(values)), 2: (_I32, _PLAIN), 3: (_I32, _RLE), 4: (_I32, _RLE)})
    head = _struct({1: (_I32, 0), 2: (_I32, len(plain)), 3: (_I32, len(packed)), 5: page})
    out.write(head + packed)
    meta = {
        1: (_I32, _TYPES[column.kind][0]),
        2: (_LIST, [(_I32, _PLAIN), (_I32, _RLE)]),
        3: (_LIST, [(_BINARY, column.name.encode())]),
        4: (_I32, _GZIP),
        5: (_I64, len(values)),
        6: (_I64, len(head) + len(plain)),
        7: (_I64, len(head) + len(packed)),
        9: (_I64, begins),
    }
    return _STRUCT, {2: (_I64, begins), 3: (_STRUCT, meta)}


def _levels(values: Sequence[Any]) -> bytes:
    """Which values are there, one bit each, the lowest first, in groups of eight."""
    groups = (len(values) + 7) // 8
    bits = bytearray(groups)
    for number, value in enumerate(values):
        if value is not None:
            bits[number >> 3] |= 1 << (number & 7)
    packed = _whole(groups << 1 | 1) + bytes(bits)
    return struct.pack("<I", len(packed)) + packed


def _encoded(column: Column, values: Sequence[Any]) -> Iterator[bytes]:
    for value in values:
        if value is None:
            continue
        if column.kind == "whole":
            yield struct.pack("<q", value)
        elif column.kind == "day":
            yield struct.pack("<i", value.toordinal() - _EPOCH)
        else:
            text = str(value).encode()
            yield struct.pack("<I", len(text)) + text


def _struct(fields: dict[int, Field]) -> bytes:
    written, last = bytearray(), 0
    for number, (kind, value) in sorted(fields.items()):
        written.append((number - last) << 4 | kind)
        written += _value(kind, value)
        last = number
    return bytes(written) + b"\x00"


def _value(kind: int, value: Any) -> bytes:
    if kind in (_I32, _I64):
        return _whole(value << 1 ^ value >> 63)
    if kind == _BINARY:
        text: bytes = value
        return _whole(len(text)) + text
    if kind == _STRUCT:
        return _struct(value)
    size, of = len(value), value[0][0] if value else _STRUCT
    head = bytes([size << 4 | of]) if size < 15 else bytes([0xF0 | of]) + _whole(size)
    return head + b"".join(_value(of, item) for _, item in value)


def _whole(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
