"""The text of a file that somebody sent: in the encoding that was named, or in what banks write; never garbled."""

from app.core.errors import N_
from app.reconciliation.reading.records import Unreadable

ENCODINGS = {
    "utf-8": "UTF-8",
    "windows-1252": "Windows-1252",
    "iso-8859-1": "ISO 8859-1",
    "iso-8859-15": "ISO 8859-15",
    "utf-16": "UTF-16",
}


def text_of(data: bytes, at: int) -> str:
    """UTF-8, or what banks wrote before it (ISO 8859-1); refused when it is neither."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    if any("\x80" <= sign <= "\x9f" for sign in text):
        raise Unreadable(at, N_("the text is neither UTF-8 nor ISO 8859-1"))
    return text


def decoded(data: bytes, encoding: str) -> str:
    """The text in an encoding (empty: as `text_of` reads it); refused when the bytes are of another one."""
    if not encoding:
        return text_of(data, 1).lstrip("\ufeff")
    title = ENCODINGS.get(encoding, encoding[:20])
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise Unreadable(1, N_("the text is not {encoding}"), encoding=title) from None
    if encoding not in ("utf-8", "utf-16") and not data.isascii() and guess_encoding(data) in ("utf-8", "utf-16"):
        raise Unreadable(1, N_("the text is not {encoding}"), encoding=title)
    return text.lstrip("\ufeff")


def guess_encoding(data: bytes) -> str:
    """In which encoding bytes likely are: what their beginning says, UTF-8 where they are, else Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"
