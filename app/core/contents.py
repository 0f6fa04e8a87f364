"""What a file is, told by its content alone: its first bytes, and that it can be read as what they say.

Nothing of a name is believed. A picture or a PDF may hold more than it shows, so files are never shown, only given.
"""

import csv
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from enum import StrEnum
from io import BytesIO, StringIO
from typing import Any
from xml.parsers import expat

from app.core.errors import N_, Refusal

MEMBERS_MAX = 2_000
UNPACKED_MAX = 100 * 1024 * 1024
PIXELS_MAX = 50_000_000
DEPTH_MAX = 100


class Kind(StrEnum):
    """What is taken, by the end of its name."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"
    CSV = "csv"
    TEXT = "txt"
    XLSX = "xlsx"
    XML = "xml"


TITLES = {
    Kind.PDF: "PDF",
    Kind.PNG: "PNG",
    Kind.JPEG: "JPEG",
    Kind.CSV: "CSV",
    Kind.TEXT: N_("plain text"),
    Kind.XLSX: "XLSX",
    Kind.XML: "XML",
}
MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.TEXT: "text/plain; charset=utf-8",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.XML: "application/xml",
}


class EmptyFile(Refusal):
    """There is nothing in it."""

    message = N_("The file is empty. Choose another one.")
    field = "file"


class WrongKind(Refusal):
    """The content is none of what is taken here, whatever the name says."""

    message = N_("This is not a file of a kind that is taken here ({kinds}). Save it as one of these.")
    field = "file"


class BrokenFile(Refusal):
    """It begins like one of a kind that is taken, and cannot be read as one, or carries more than one."""

    message = N_(
        "This begins like a file of the kind {kind}, but is damaged or has something else in it. Save it anew."
    )
    field = "file"


class ActiveContent(Refusal):
    """It would run something, or fetch something, where it is opened."""

    message = N_("This file has macros, links to other files or a document type in it. Save it without them.")
    field = "file"


def kind_of(content: bytes, kinds: Sequence[Kind]) -> Kind:
    """Which of some kinds a file is. Refuses `EmptyFile`, `WrongKind`, `BrokenFile` and `ActiveContent`."""
    if not content:
        raise EmptyFile
    found = _begins_like(content, kinds)
    if found is None or found not in kinds:
        raise WrongKind(kinds=", ".join(each.value for each in kinds))
    if not _CHECKS[found](content):
        raise BrokenFile(kind=found.value)
    return found


def _begins_like(content: bytes, kinds: Sequence[Kind]) -> Kind | None:
    for beginning, kind in _BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    text = _text(content)
    if text is None:
        return None
    if text.lstrip()[:1] == "<":  # no table and no plain text begins like this, but pages do
        return Kind.XML
    return next((each for each in kinds if each in (Kind.CSV, Kind.TEXT)), None)


def _is_pdf(content: bytes) -> bool:
    """ISO 32000-2, 7.5: a header, and a trailer that says where the cross-reference begins, which it does."""
    last = list(re.finditer(rb"startxref\s+([0-9]{1,12})\s+%%EOF", content[-2048:]))
    if not re.match(rb"%PDF-[12]\.[0-9][\r\n\s]", content) or not last:
        return False
    at = int(last[-1][1])
    begins = re.match(rb"\s*(xref\s|[0-9]+\s+[0-9]+\s+obj)", content[at : at + 40])
    return begins is not None and not content[-2048:][last[-1].end() :].strip()


def _is_png(content: bytes) -> bool:
    """ISO/IEC 15948: chunks with right checksums from IHDR to IEND, and nothing after it."""
    at, first = 8, True
    while at + 12 <= len(content):
        (length,), name = struct.unpack_from(">I", content, at), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content) or (name == b"IHDR") is not first:
            return False
        if content[end - 4 : end] != zlib.crc32(content[at + 4 : end - 4]).to_bytes(4):
            return False
        if first and (length != 13 or not _drawable(*struct.unpack_from(">II", content, at + 8))):
            return False
        if name == b"IEND":
            return bool(end == len(content))
        at, first = end, False
    return False


def _is_jpeg(content: bytes) -> bool:
    """ITU-T T.81, annex B: segments up to the scan, a frame that can be drawn, and the end at the end."""
    at, drawable = 2, False
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker, (length,) = content[at + 1], struct.unpack_from(">H", content, at + 2)
        if length < 2 or at + 2 + length > len(content):
            return False
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC) and length >= 7:
            height, width = struct.unpack_from(">HH", content, at + 5)
            drawable = _drawable(width, height)
        if marker == 0xDA:
            return drawable and content.endswith(b"\xff\xd9")
        at += 2 + length
    return False


def _drawable(width: int, height: int) -> bool:
    return width > 0 and height > 0 and width * height <= PIXELS_MAX


def _is_text(content: bytes) -> bool:
    return _text(content) is not None


def _is_csv(content: bytes) -> bool:
    """RFC 4180: quotes are closed, and every line that is not empty has as many cells as the first."""
    text = _text(content) or ""
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        widths = {len(row) for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True) if row}
    except csv.Error:
        return False
    return len(widths) == 1


def _text(content: bytes) -> str | None:
    """UTF-8 without control characters but tabs and ends of lines; None when it is not."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if re.search("[\x00-\x08\x0b\x0e-\x1f\x7f]", text) else text


