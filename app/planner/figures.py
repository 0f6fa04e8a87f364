"""Figures as people type them, read exactly or refused by name."""

import re
from fractions import Fraction
from typing import ClassVar

from app.core.errors import N_, Refusal
from app.core.money import Money, precision, read_amount

LIMIT = 10**15
_PLAIN = r"\d+(?:[.,]\d+)?"
_AMBIGUOUS = re.compile(r"([1-9]\d{0,2})([.,])(\d{3})", re.ASCII)  # thousands to some, three decimals to others
_SPACED = r"[1-9]\d{0,2}(?:[ '’]\d{3})+(?:[.,]\d+)?"
_COMMAS = r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?"
_POINTS = r"[1-9]\d{0,2}(?:\.\d{3}){2,}(?:,\d+)?"
_NUMBER = re.compile(f"{_SPACED}|{_COMMAS}|{_POINTS}|{_PLAIN}", re.ASCII)
_RATIO = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%|/\s*(\d+))?", re.ASCII)
_LONGEST = 60


class FigureRefused(Refusal):
    """A figure cannot be used; `field` is the one it was given for."""

    status = 422
    field: ClassVar[str | None] = None


class Missing(FigureRefused):
    """A figure that the plan cannot do without was not given."""

    message = N_("This figure is needed.")


class NotANumber(FigureRefused):
    """The text is not a number."""

    message = N_("“{text}” is not a number. Write it like 350000000 or 17.28.")


class Ambiguous(FigureRefused):
    """The figure has one mark and three digits after it: thousands to some, decimals to others."""

    message = N_("“{text}” can be read in two ways. Write {thousands} or {decimals}.")


class AmbiguousCount(Ambiguous):
    """A count has one point and three digits after it."""

    message = N_("“{text}” can be read in two ways. If it means thousands, write {thousands}.")


class NotAWholeNumber(FigureRefused):
    """A count has a fraction."""

    message = N_("“{text}” is not a whole number.")


class NotAPart(FigureRefused):
    """The text is not a part of a whole."""

    message = N_("“{text}” is not a part of a whole. Write it like 1%, 0.01 or 1/100.")


class Negative(FigureRefused):
    """The figure is below zero."""

    message = N_("“{text}” is below zero.")


class Nothing(FigureRefused):
    """The figure is zero where something is needed."""

    message = N_("This must be more than zero.")


class MoreThanAll(FigureRefused):
    """A part is larger than its whole."""

    message = N_("“{text}” is more than the whole. Write 1% or 0.01 for one in a hundred.")


class TooLarge(FigureRefused):
    """The figure is beyond anything that a plan can mean."""

    message = N_("This is too large: the planner reckons up to {limit}.")


def read_whole(text: str) -> int:
    """A whole number above zero, thousands grouped or not; a single point before three digits is refused."""
    raw = _plain(text)
    found = _AMBIGUOUS.fullmatch(raw)
    if found and found[2] == ".":
        raise _two_ways(AmbiguousCount, found)
    number = _number(raw)
    if number.denominator != 1:
        raise NotAWholeNumber(text=shown(text))
    return int(number)


def read_number(text: str) -> Fraction:
    """A number above zero, exact: `17.28`, `17,28`, `17.2825`, `12,230,000,000`, `12 230 000 000,50`.

    A single comma or point before exactly three digits (`1.234`) is refused where it could group thousands.
    """
    raw = _plain(text)
    found = _AMBIGUOUS.fullmatch(raw)
    if found:
        raise _two_ways(Ambiguous, found)
    return _number(raw)


def read_money(text: str, currency: str) -> Money:
    """An amount above zero, in whole minor units."""
    amount = read_amount(_plain(text), currency)
    _in_reach(Fraction(amount.decimal()))
    return amount


def read_price(text: str, currency: str) -> Fraction:
    """A price a share in minor units, which need not be whole: `17.2825` is 1728.25 cents."""
    return read_number(text) * Fraction(10) ** precision(currency)


def read_part(text: str, most: int | None = 1) -> Fraction:
    """A part of one, exact: `0.01`, `1%`, `1/100`; refused above `most` unless that is None.

    `4.125%` of at most the whole can only be read in one way; of more (`most`=100) it is refused.
    """
    found = _RATIO.fullmatch(_plain(text))
    if not found or (found[3] and not int(found[3])):
        raise NotAPart(text=shown(text))
    whole = 1 if not found[2] else 100 if found[2] == "%" else int(found[3])
    part = Fraction(found[1].replace(",", ".")) / whole
    twofold = _AMBIGUOUS.fullmatch(found[1])
    if twofold and (most is None or part * 1000 <= most):
        raise _two_ways(Ambiguous, twofold)
    if most is not None and part > most:
        raise MoreThanAll(text=shown(text))
    if part > LIMIT:
        raise TooLarge(limit=LIMIT)
    return part


def shown(text: str) -> str:
    """What a person typed, short enough to say back."""
    return text.strip()[:40]


def _plain(text: str) -> str:
    raw = text.strip().replace("\u00a0", " ").replace("\u202f", " ")
    if not raw:
        raise Missing()
    if raw[0] in "-−" and any(sign.isdigit() for sign in raw):
        raise Negative(text=shown(text))
    if len(raw) > _LONGEST:
        raise NotANumber(text=shown(text))
    return raw


def _two_ways(refusal: type[Ambiguous], found: re.Match[str]) -> Ambiguous:
    thousands, decimals = found[1] + found[3], f"{found[1]}.{found[3]}0"
    return refusal(text=found[0], thousands=thousands, decimals=decimals)


def _number(raw: str) -> Fraction:
    if not _NUMBER.fullmatch(raw):
        raise NotANumber(text=shown(raw))
    return _in_reach(Fraction(_decimal(raw)))


def _decimal(raw: str) -> str:
    """The matched number with no thousands marks and a point as decimal mark."""
    if re.fullmatch(_PLAIN, raw, re.ASCII) and not re.fullmatch(_COMMAS, raw, re.ASCII):
        return raw.replace(",", ".")
    if re.fullmatch(_SPACED, raw, re.ASCII):
        return re.sub(r"[ '’]", "", raw).replace(",", ".")
    if re.fullmatch(_COMMAS, raw, re.ASCII):
        return raw.replace(",", "")
    return raw.replace(".", "").replace(",", ".")


def _in_reach(number: Fraction) -> Fraction:
    if not number:
        raise Nothing()
    if number > LIMIT:
        raise TooLarge(limit=LIMIT)
    return number
