"""BAI2 statements: records 01 to 99 with continuations, every control total and count checked."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import IO

from app.core.errors import N_
from app.core.money import MINOR_MAX, Money
from app.reconciliation.reading.records import (
    Line,
    NothingInside,
    Statement,
    Unreadable,
    checked,
    day,
    given,
    joined,
    known_currency,
)
from app.reconciliation.reading.texts import text_of

OPENING, CLOSING = "010", "015"
_FUNDS_FIELDS = {"S": 3, "V": 2}  # how many fields follow a type of funds; D says it itself


@dataclass
class _Record:
    at: int
    code: str
    parts: list[str]
    text: list[str] = field(default_factory=list)
    physical: int = 1


@dataclass
class _Account:
    """An account being read: its statement, the sum of all its amounts, and its physical records."""

    statement: Statement
    total: int
    records: int


@dataclass
class _Group:
    at: int
    on: date
    currency: str
    total: int = 0
    accounts: int = 0
    records: int = 0


def read_bai2(stream: IO[bytes]) -> Iterator[Statement]:
    """Every account of every group, checked; balances are those of type 010 and 015."""
    reading = _Reading()
    for record in _records(stream):
        reading.take(record)
    if not reading.ended:
        last = reading.records or 1
        raise Unreadable(last, N_("the file ends in the middle: its last record, 99, is missing"))
    if not reading.found:
        raise NothingInside
    for statement in reading.found:
        yield checked(statement)


@dataclass
class _Reading:
    """How far a file was read: which group and account are open, and what the records so far come to."""

    found: list[Statement] = field(default_factory=list)
    group: _Group | None = None
    account: _Account | None = None
    total: int = 0
    groups: int = 0
    records: int = 0
    ended: bool = False

    def take(self, record: _Record) -> None:
        """Take the next record where it may stand."""
        self.records += record.physical
        if self.ended:
            raise Unreadable(record.at, N_("the file goes on after its end"))
        place = {"01": self.group is None, "02": self.group is None, "99": self.group is None}
        place |= dict.fromkeys(("03", "98"), self.group is not None and self.account is None)
        place |= dict.fromkeys(("16", "49"), self.account is not None)
        if not place[record.code]:
            raise Unreadable(record.at, N_("a record {code} cannot stand here"), code=record.code)
        if self.group is None:
            self._outside(record)
        elif self.account is None:
            self._in_group(record, self.group)
        else:
            self._in_account(record, self.group, self.account)

    def _outside(self, record: _Record) -> None:
        if record.code == "02":
            on = day(_at(record, 3), record.at, "%y%m%d")
            self.group = _Group(record.at, on, _at(record, 5) or "USD", records=record.physical)
        elif record.code == "99":
            _agree(record, (self.total, self.groups, self.records))
            self.ended = True

    def _in_group(self, record: _Record, group: _Group) -> None:
        if record.code == "03":
            self.account = _account(record, group)
            return
        group.records += record.physical
        _agree(record, (group.total, group.accounts, group.records))
        self.total, self.groups, self.group = self.total + group.total, self.groups + 1, None

    def _in_account(self, record: _Record, group: _Group, account: _Account) -> None:
        account.records += record.physical
        if record.code == "16":
            line, size = _line(record, group, account.statement.currency)
            account.total += size
            if line is not None:
                account.statement.lines.append(line)
            return
        _agree(record, (account.total, account.records))
        group.total, group.accounts = group.total + account.total, group.accounts + 1
        group.records += account.records
        self.found.append(account.statement)
        self.account = None


def _records(stream: IO[bytes]) -> Iterator[_Record]:
    """Logical records: a record with its continuations (88)."""
    record: _Record | None = None
    for at, data in enumerate(stream, 1):
        row = text_of(data, at).strip("\r\n ").lstrip("\ufeff")
        if not row:
            continue
        code, _, rest = row.partition(",")
        if code == "88":
            if record is None:
                raise Unreadable(at, N_("a record {code} cannot stand here"), code=code)
            record.physical += 1
            record.text.append(rest.rstrip("/"))
            if record.code in ("03",):
                record.parts += rest.rstrip("/").split(",")
            continue
        if record is not None:
            yield record
        if code not in ("01", "02", "03", "16", "49", "98", "99"):
            raise Unreadable(at, N_("this is not BAI2: “{text}” begins no record"), text=code[:20])
        record = _Record(at, code, rest.split("/")[0].split(",") if code != "16" else rest.split(","))
    if record is not None:
        yield record


def _account(record: _Record, group: _Group) -> _Account:
    """An account with its balances: after number and currency come type, amount, count and funds, again and again."""
    number = given(_at(record, 0))
    if not number:
        raise Unreadable(record.at, N_("the statement does not name its account"))
    currency = known_currency(_at(record, 1) or group.currency, record.at)
    statement = Statement(at=record.at, account=number, currency=currency)
    parts, total = record.parts[2:], 0
    while parts:
        if not parts[0].strip():  # a comma too many at the end of a record
            parts = parts[1:]
            continue
        kind, amount, parts = parts[0], parts[1] if len(parts) > 1 else "", parts[3:]
        parts = _after_funds(parts)
        size = _whole(amount, record.at) if amount.strip() else 0
        total += size
        if kind in (OPENING, CLOSING):
            money = Money(size, currency)
            if kind == OPENING:
                statement.opening = money
            else:
                statement.closing, statement.closed_on = money, group.on
    return _Account(statement, total, record.physical)


def _after_funds(parts: list[str]) -> list[str]:
    """What stands behind a type of funds and its own fields."""
    if not parts:
        return []
    kind = parts[0].strip()
    if kind == "D":
        return parts[2 + 2 * int(parts[1]) :] if len(parts) > 1 and parts[1].isdigit() else []
    return parts[1 + _FUNDS_FIELDS.get(kind, 0) :]


def _line(record: _Record, group: _Group, currency: str) -> tuple[Line | None, int]:
    """A transaction and its size for the control total; None when it is a note without an amount of money."""
    code, amount = _at(record, 0), _at(record, 1)
    if code == "890":  # information without money
        return None, 0
    if not code.isdigit() or not 100 <= int(code) <= 699:
        raise Unreadable(record.at, N_("“{text}” is no type of a transaction"), text=code[:10])
    size = _whole(amount, record.at)
    rest = _after_funds(record.parts[2:])
    bank, customer = given(rest[0] if rest else ""), given(rest[1] if len(rest) > 1 else "")
    text = [",".join(rest[2:]).rstrip("/"), *record.text]
    line = Line(
        at=record.at,
        booked_on=group.on,
        value_on=group.on,
        amount=Money(size if int(code) < 400 else -size, currency),
        text=joined(text),
        references=(("customer", customer.rstrip("/")),) if given(customer.rstrip("/")) else (),
        bank_id=bank.rstrip("/"),
        group=bank.rstrip("/"),
        code=code,
        returned="returned" if code in ("255", "257", "555", "557") else "",
    )
    return line, size


def _agree(record: _Record, told: tuple[int, ...]) -> None:
    said = tuple(_whole(_at(record, place), record.at) for place in range(len(told)))
    if said != told:
        raise Unreadable(
            record.at,
            N_("the control figures of record {code} are {said}, but the records above come to {told}"),
            code=record.code,
            said="/".join(map(str, said)),
            told="/".join(map(str, told)),
        )


def _at(record: _Record, place: int) -> str:
    return record.parts[place].strip().rstrip("/").strip() if place < len(record.parts) else ""


def _whole(text: str, at: int) -> int:
    raw = text.strip().removeprefix("+")
    digits = raw.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or int(digits) > MINOR_MAX:
        raise Unreadable(at, N_("“{text}” is not an amount"), text=raw[:30])
    return int(raw)
