"""Figures as they come in, read exactly: a number is never a float, a date is a date somewhere, nothing is guessed."""

import json
import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from app.core.errors import N_, Refusal
from app.law.decisions import RefusedFigures, Term
from app.law.thresholds import NegativeFigure

_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_RATIO = re.compile(r"-?[0-9]{1,9}/[1-9][0-9]{0,8}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")  # how the reader of TOML says it
_LARGEST = 10**18
_ERA = (1800, 2999)  # years of dates that mean something here; outside them, arithmetic on dates would overflow


class NotOneObject(RefusedFigures):
    """The input is not one JSON object."""

    message = N_("The input is not one JSON object: {why}.")


class BrokenOff(Refusal):
    """Why an input is not one JSON object: the place from which on it cannot be read."""

    message = N_("it cannot be read from line {line}, column {column} on")


class TooLong(Refusal):
    """Why an input is not one JSON object: it is longer than the figures of one question ever are."""

    message = N_("it is longer than {most} bytes")


class UnknownFigure(Refusal):
    """The rule does not know that figure."""

    message = N_("The rule “{rule}” knows no figure “{name}”. It takes: {known}.")


class NotAFigure(RefusedFigures):
    """The figure is of another kind than the rule needs."""

    message = N_("The figure “{name}” must be {what}.")


