"""Reading the platform's list as people send it: plain lines, or a sheet (CSV, XLSX) with one column."""

from collections.abc import Iterator
from typing import BinaryIO

from app.core.errors import N_, InvalidInput, Refusal
from app.core.sheets import Column, read_sheet

COLUMNS = (
    Column("email", N_("the e-mail address of a user")),
    Column("email_sha256", N_("SHA-256 in hex over the salt and the address in lower case")),
)
NAMES = {column.name for column in COLUMNS}


class NotText(Refusal):
    """The list is neither lines of UTF-8 nor a spreadsheet."""

    message = N_("The list is not UTF-8. Save it as “CSV UTF-8” or XLSX.")


def entries(file: BinaryIO) -> Iterator[str]:
    """The entries of a list: of a file with a header its one column; lines without header are read as a stream."""
    first = file.readline()
    names = {cell.strip().strip('"').lower() for cell in _text(first).replace(";", ",").split(",")}
    if first.startswith(b"PK\x03\x04") or names & NAMES:
        yield from _of_sheet(first + file.read())
        return
    yield _text(first)
    for line in file:
        yield _text(line)


def _of_sheet(data: bytes) -> Iterator[str]:
    sheet = read_sheet(data, COLUMNS)
    if sheet.problems:
        raise InvalidInput(dict(sheet.problems))
    for line in sheet.lines:
        if line.problems:
            raise InvalidInput({f"{line.number}, {name}": problem for name, problem in line.problems.items()})
        yield line.fields.get("email_sha256") or line.fields.get("email", "")


def _text(line: bytes) -> str:
    if line.startswith(b"PK\x03\x04"):
        return ""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotText from None