def _is_xlsx(content: bytes) -> bool:
    """ECMA-376: a zip with a workbook, every part unpacked within bounds; refused when it has macros or other parts."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            _refuse_macros([each.filename for each in members])
            if not _bounded(members, len(content)):
                return False
            parts = {each.filename: _unpacked(archive, each) for each in members}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error):
        return False
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= parts.keys():
        return False
    if b"macroenabled" in parts["[Content_Types].xml"].lower():
        raise ActiveContent
    return all(_is_xml(part) for name, part in parts.items() if name.endswith((".xml", ".rels")))


def _bounded(members: list[zipfile.ZipInfo], size: int) -> bool:
    names = [each.filename for each in members]
    return (
        len(names) == len(set(names)) <= MEMBERS_MAX
        and sum(each.file_size for each in members) <= UNPACKED_MAX
        and sum(each.compress_size for each in members) <= size  # parts that overlap unpack the same bytes often
        and not any(each.flag_bits & 0x1 for each in members)
        and not any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name for name in names)
    )


def _refuse_macros(names: list[str]) -> None:
    active = re.compile(r"vbaproject|vbadata|macrosheets|dialogsheets|activex|embeddings|externallinks|\.(bin|exe|js)$")
    if any(active.search(name.lower()) and "printersettings" not in name.lower() for name in names):
        raise ActiveContent


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A part; never more of it than it says to be, for `zipfile` stops there, and a wrong checksum raises."""
    with archive.open(member) as part:
        return part.read()


def _is_xml(content: bytes) -> bool:
    """Well-formed, without a document type (and so without entities of its own), styles or parts that browsers run."""
    depth = 0

    def refuse(*_: Any) -> None:
        raise ActiveContent

    def start(name: str, _: Any) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_MAX or name.startswith(("http://www.w3.org/1999/xhtml ", "http://www.w3.org/2000/svg ")):
            raise ActiveContent
        if name.lower() in ("html", "svg", "script"):
            raise ActiveContent

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.ProcessingInstructionHandler = lambda target, _: refuse() if target == "xml-stylesheet" else None
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        return False
    return True


_BEGINNINGS = {
    b"%PDF-": Kind.PDF,
    b"\x89PNG\r\n\x1a\n": Kind.PNG,
    b"\xff\xd8\xff": Kind.JPEG,
    b"PK\x03\x04": Kind.XLSX,
}
_CHECKS: dict[Kind, Callable[[bytes], bool]] = {
    Kind.PDF: _is_pdf,
    Kind.PNG: _is_png,
    Kind.JPEG: _is_jpeg,
    Kind.CSV: _is_csv,
    Kind.TEXT: _is_text,
    Kind.XLSX: _is_xlsx,
    Kind.XML: _is_xml,
}
