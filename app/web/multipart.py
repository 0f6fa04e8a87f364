"""Multipart bodies (RFC 7578): fields and files, read piece by piece and refused as soon as they are too much."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.core.errors import N_, Refusal
from app.core.uploads import FileTooLarge, SentFile

FILES_MAX = 20
FIELD_BYTES_MAX = 64 * 1024
FIELDS_MAX = 500


class BrokenForm(Refusal):
    """The body is not what a browser sends for a form with files."""

    message = N_("This form arrived damaged. Send it once more.")
    status = 400


class FormTooLarge(Refusal):
    """There is more in the form than any honest form has."""

    message = N_("The form is too large. Shorten what you entered.")
    status = 413


@dataclass
class _Reading:
    """What was read so far; the parser calls back in the order of the body."""

    most: int
    fields: list[tuple[bytes, bytes]] = field(default_factory=list)
    files: list[tuple[bytes, SentFile]] = field(default_factory=list)
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _kind: bytes = b""
    _options: dict[bytes, bytes] = field(default_factory=dict)
    _body: bytearray = field(default_factory=bytearray)
    _field_bytes: int = 0
    _file_bytes: int = 0
    ended: bool = False

    def begin(self) -> None:
        """A part begins."""
        self._kind, self._options, self._body = b"", {}, bytearray()
        if len(self.fields) >= FIELDS_MAX or len(self.files) >= FILES_MAX:
            raise FormTooLarge

    def header_name(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's name."""
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's value."""
        self._value += data[start:end]

    def header_end(self) -> None:
        """A header is complete."""
        if bytes(self._header).lower() == b"content-disposition":
            self._kind, self._options = parse_options_header(bytes(self._value))
        self._header, self._value = bytearray(), bytearray()

    def data(self, data: bytes, start: int, end: int) -> None:
        """A piece of a part's body: counted before it is kept."""
        if b"filename" in self._options:
            self._file_bytes += end - start
            if self._file_bytes > self.most:
                raise FileTooLarge(most=self.most // 2**20)
        else:
            self._field_bytes += end - start
            if self._field_bytes > FIELD_BYTES_MAX:
                raise FormTooLarge
        self._body += data[start:end]

    def part_end(self) -> None:
        """A part is complete."""
        name, options = self._options.get(b"name"), self._options
        if self._kind != b"form-data" or name is None:
            raise BrokenForm
        if b"filename" not in options:
            self.fields.append((name, bytes(self._body)))
        elif options[b"filename"] or self._body:  # a file field that was left empty has neither
            shown = options[b"filename"].decode(errors="replace")
            self.files.append((name, SentFile(shown, bytes(self._body))))
        self._body = bytearray()

    def end(self) -> None:
        """The last boundary was read."""
        self.ended = True


async def read_multipart(
    content_type: str, chunks: AsyncIterator[bytes], most: int
) -> tuple[list[tuple[str, str]], dict[str, SentFile]]:
    """The fields in order and the files by name; all files together have at most `most` bytes."""
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    if not 1 <= len(boundary) <= 70:
        raise BrokenForm
    reading = _Reading(most)
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": reading.begin,
            "on_header_field": reading.header_name,
            "on_header_value": reading.header_value,
            "on_header_end": reading.header_end,
            "on_part_data": reading.data,
            "on_part_end": reading.part_end,
            "on_end": reading.end,
        },
    )
    try:
        async for chunk in chunks:
            parser.write(chunk)
        parser.finalize()
    except (FormParserError, UnicodeDecodeError):
        raise BrokenForm from None
    if not reading.ended:
        raise BrokenForm
    try:
        pairs = [(name.decode(), value.decode()) for name, value in reading.fields]
        return pairs, {name.decode(): file for name, file in reading.files}
    except UnicodeDecodeError:
        raise BrokenForm from None
