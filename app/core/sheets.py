"""Sheets: tables that people bring in as CSV or XLSX, read as text by column, each slip at its line and column.

Nothing is guessed: text must be UTF-8, the first line names the columns, and a formula is never taken for its result.
"""

import codecs
import csv
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from zipfile import BadZipFile, ZipFile

from app.core.cells import plain
from app.core.errors import N_, Refusal

LINES_MAX = 1_000_000
MARK_BYTES_MAX = 1024 * 1024  # between two ends of marks: the reader of XML takes the square of it in time
UNPACKED_MAX = 500 * 1024 * 1024  # bytes that an XLSX file may hold inside
ROWS_MAX, COLUMNS_MAX = 1_048_576, 1_000  # of XLSX, where one cell far away makes a wide or long table of nothing
DELIMITERS = ",;\t"
_OTHER_TEXT = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class NotUtf8(Refusal):
    """The bytes are text of another encoding, or no text."""

    message = N_("Line {line} is not UTF-8. Save the file as “CSV UTF-8”, or as XLSX, and try again.")


class NotASheet(Refusal):
    """The file is neither CSV nor XLSX."""

    message = N_("This file cannot be read as a table: {detail}. Save it as “CSV UTF-8” or XLSX.")


class NoLines(Refusal):
    """There is a header at most."""

    message = N_("The file has no lines below its header.")


class TooManyLines(Refusal):
    """More lines than are read at once."""

    message = N_("The file has more than {most} lines. Split it.")


class UnknownColumn(Refusal):
    """A column that nothing is known of: perhaps one that is known, misspelt."""

    message = N_("There is no column “{name}”. Remove it, or rename it to one of: {known}.")


class MissingColumn(Refusal):
    """A column without which nothing can be read."""

    message = N_("The column is missing.")


class ColumnTwice(Refusal):
    """Two columns of one name: nobody knows which counts."""

    message = N_("The column is there twice.")


class Formula(Refusal):
    """A cell computes something, or would in a spreadsheet."""

    message = N_("“{text}” is a formula. Put its value in its place.")


class BrokenCell(Refusal):
    """The spreadsheet itself shows an error there."""

    message = N_("The cell shows the error “{text}”.")


class BeyondColumns(Refusal):
    """A cell to the right of the last column that has a name."""

    message = N_("“{text}” stands to the right of the last named column. Is a delimiter in a value not quoted?")


class BrokenQuotes(Refusal):
    """The line is not CSV."""

    message = N_("Line {line} is not CSV: its quotation marks do not match, or it holds what no text does.")


@dataclass(frozen=True)
class Column:
    """A column that is read: its name in the header, what it means, and whether the header must have it."""

    name: str
    meaning: str
    required: bool = False


@dataclass(frozen=True)
class Line:
    """A line by its number in the file (the header is 1): text by column, and what cannot be read of it."""

    number: int
    fields: dict[str, str]
    problems: dict[str, Refusal] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """The lines of a file, and what is wrong with its header by column; with such a problem there are no lines."""

    lines: list[Line]
    problems: dict[str, Refusal]


def read_sheet(data: bytes, columns: Sequence[Column]) -> Sheet:
    """Read a CSV file (comma, semicolon or tab) or the first sheet of an XLSX file; refused when it is neither."""
    rows = _xlsx_rows(data) if data[:4] == b"PK\x03\x04" else _csv_rows(_text(data), columns)
    _, first = next(rows, (1, []))
    names = [_column_name(str(cell)) for cell in first]
    while names and not names[-1]:
        names.pop()
    problems = _header_problems(names, columns)
    if problems:
        return Sheet([], problems)
    lines: list[Line] = []
    for number, cells in rows:
        if any(str(cell).strip() for cell in cells if cell is not None):
            if len(lines) == LINES_MAX:
                raise TooManyLines(most=LINES_MAX)
            lines.append(_line(number, names, cells))
    if not lines:
        raise NoLines
    return Sheet(lines, {})