class NotOneOf(RefusedFigures):
    """The figure is none of the few that the rule knows."""

    message = N_("The figure “{name}” must be one of {choices}.")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that a rule takes: its name, and how it is read (from its name, the raw value, the rule's zone)."""

    name: str
    read: Callable[[str, Any, ZoneInfo], Any]


def read_object(text: str | bytes) -> dict[str, Any]:
    """One JSON object: decimals kept exact; refuses NaN and Infinity, a name said twice, and anything else."""
    try:
        read = json.loads(text, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_once)
    except NotOneObject:
        raise
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise NotOneObject(why=unreadable(error)) from None
    if not isinstance(read, dict):
        raise NotOneObject(why=Term(_kind(read)))
    return read


def unreadable(error: Exception) -> Term | BrokenOff:
    """Why JSON or TOML cannot be read, in words of our own."""
    if isinstance(error, UnicodeDecodeError):
        return Term(N_("it is no text in UTF-8"))
    if isinstance(error, RecursionError):
        return Term(N_("it is nested too deeply"))
    if isinstance(error, json.JSONDecodeError):
        whole = bool(error.doc.strip())
        return BrokenOff(line=error.lineno, column=error.colno) if whole else Term(N_("nothing came in"))
    if place := _PLACE.search(str(error)):
        return BrokenOff(line=int(place[1]), column=int(place[2]))
    early = isinstance(error, tomllib.TOMLDecodeError)
    return Term(N_("it ends too early")) if early else Term(N_("a number in it has too many digits"))


def read_figures(rule: str, figures: Sequence[Figure], given: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The given raw values, read as the rule takes them; refuses one that it does not know."""
    known = {figure.name: figure for figure in figures}
    for name in given:
        if name not in known:
            raise UnknownFigure(rule=rule, name=name[:60], known=", ".join(known))
    return {name: known[name].read(name, raw, zone) for name, raw in given.items()}


def count(name: str, raw: Any, zone: ZoneInfo) -> int:
    """A whole number of things, zero or more."""
    number = amount(name, raw, zone)
    if number.denominator != 1:
        raise NotAFigure(name=name, what=Term(N_("a whole number")))
    return number.numerator


def some(name: str, raw: Any, zone: ZoneInfo) -> int:
    """A whole number of things, one or more."""
    number = count(name, raw, zone)
    if number == 0:
        raise NotAFigure(name=name, what=Term(N_("a whole number above zero")))
    return number


def few(name: str, raw: Any, zone: ZoneInfo) -> int:
    """A whole number of days, months, years or times, zero to 10,000."""
    number = count(name, raw, zone)
    if number > 10_000:
        raise NotAFigure(name=name, what=Term(N_("at most 10000")))
    return number


def call(name: str, raw: Any, zone: ZoneInfo) -> int:
    """Which call of a meeting: the first, the second, or the third (a second one put off to later)."""
    number = some(name, raw, zone)
    if number > 3:
        raise NotOneOf(name=name, choices="1, 2, 3")
    return number


def per_year(name: str, raw: Any, zone: ZoneInfo) -> int:
    """Payments in a year, one to 366."""
    number = some(name, raw, zone)
    if number > 366:
        raise NotAFigure(name=name, what=Term(N_("at most 366")))
    return number


def payments(name: str, raw: Any, zone: ZoneInfo) -> int:
    """A number of payments, one to 1,200: a century of months."""
    number = some(name, raw, zone)
    if number > 1200:
        raise NotAFigure(name=name, what=Term(N_("at most 1200")))
    return number


def amount(name: str, raw: Any, zone: ZoneInfo) -> Fraction:
    """An amount or number, zero or more, exact: a JSON number, or its digits as text."""
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal | str):
        raise NotAFigure(name=name, what=Term(N_("a number")))
    text = _digits(raw)
    if text is None or abs(Fraction(text)) > _LARGEST:
        raise NotAFigure(name=name, what=Term(N_("a number of at most 18 digits, written like 2300 or 2300.00")))
    number = Fraction(text)
    if number < 0:
        raise NegativeFigure(name=name)
    return number


def ratio(name: str, raw: Any, zone: ZoneInfo) -> Fraction:
    """A part of a whole: `51/100`, or a decimal; not negative."""
    if isinstance(raw, str) and _RATIO.fullmatch(raw):
        number = Fraction(raw)
        if number < 0:
            raise NegativeFigure(name=name)
        return number
    return amount(name, raw, zone)


def cents(name: str, raw: Any, zone: ZoneInfo) -> Fraction:
    """An amount of money with at most two decimals."""
    number = amount(name, raw, zone)
    if (number * 100).denominator != 1:
        raise NotAFigure(name=name, what=Term(N_("an amount in whole cents")))
    return number


def part(name: str, raw: Any, zone: ZoneInfo) -> Fraction:
    """A part of a whole, at most all of it."""
    number = ratio(name, raw, zone)
    if number > 1:
        raise NotAFigure(name=name, what=Term(N_("a part of one: write 0.04 for 4%")))
    return number


def portion(name: str, raw: Any, zone: ZoneInfo) -> Fraction:
    """A part of a whole, not none of it."""
    number = part(name, raw, zone)
    if number == 0:
        raise NotAFigure(name=name, what=Term(N_("a fraction above zero")))
    return number


def ratios(name: str, raw: Any, zone: ZoneInfo) -> tuple[Fraction, ...]:
    """Parts of a whole, as a list, or as an object by name."""
    listed = list(raw.values()) if isinstance(raw, dict) else raw
    if not isinstance(listed, list):
        raise NotAFigure(name=name, what=Term(N_("a list of fractions")))
    return tuple(ratio(name, each, zone) for each in listed)


def texts(name: str, raw: Any, zone: ZoneInfo) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(raw, list) or not all(isinstance(each, str) for each in raw):
        raise NotAFigure(name=name, what=Term(N_("a list of texts")))
    return tuple(raw)


def text(name: str, raw: Any, zone: ZoneInfo) -> str:
    """A text."""
    if not isinstance(raw, str):
        raise NotAFigure(name=name, what=Term(N_("a text")))
    return raw


def flag(name: str, raw: Any, zone: ZoneInfo) -> bool:
    """Yes or no."""
    if not isinstance(raw, bool):
        raise NotAFigure(name=name, what=Term(N_("true or false")))
    return raw


def day(name: str, raw: Any, zone: ZoneInfo) -> date:
    """A date; a moment with its offset counts as the date it is in the rule's own zone."""
    if isinstance(raw, str) and not _DAY.fullmatch(raw):
        return moment(name, raw, zone).astimezone(zone).date()
    try:
        read = date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise NotAFigure(name=name, what=Term(N_("a date like 2026-06-15"))) from None
    if not _ERA[0] <= read.year <= _ERA[1]:
        raise NotAFigure(name=name, what=Term(N_("a date of this era")))
    return read


def days(name: str, raw: Any, zone: ZoneInfo) -> tuple[date, ...]:
    """A list of dates."""
    if not isinstance(raw, list):
        raise NotAFigure(name=name, what=Term(N_("a list of dates")))
    return tuple(day(name, each, zone) for each in raw)


def moment(name: str, raw: Any, zone: ZoneInfo) -> datetime:
    """A moment with its offset from UTC."""
    try:
        read = datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        read = None
    if read is None or read.tzinfo is None:
        raise NotAFigure(name=name, what=Term(N_("a moment with its offset, like 2026-11-30T17:00:00+00:00")))
    if not _ERA[0] <= read.year <= _ERA[1]:
        raise NotAFigure(name=name, what=Term(N_("a date of this era")))
    return read


def one_of(*choices: str) -> Callable[[str, Any, ZoneInfo], str]:
    """How to read one of a few texts."""

    def read(name: str, raw: Any, zone: ZoneInfo) -> str:
        if not isinstance(raw, str) or raw not in choices:
            raise NotOneOf(name=name, choices=", ".join(choices))
        return raw

    return read


def _digits(raw: int | Decimal | str) -> str | None:
    """The number in plain digits, or None when it is none or has too many; checked before anything is computed."""
    if isinstance(raw, str):
        return raw if _NUMBER.fullmatch(raw) else None
    if isinstance(raw, int):
        return str(raw) if abs(raw) <= _LARGEST else None
    if raw.is_zero():
        return "0"
    return f"{raw:f}" if raw.is_finite() and -18 <= raw.adjusted() <= 18 and len(raw.as_tuple().digits) <= 36 else None


def _constant(_name: str) -> Any:
    raise NotOneObject(why=Term(N_("NaN and Infinity are no numbers")))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotOneObject(why=Term(N_("a name stands in it twice")))
    return found


def _kind(read: Any) -> str:
    return {
        list: N_("it is a list"),
        str: N_("it is a text"),
        bool: N_("it is true or false"),
        type(None): N_("it is null"),
    }.get(type(read), N_("it is a number"))
