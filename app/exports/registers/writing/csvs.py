"""CSV (RFC 4180): the database writes the lines itself, and defuses what a spreadsheet would run as a formula."""

import re
import unicodedata
from functools import cache
from typing import Any, BinaryIO

from sqlalchemy.orm import Session

from app.exports.registers.asking import Progress, Wanted, places, statement
from app.exports.registers.columns import Column

_AT_ONCE = 2_000


@cache
def _signs() -> str:
    """Every sign that begins a formula, also after compatibility composition (the full-width equals sign)."""
    found = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    return "".join(sign for sign in found if unicodedata.normalize("NFKC", sign)[:1] in ("=", "+", "-", "@"))


@cache
def _blanks() -> str:
    return "".join(chr(code) for code in range(0x3001) if chr(code).isspace())


def defused_sql(column: Column) -> str:
    """The expression of a cell: text that begins like a formula gets an apostrophe in front (as `plain` does).

    Most text begins with a letter or digit of ASCII, which is seen at once.
    """
    name = f'line."{column.name}"'
    if column.kind != "text":
        return name
    first = f"ascii({name})"
    begins = f"left(ltrim({name}, '{_blanks()}'), 1)"
    return (
        f"CASE WHEN {first} BETWEEN 97 AND 122 OR {first} BETWEEN 65 AND 90 OR {first} BETWEEN 48 AND 57 THEN {name} "
        f"WHEN {begins} <> '' AND strpos('{_signs()}', {begins}) > 0 THEN '''' || {name} ELSE {name} END"
    )


def copy_sql(wanted: Wanted) -> str:
    """The statement by which the database writes the lines."""
    cells = ", ".join(defused_sql(column) for column in wanted.columns)
    return f"COPY (SELECT {cells} FROM ({statement(wanted)}) AS line) TO STDOUT (FORMAT csv)"


def write_csv(session: Session, wanted: Wanted, file: BinaryIO, progress: Progress = lambda done: None) -> int:
    """Write header and lines as UTF-8; how many lines. One statement of the database, streamed as it comes."""
    file.write((",".join(column.name for column in wanted.columns) + "\r\n").encode())
    lines = 0
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor:
        query, values = driven(copy_sql(wanted), places(wanted))
        with cursor.copy(query, values) as copy:
            held: list[bytes] = []
            for line in copy:
                held.append(bytes(line))
                if len(held) == _AT_ONCE:
                    lines += _put(file, held)
                    progress(lines)
            lines += _put(file, held)
    return lines


def _put(file: BinaryIO, held: list[bytes]) -> int:
    count = len(held)
    file.write(b"".join(held).replace(b"\n", b"\r\n"))  # no value holds a line end: see `value_sql`
    held.clear()
    return count


def driven(query: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A statement with the places of the driver instead of the query's own."""
    return re.sub(r"(?<!:):([a-z_]+)", r"%(\1)s", query.replace("%", "%%")), values
