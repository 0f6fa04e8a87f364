"""Small true files of each kind, and some that only pretend, made of bytes."""

import io
import struct
import zipfile
import zlib


def pdf(inside: bytes = b"") -> bytes:
    head = b"%PDF-1.7\n" + inside + b"\n"
    return head + b"xref\n0 1\n0000000000 65535 f \ntrailer <<>>\nstartxref\n%d\n%%%%EOF\n" % len(head)


def png(width: int = 1, height: int = 1) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0\0")) + _chunk(b"IEND")


def _chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def jpeg(width: int = 1, height: int = 1) -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04ab" + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00?\x00" + b"data" + b"\xff\xd9"


def xlsx(more: dict[str, bytes] | None = None, without: str = "", types: bytes = b"<Types/>") -> bytes:
    parts = {"[Content_Types].xml": types, "xl/workbook.xml": b"<workbook/>", **(more or {})}
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            if name != without:
                archive.writestr(name, content)
    return kept.getvalue()


def bomb() -> bytes:
    """A megabyte that unpacks to more than a hundred."""
    return xlsx({f"xl/{number}.bin0": bytes(12 * 1024 * 1024) for number in range(9)})


def lying_bomb() -> bytes:
    """A part that says to be small and is not."""
    true = xlsx({"xl/sharedStrings.xml": b"<sst>" + b" " * 5_000_000 + b"</sst>"})
    return true.replace(struct.pack("<I", 5_000_011), struct.pack("<I", 11))
