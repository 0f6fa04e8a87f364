"""CSV exports of banks, by a mapping that says once which column holds what; kept for each account."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice, pairwise
from typing import IO, Any

from app.core.errors import N_
from app.core.money import Money, precision
from app.reconciliation.reading.records import Line, NothingInside, Statement, Unreadable, checked, day, given, joined
from app.reconciliation.reading.texts import decoded

DELIMITERS = {",": N_("comma"), ";": N_("semicolon"), "\t": N_("tabulator"), "|": N_("bar")}
DAYS = {
    "%Y-%m-%d": "2026-12-31",
    "%d.%m.%Y": "31.12.2026",
    "%d/%m/%Y": "31/12/2026",
    "%m/%d/%Y": "12/31/2026",
    "%d-%m-%Y": "31-12-2026",
    "%Y%m%d": "20261231",
    "%d.%m.%y": "31.12.26",
    "%m/%d/%y": "12/31/26",
}
MARKS = {".": "1,234.50", ",": "1.234,50"}
FIELD_MAX = 20_000
CAME = frozenset({"c", "cr", "crdt", "credit", "h", "haben", "gutschrift", "in", "bij", "crédit", "abono", "deposit"})
LEFT = frozenset({"d", "dr", "dbit", "debit", "s", "soll", "lastschrift", "out", "af", "débit", "cargo", "withdrawal"})


@dataclass(frozen=True)
class Columns:
    """Which column of a bank's CSV holds what; names are those of the header, which stands after `skip` lines.

    Money is one column `amount` with a sign, or two, `credit` and `debit`; `balance` is what the account holds after
    the line, by which continuity is checked. Where amounts have no sign, `direction` holds a word for money that came
    or left. `texts` are joined in their order. `encoding` is one of `ENCODINGS`; empty is UTF-8, else ISO 8859-1.
    """

    booked: str
    day: str
    mark: str
    delimiter: str
    amount: str = ""
    credit: str = ""
    debit: str = ""
    value: str = ""
    texts: tuple[str, ...] = ()
    counterparty: str = ""
    account: str = ""
    bank_id: str = ""
    end_to_end: str = ""
    currency: str = ""
    balance: str = ""
    direction: str = ""
    skip: int = 0
    encoding: str = ""

    def kept(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Columns":
        """From what JSON kept."""
        return cls(**{**kept, "texts": tuple(kept.get("texts", ()))})

    def columns(self) -> list[str]:
        """Every column that is named."""
        singles = (self.booked, self.amount, self.credit, self.debit, self.value, self.counterparty, self.account)
        others = (self.bank_id, self.end_to_end, self.currency, self.balance, self.direction)
        return [name for name in (*singles, *others, *self.texts) if name]


Row = tuple[Line, Money | None]
"""A line with the balance after it, where the file says it."""


@dataclass(frozen=True)
class Sample:
    """The beginning of a CSV file: its likely delimiter, the line of its header, the header, and some rows."""

    delimiter: str
    skip: int
    header: list[str]
    rows: list[list[str]] = field(default_factory=list)


def sample(text: str, most: int = 5) -> Sample:
    """How a file is likely made: the delimiter that splits most lines alike, and the first full line as the header."""
    best, broken = Sample(",", 0, []), None
    for delimiter in DELIMITERS:
        try:
            rows = list(islice(_rows(text, delimiter), max(50, most)))
        except Unreadable as refusal:  # quotation marks match under one delimiter and not under another
            broken = refusal
            continue
        width = max((len(row) for _, row in rows), default=0)
        begins = next((index for index, (_, row) in enumerate(rows) if len(row) == width and all(row[:2])), 0)
        if width > len(best.header):
            shown = [row for _, row in rows[begins + 1 : begins + 1 + most]]
            best = Sample(delimiter, rows[begins][0] - 1, [cell.strip() for cell in rows[begins][1]], shown)
    if len(best.header) < 2 and broken is not None:
        raise broken
    return best


def read_csv(stream: IO[bytes], mapping: Columns, account: str, currency: str) -> Iterator[Statement]:
    """The lines of a CSV of one account, oldest first; with a column of balances its opening and closing are known."""
    read: list[Row] = []
    for row in read_rows(stream.read(), mapping, currency):
        if isinstance(row, Unreadable):
            raise row
        read.append(row)
    yield statement_of(read, mapping, account, currency)


def statement_of(read: Sequence[Row], mapping: Columns, account: str, currency: str) -> Statement:
    """The lines of a file as one statement, oldest first, checked; raises `Unreadable` where balances do not follow."""
    if not read:
        raise NothingInside
    rows = read[::-1] if read[0][0].booked_on > read[-1][0].booked_on else read
    statement = Statement(at=rows[0][0].at, account=account, currency=currency, lines=[line for line, _ in rows])
    if mapping.balance:
        _follow(statement, [(line, balance) for line, balance in rows if balance is not None])
    return checked(statement)


def names_of(data: bytes, mapping: Columns) -> list[str]:
    """The names of the columns where the mapping has the header, each once; none where it cannot be read so."""
    try:
        rows = _rows(decoded(data, mapping.encoding), mapping.delimiter)
        header = next((row for at, row in rows if at > mapping.skip and any(cell.strip() for cell in row)), [])
    except Unreadable:
        return []
    return list(dict.fromkeys(name for cell in header if (name := cell.strip())))


def read_rows(data: bytes, mapping: Columns, currency: str) -> Iterator[Row | Unreadable]:
    """Each row as a line with the balance after it, or why it cannot be read; a header that does not fit is raised."""
    rows = _rows(decoded(data, mapping.encoding), mapping.delimiter)
    filled = ((at, row) for at, row in rows if at > mapping.skip and any(cell.strip() for cell in row))
    at, header = next(filled, (1, []))
    names = [cell.strip() for cell in header]
    for name in mapping.columns():
        if names.count(name) != 1:
            raise Unreadable(
                at, N_("the column “{name}” stands there {count} times, not once"), name=name, count=names.count(name)
            )
    for number, row in filled:
        try:
            yield _line(number, _cells(number, names, row), mapping, currency)
        except Unreadable as refusal:
            yield refusal


def _follow(statement: Statement, read: Sequence[tuple[Line, Money]]) -> None:
    """Every balance must be the one before plus the line."""
    for (_, before), (line, after) in pairwise(read):
        if before + line.amount != after:
            raise Unreadable(
                line.at,
                N_("the balance is {balance}, but {before} and this line make {sum}"),
                balance=after,
                before=before,
                sum=before + line.amount,
            )
    first, last = read[0], read[-1]
    statement.opening, statement.closing = first[1] - first[0].amount, last[1]
    statement.opened_on, statement.closed_on = first[0].booked_on, last[0].booked_on


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    at = 1
    try:
        for row in reader:
            if any(len(cell) > FIELD_MAX for cell in row):
                raise Unreadable(at, N_("a cell is too long"))
            yield at, row
            at = reader.line_num + 1
    except csv.Error:
        raise Unreadable(at, N_("this is not CSV: its quotation marks do not match")) from None


def _cells(at: int, names: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    if (len(row) > len(names) and any(row[len(names) :])) or len(row) < len(names) - 1:
        raise Unreadable(at, N_("there are {count} cells under {most} columns"), count=len(row), most=len(names))
    for cell in row:
        if cell.lstrip()[:1] in ("=", "@"):
            raise Unreadable(at, N_("“{text}” is a formula"), text=cell.strip()[:30])
    return dict(zip(names, row, strict=False))


def _line(at: int, cells: Mapping[str, str], mapping: Columns, currency: str) -> tuple[Line, Money | None]:
    def cell(name: str) -> str:
        return cells.get(name, "").strip() if name else ""

    given_in = cell(mapping.currency) or currency
    if given_in != currency:
        raise Unreadable(at, N_("an amount in {given} on an account in {asked}"), given=given_in[:10], asked=currency)
    booked = _day(cell(mapping.booked), mapping, at)
    end_to_end = given(cell(mapping.end_to_end))
    line = Line(
        at=at,
        booked_on=booked,
        value_on=_day(cell(mapping.value), mapping, at) if cell(mapping.value) else booked,
        amount=_amount(cell, mapping, currency, at),
        text=joined([cell(name) for name in mapping.texts]),
        references=(("EndToEndId", end_to_end),) if end_to_end else (),
        bank_id=given(cell(mapping.bank_id)),
        group=given(cell(mapping.bank_id)),
        counterparty=given(cell(mapping.counterparty)),
        account=cell(mapping.account).replace(" ", ""),
    )
    balance = _money(cell(mapping.balance), mapping, currency, at) if mapping.balance else None
    return line, balance


def _day(text: str, mapping: Columns, at: int) -> date:
    return day(text, at, mapping.day)


def _amount(cell: Any, mapping: Columns, currency: str, at: int) -> Money:
    if mapping.amount:
        size = _money(cell(mapping.amount), mapping, currency, at)
        return _directed(size, cell(mapping.direction), at) if mapping.direction else size
    credit, debit = cell(mapping.credit), cell(mapping.debit)
    if bool(credit) == bool(debit):
        raise Unreadable(at, N_("either the credit or the debit must be given"))
    size = _money(credit or debit, mapping, currency, at)
    return size if credit else Money(-abs(size.minor), currency)


def _directed(size: Money, word: str, at: int) -> Money:
    """An amount without a sign with that of its word for money that came or left."""
    said = "".join(sign for sign in word.casefold() if sign.isalnum())
    if size.minor < 0 or said not in CAME | LEFT:
        raise Unreadable(at, N_("“{text}” does not say whether the money came or left"), text=word[:30])
    return size if said in CAME else Money(-size.minor, size.currency)


def _money(text: str, mapping: Columns, currency: str, at: int) -> Money:
    """An amount with the mapping's decimal mark, its thousands grouped or not, its sign before or behind."""
    raw = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("\u2212", "-")
    negative = raw.startswith(("-", "(")) or raw.endswith("-")
    digits = raw.strip("+-()").removeprefix("$").removeprefix("€")
    other = "." if mapping.mark == "," else ","
    whole, mark, fraction = digits.partition(mapping.mark)
    groups = whole.split(other)
    grouped = len(groups) == 1 or (0 < len(groups[0]) <= 3 and all(len(each) == 3 for each in groups[1:]))
    figures = "".join(groups)
    fraction_fits = (fraction.isdigit() and len(fraction) <= precision(currency)) if mark else True
    if not (grouped and figures.isascii() and figures.isdigit() and fraction_fits and len(figures) <= 13):
        raise Unreadable(at, N_("“{text}” is not an amount in {currency}"), text=text[:30], currency=currency)
    size = int(figures) * 10 ** precision(currency) + int((fraction or "0").ljust(precision(currency), "0") or "0")
    return Money(-size if negative else size, currency)