def _text(data: bytes) -> str:
    if data.startswith(_OTHER_TEXT):
        raise NotUtf8(line=1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUtf8(line=data.count(b"\n", 0, error.start) + 1) from None


def _csv_rows(text: str, columns: Sequence[Column]) -> Iterator[tuple[int, list[Any]]]:
    first = text.partition("\n")[0]
    known = {column.name for column in columns}
    fits = {mark: sum(_column_name(cell) in known for cell in first.split(mark)) for mark in DELIMITERS}
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=lambda mark: fits[mark]), strict=True
    )
    start = 1
    try:
        for cells in reader:
            yield start, [_unescaped(cell) for cell in cells]
            start = reader.line_num + 1
    except csv.Error:
        raise BrokenQuotes(line=start) from None


# What the libraries raise over archives and XML that are damaged, encrypted or not what a spreadsheet holds.
_BROKEN = (
    BadZipFile,
    zlib.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


def _xlsx_rows(data: bytes) -> Iterator[tuple[int, list[Any]]]:
    from openpyxl import load_workbook

    try:
        with ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > UNPACKED_MAX:
                raise NotASheet(detail="it is too large inside")
            _refuse_endless_marks(archive)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not believed
        for number, row in enumerate(sheet.iter_rows(), start=1):
            if number > ROWS_MAX:
                raise TooManyLines(most=LINES_MAX)
            if len(row) > COLUMNS_MAX:
                raise NotASheet(detail=f"it has more than {COLUMNS_MAX} columns")
            yield number, [_cell(cell) for cell in row]
    except _BROKEN as error:
        raise NotASheet(detail=type(error).__name__) from None


def _refuse_endless_marks(archive: ZipFile) -> None:
    """Refuse parts in which no mark of XML ends for very long: a small file of them would keep a process for hours."""
    for entry in archive.infolist():
        open_for = 0
        with archive.open(entry) as part:
            while piece := part.read(64 * 1024):
                first = piece.find(b">")
                if open_for + (len(piece) if first < 0 else first) > MARK_BYTES_MAX:
                    raise NotASheet(detail="a mark in it does not end")
                open_for = open_for + len(piece) if first < 0 else len(piece) - piece.rfind(b">") - 1


def _cell(cell: Any) -> Any:
    """A cell of XLSX as the text that a person sees, or the refusal of it."""
    value, kind = cell.value, getattr(cell, "data_type", "n")
    if value is None:
        return ""
    if kind == "f":
        return Formula(text=str(value)[:40])
    if kind == "e":
        return BrokenCell(text=str(value)[:40])
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _unescaped(cell: str) -> str:
    """A cell as it was before an export defused it with an apostrophe; a formula otherwise stays one."""
    if cell[:1] == "'" and plain(cell[1:]) == cell:
        return "\0" + cell[1:]  # marks text that only looks like a formula; no text of a file holds this sign
    return cell


def _column_name(cell: str) -> str:
    return "_".join(cell.strip().lower().replace("-", " ").replace("_", " ").split())


def _header_problems(names: Sequence[str], columns: Sequence[Column]) -> dict[str, Refusal]:
    known = [column.name for column in columns]
    problems: dict[str, Refusal] = {}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=3) or known
            problems[name or "?"] = UnknownColumn(name=name[:40], known=", ".join(near))
        elif names.count(name) > 1:
            problems[name] = ColumnTwice()
    missing = [column.name for column in columns if column.required and column.name not in names]
    return problems | {name: MissingColumn() for name in missing}


def _line(number: int, names: Sequence[str], cells: Sequence[Any]) -> Line:
    line = Line(number, dict.fromkeys(names, ""))
    for name, cell in zip(names, cells, strict=False):
        if isinstance(cell, Refusal):
            line.problems[name] = cell
        elif cell[:1] == "\0":
            line.fields[name] = cell[1:]
        elif plain(cell.strip()) != cell.strip():
            line.problems[name] = Formula(text=cell.strip()[:40])
        else:
            line.fields[name] = cell
    for cell in cells[len(names) :]:
        if isinstance(cell, Refusal) or cell.strip():
            line.problems["?"] = cell if isinstance(cell, Refusal) else BeyondColumns(text=cell.strip()[:40])
    return line
