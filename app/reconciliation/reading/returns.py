"""Returns of US ACH credits (NACHA): which order came back and why, and notices that an account is written wrongly."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from app.core.errors import N_
from app.reconciliation.reading.records import LINES_MAX, TooMuch, Unreadable
from app.reconciliation.reading.texts import text_of

LENGTH = 94
RETURN, NOTICE = "99", "98"


@dataclass(frozen=True)
class Return:
    """What a bank says of an order: that it came back, or (a `notice`) that it arrived though something is wrong."""

    line: int
    end_to_end: str
    cents: int
    code: str
    notice: bool


def is_nacha(head: bytes) -> bool:
    """Whether a file begins like one of NACHA: a file header, which names the length of its records."""
    return head.startswith(b"101") and head[34:37] == b"094"


def read_returns(stream: IO[bytes]) -> list[Return]:
    """Every return and notice of a file, whose own counts and totals must hold. Raises `Unreadable`."""
    found: list[Return] = []
    entry: tuple[int, str] | None = None
    records, credits, debits, ended = 0, 0, 0, False
    for at, row in _records(stream):
        kind = row[0]
        if ended:
            raise Unreadable(at, N_("the file goes on after its end"))
        if kind != "7" and entry is not None:
            raise Unreadable(entry[0], N_("the entry says nothing of a return"))
        if kind == "6":
            entry, records = (at, row), records + 1
            cents = _number(row[29:39], at)
            debits, credits = (debits, credits + cents) if row[2] in "1234" else (debits + cents, credits)
        elif kind == "7":
            if entry is None or row[1:3] not in (RETURN, NOTICE):
                raise Unreadable(at, N_("this is no return: it is of the addenda type “{text}”"), text=row[1:3])
            records += 1
            found.append(_return(*entry, at, row))
            entry = None
        elif kind == "9":
            told = (_number(row[13:21], at), _number(row[31:43], at), _number(row[43:55], at))
            if told != (records, debits, credits):
                raise Unreadable(at, N_("the control figures do not fit what stands above them"))
            ended = True
        if len(found) > LINES_MAX:
            raise TooMuch(at)
    if not ended:
        raise Unreadable(1, N_("the file ends in the middle: its last record, 9, is missing"))
    if not found:
        raise Unreadable(1, N_("it says nothing of any order"))
    return found


def _records(stream: IO[bytes]) -> Iterator[tuple[int, str]]:
    """The records of a file with their lines, without those that only fill its last block."""
    for at, data in enumerate(stream, 1):
        row = text_of(data, at).rstrip("\r\n")
        if not row.strip() or row == "9" * LENGTH:
            continue
        row = row.ljust(LENGTH)  # banks leave out blanks at the end
        if len(row) != LENGTH or row[0] not in "156789":
            raise Unreadable(at, N_("this is no record of {length} characters of NACHA"), length=LENGTH)
        yield at, row


def _return(at: int, entry: str, addenda_at: int, addenda: str) -> Return:
    code = addenda[3:6]
    notice = addenda[1:3] == NOTICE
    if not (code[1:].isdigit() and code[0] == ("C" if notice else "R")):
        raise Unreadable(addenda_at, N_("“{text}” is no reason of a return"), text=code)
    return Return(at, entry[39:54].strip(), _number(entry[29:39], at), code, notice)


def _number(text: str, at: int) -> int:
    if not (text.isascii() and text.strip().isdigit()):
        raise Unreadable(at, N_("“{text}” is not an amount"), text=text[:30])
    return int(text)
