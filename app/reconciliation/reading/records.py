"""What every reader gives: statements with their balances, lines with every reference, and why a file is refused."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.core.errors import N_, Refusal
from app.core.money import MINOR_MAX, Money, UnknownCurrency, currency_code, precision

LINES_MAX = 1_000_000
TEXT_MAX = 4_000
_AMOUNT = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{0,5})?")
_NONE = ("", "NOTPROVIDED", "NONREF", "NONE", "UNKNOWN")


class _Reason(Refusal):
    """Why a line cannot be read, as a part of a sentence."""

    def __init__(self, reason: str, facts: dict[str, Any]) -> None:
        """Say the reason instead of a message that all have in common."""
        self.message = reason  # type: ignore[misc]  # each reason says something else, in one class
        super().__init__(**facts)


class Unreadable(Refusal):
    """The file is not what it claims to be at one of its lines; nothing of it was taken."""

    message = N_("Line {line}: {reason}. Nothing of this file was imported.")
    field = "file"

    def __init__(self, line: int, reason: str, **facts: Any) -> None:
        """Keep the line, and the reason (marked for translation) with the facts that fill its places."""
        super().__init__(line=line, reason=_Reason(reason, facts))


class TooMuch(Unreadable):
    """There are more lines than are read at once."""

    def __init__(self, line: int) -> None:
        """Keep the line at which it became too much."""
        super().__init__(line, N_("there are more than {most} lines; split the file"), most=f"{LINES_MAX:,}")


class NoFormat(Refusal):
    """The file is of none of the formats that are read."""

    message = N_(
        "This is no bank statement in a format that is read here: camt.053, camt.054, MT940, OFX or QFX, BAI2, "
        "or CSV once its columns are named."
    )
    field = "file"


class NothingInside(Refusal):
    """The file is well formed and holds no statement."""

    message = N_("The file holds no statement.")
    field = "file"


@dataclass(frozen=True, slots=True)
class Line:
    """One booked movement on an account; the amount is positive when money came in.

    `at` is the line of the file. `references` are (kind, value) as the bank names them, `RF` references of the payer
    under `creditor`; `text` is all free text, a line each. `group` is the bank's id of the entry that a line is part
    of, `bank_id` its own. `returned` is the bank's reason when a payment came back.
    """

    at: int
    booked_on: date
    value_on: date
    amount: Money
    text: str = ""
    references: tuple[tuple[str, str], ...] = ()
    bank_id: str = ""
    group: str = ""
    counterparty: str = ""
    account: str = ""
    code: str = ""
    returned: str = ""

    @property
    def end_to_end(self) -> str:
        """The reference that the payer's own system gave."""
        return next((value for kind, value in self.references if kind == "EndToEndId"), "")


@dataclass(slots=True)
class Statement:
    """The lines of one account between two balances; balances are None in notifications and bare lists.

    `pending` counts entries that the bank has only announced; they are not lines.
    """

    at: int
    account: str
    currency: str
    number: str = ""
    opening: Money | None = None
    closing: Money | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    lines: list[Line] = field(default_factory=list)
    pending: int = 0


def minor(text: str, currency: str, at: int) -> int:
    """An amount as banks write it (`12.50`, `12,50`, no grouping) in whole minor units, exact or refused."""
    raw = text.strip()
    if not _AMOUNT.fullmatch(raw):
        raise Unreadable(at, N_("“{text}” is not an amount"), text=raw[:30])
    exact = Decimal(raw.replace(",", ".")).scaleb(precision(known_currency(currency, at)))
    if exact != exact.to_integral_value() or exact > MINOR_MAX:
        raise Unreadable(at, N_("“{text}” is not an amount in {currency}"), text=raw[:30], currency=currency)
    return int(exact)


def known_currency(code: str, at: int) -> str:
    """A currency code that is in use."""
    try:
        return currency_code(code)
    except UnknownCurrency:
        raise Unreadable(at, N_("“{text}” is not a currency"), text=code[:10]) from None


def day(text: str, at: int, form: str = "%Y-%m-%d") -> date:
    """A date in one form, exact or refused."""
    try:
        return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007  (a date has no zone)
    except ValueError:
        raise Unreadable(at, N_("“{text}” is not a date"), text=text.strip()[:30]) from None


def given(value: str | None) -> str:
    """A value without the placeholders that banks put where there is none, on one line."""
    text = " ".join((value or "").split())
    return "" if text.upper() in _NONE else text[:TEXT_MAX]


def joined(lines: Iterable[str | None]) -> str:
    """Free text, a line each, without empty lines."""
    return "\n".join(kept for line in lines if (kept := given(line)))[:TEXT_MAX]


def account_key(text: str) -> str:
    """An account's number as it is compared: letters and digits only, without leading zeros."""
    return "".join(sign for sign in text.upper() if sign.isascii() and sign.isalnum()).lstrip("0")


def checked(statement: Statement) -> Statement:
    """The statement if its own figures agree: no empty amounts, one currency, closing = opening + sum."""
    if len(statement.lines) > LINES_MAX:
        raise TooMuch(statement.at)
    for line in statement.lines:
        if line.amount.minor == 0:
            raise Unreadable(line.at, N_("the amount is zero"))
        if line.amount.currency != statement.currency:
            raise Unreadable(
                line.at,
                N_("an amount in {given} on an account in {asked}"),
                given=line.amount.currency,
                asked=statement.currency,
            )
    if statement.opening is not None and statement.closing is not None:
        total = statement.opening.minor + sum(line.amount.minor for line in statement.lines)
        if total != statement.closing.minor:
            gap = Money(statement.closing.minor - total, statement.currency)
            raise Unreadable(
                statement.at,
                N_(
                    "the statement opens with {opening}, its lines lead to {reached}, "
                    "but it closes with {closing}: {gap} is missing"
                ),
                opening=statement.opening,
                reached=Money(total, statement.currency),
                closing=statement.closing,
                gap=gap,
            )
    return statement
