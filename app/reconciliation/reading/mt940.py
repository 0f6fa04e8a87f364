"""MT940 statements (SWIFT), line by line: every `:61:` with its `:86:`, between `:60F:` and `:62F:`.

Subfields of `:86:` are read as German banks (`?20`) and SEPA (`EREF+`, `/EREF/`) write them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import IO

from app.core.errors import N_
from app.core.money import Money
from app.reconciliation.reading.records import (
    Line,
    NothingInside,
    Statement,
    Unreadable,
    account_key,
    checked,
    day,
    given,
    joined,
    known_currency,
    minor,
)
from app.reconciliation.reading.texts import text_of

_TAG = re.compile(r":(\d\d[A-Z]?):(.*)", re.S)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([0-9,]+)")
_MOVE = re.compile(
    r"(?P<value>\d{6})(?P<booked>\d{4})?(?P<sign>RC|RD|EC|ED|C|D)(?P<funds>[A-Z])?(?P<amount>[0-9]+,[0-9]*)"
    r"(?P<kind>[A-Z][A-Z0-9]{3})(?P<reference>[^\n]*?)(?://(?P<bank>[^\n]*))?(?:\n(?P<more>.*))?",
    re.S,
)
_GERMAN = re.compile(r"\?(\d\d)([^?]*)")
_SEPA = re.compile(
    r"(EREF|KREF|MREF|CRED|SVWZ|ABWA|IBAN|BIC)[+/]|/(EREF|MARF|CSID|REMI|NAME|IBAN|BIC|RTRN|TRTP|ORDP|BENM)/"
)
_KINDS = {"EREF": "EndToEndId", "KREF": "customer", "MREF": "MndtId", "MARF": "MndtId", "CRED": "creditor id"}


@dataclass(frozen=True)
class _Field:
    at: int
    tag: str
    text: str


def read_mt940(stream: IO[bytes]) -> Iterator[Statement]:
    """Every statement of a file, checked; the pages of one (`:60M:`, `:62M:`) become one."""
    open_page: Statement | None = None
    found = 0
    for fields in _messages(stream):
        page, is_last = _message(fields)
        if open_page is not None:
            page = _continued(open_page, page)
        open_page = None if is_last else page
        if is_last:
            found += 1
            yield checked(page)
    if open_page is not None:
        raise Unreadable(open_page.at, N_("the statement ends in the middle: its closing balance is missing"))
    if not found:
        raise NothingInside


def _messages(stream: IO[bytes]) -> Iterator[list[_Field]]:
    """The fields of each message: a field goes on until the next tag, a message begins with `:20:`."""
    fields: list[_Field] = []
    for at, data in enumerate(stream, 1):
        row = text_of(data, at).rstrip("\r\n")
        row = row.lstrip("\ufeff") if at == 1 else row
        if row.startswith("{") and ":20:" not in row:  # the envelope of SWIFT, not of the statement
            continue
        tag = _TAG.match(row)
        if tag:
            if tag[1] == "20" and fields:
                yield fields
                fields = []
            fields.append(_Field(at, tag[1], tag[2]))
        elif row.strip() in ("", "-", "-}"):
            continue
        elif not fields:
            raise Unreadable(at, N_("this is not MT940: a tag such as :20: is expected"))
        else:
            last = fields[-1]
            fields[-1] = _Field(last.at, last.tag, f"{last.text}\n{row}")
    if fields:
        yield fields


def _message(fields: list[_Field]) -> tuple[Statement, bool]:
    """A message as a statement, and whether its closing balance is the last one."""
    by_tag = {each.tag: each for each in fields}
    account, opening = by_tag.get("25"), by_tag.get("60F") or by_tag.get("60M")
    closing = by_tag.get("62F") or by_tag.get("62M")
    first = fields[0].at
    if account is None:
        raise Unreadable(first, N_("the statement does not name its account"))
    if opening is None or closing is None:
        raise Unreadable(first, N_("the opening or the closing balance is missing"))
    begins, begins_on = _balance(opening)
    ends, ends_on = _balance(closing)
    statement = Statement(
        at=first,
        account=_account(account.text),
        currency=begins.currency,
        number=given(by_tag["28C"].text if "28C" in by_tag else ""),
        opening=begins,
        closing=ends,
        opened_on=begins_on,
        closed_on=ends_on,
    )
    for index, each in enumerate(fields):
        if each.tag == "61":
            about = fields[index + 1] if index + 1 < len(fields) and fields[index + 1].tag == "86" else None
            statement.lines.append(_line(each, about, statement.currency))
    return statement, closing.tag == "62F"


def _continued(before: Statement, page: Statement) -> Statement:
    if account_key(page.account) != account_key(before.account) or page.opening != before.closing:
        raise Unreadable(page.at, N_("this page does not go on where the page before it ended"))
    page.opening, page.opened_on, page.at = before.opening, before.opened_on, before.at
    page.lines = before.lines + page.lines
    return page


def _account(text: str) -> str:
    """The account of `:25:`, which may stand behind a bank code and before a currency."""
    number = given(text).rpartition("/")[2]
    return re.sub(r"(?<=\d)[A-Z]{3}$", "", number.replace(" ", ""))


def _balance(field_: _Field) -> tuple[Money, date]:
    match = _BALANCE.fullmatch(field_.text.strip())
    if match is None:
        raise Unreadable(field_.at, N_("“{text}” is not a balance"), text=field_.text[:40])
    currency = known_currency(match[3], field_.at)
    size = minor(match[4], currency, field_.at)
    return Money(size if match[1] == "C" else -size, currency), day(match[2], field_.at, "%y%m%d")


def _line(field_: _Field, about: _Field | None, currency: str) -> Line:
    match = _MOVE.fullmatch(field_.text.rstrip())
    if match is None:
        raise Unreadable(field_.at, N_("“{text}” is not a movement"), text=field_.text[:40])
    value = day(match["value"], field_.at, "%y%m%d")
    size = minor(match["amount"], currency, field_.at)
    said = _Said()
    said.read(about.text if about else "", field_.at)
    own = given(match["reference"])
    references = [("customer", own)] if own else []
    return Line(
        at=field_.at,
        booked_on=_booked(match["booked"], value, field_.at),
        value_on=value,
        amount=Money(size if match["sign"] in ("C", "RD", "EC") else -size, currency),
        text=joined([*said.text, match["more"]]),
        references=tuple(dict.fromkeys(references + said.references)),
        bank_id=given(match["bank"]),
        group=given(match["bank"]),
        counterparty=" ".join(said.names),
        account=said.account,
        code=match["kind"],
        returned=said.returned or ("reversal" if match["sign"] in ("RC", "RD") else ""),
    )


def _booked(text: str | None, value: date, at: int) -> date:
    """The day of booking, given without its year: the one nearest to the value date."""
    if not text:
        return value
    if text == "0229":
        years = [year for year in (value.year - 1, value.year, value.year + 1) if year % 4 == 0]
    else:
        years = [value.year - 1, value.year, value.year + 1]
    found = [day(f"{year}{text}", at, "%Y%m%d") for year in years]
    return min(found, key=lambda each: abs(each - value), default=value)


@dataclass
class _Said:
    """What a `:86:` says."""

    text: list[str] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    account: str = ""
    returned: str = ""

    def read(self, raw: str, at: int) -> None:
        """Read the subfields; text without any is kept as it stands."""
        flat = raw.replace("\n", "")
        german = _GERMAN.findall(flat) if re.match(r"\d{3}\?", flat) else []
        if german:
            self._german(german, flat[:3])
        else:
            self._sepa(flat if _SEPA.search(flat) else raw)

    def _german(self, subfields: list[tuple[str, str]], code: str) -> None:
        purpose = "".join(text for number, text in subfields if "20" <= number <= "29" or "60" <= number <= "63")
        self.text += [text for number, text in subfields if number == "00"]
        self._sepa(purpose)
        self.names += [given(text) for number, text in subfields if number in ("32", "33") and given(text)]
        self.account = next((text.strip() for number, text in subfields if number == "31"), self.account)
        if code in ("108", "109", "159", "184"):  # returns and recalls, by the codes of German banks
            self.returned = code

    def _sepa(self, text: str) -> None:
        """Parts such as `EREF+…SVWZ+…` or `/EREF/…/REMI/…`; what stands before the first is free text."""
        marks = list(_SEPA.finditer(text))
        self.text += text[: marks[0].start() if marks else len(text)].split("\n")
        for index, mark in enumerate(marks):
            end = marks[index + 1].start() if index + 1 < len(marks) else len(text)
            self._part(mark[1] or mark[2], text[mark.end() : end].strip("/ \n"))

    def _part(self, name: str, value: str) -> None:
        if name in ("NAME", "ABWA", "ORDP", "BENM"):
            self.names.append(given(value.removeprefix("NAME/")))
        elif name == "IBAN":
            self.account = value.replace(" ", "")
        elif name == "RTRN":
            self.returned = value
        elif name in _KINDS and given(value):
            self.references.append((_KINDS[name], given(value)))
        elif name not in ("BIC", "TRTP", "CSID"):
            self.text.append(value)
