"""Intermediaries: what each earns from a purchase, as the terms of an offer say it; typed, shown and computed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from app.core import language
from app.core.errors import N_, Refusal
from app.core.money import Money, read_amount
from app.web.typed import Form

MOST = 20
FIELD, NOBODY = "intermediaries", "intermediaries_none"
_MILLION = 1_000_000
_PERCENT = re.compile(r"[0-9]{1,3}([.,][0-9]{1,4})? ?%")
_PART, _EACH = N_("a part of the price paid"), N_("an amount for each purchase")


class BadRemuneration(Refusal):
    """A line of what intermediaries earn cannot be read."""

    message = N_(
        "Line {number} is not who earns, who pays and how much. Write it like: Portal LLC; the issuer; 2.5 % – or, for "
        "an amount for each purchase: Portal LLC; the issuer; 1.15"
    )


class EarnsAndEarnsNot(Refusal):
    """Somebody is said to earn, and nobody to."""

    message = N_("Either list what intermediaries earn, or say that none earns anything.")


@dataclass(frozen=True)
class Remuneration:
    """Who earns, and who pays it: `ppm` millionths of what a buyer pays, or `each_cents` for each purchase."""

    earner: str
    payer: str
    ppm: int | None = None
    each_cents: int | None = None

    def __post_init__(self) -> None:
        """One of the two ways."""
        assert (self.ppm is None) != (self.each_cents is None), "a part or an amount"

    @property
    def form(self) -> str:
        """In which form it is earned, as a message."""
        return _EACH if self.ppm is None else _PART

    def earned(self, paid_cents: int) -> int:
        """What it comes to when a buyer pays so much: whole minor units, halves upwards."""
        if self.ppm is None:
            assert self.each_cents is not None, "one of the two"
            return self.each_cents
        return (2 * paid_cents * self.ppm + _MILLION) // (2 * _MILLION)

    def words(self, currency: str, lang: str) -> str:
        """How much, in words of a language."""
        if self.each_cents is not None:
            return language.money(Money(self.each_cents, currency), lang)
        return language.percent(self.ppm or 0, lang, _MILLION, 4)


Said = tuple[Remuneration, ...] | None
"""None while nothing was said; no line: no intermediary earns anything."""


def read_intermediaries(form: Form, currency: str) -> Said:
    """What the organizer's form says; problems are told at its fields."""
    text = form.text(FIELD, max=5_000, required=False, lines=True)
    lines = [line for line in text.split("\n") if line.strip()]
    nobody = form.checked(NOBODY)
    if lines and nobody:
        form.refuse(FIELD, EarnsAndEarnsNot())
    found = []
    for number, line in enumerate(lines, 1):
        one = _read(line, currency)
        if one is None or number > MOST:
            form.refuse(FIELD, BadRemuneration(number=number))
            break
        found.append(one)
    return tuple(found) if found or nobody else None


def typed_intermediaries(said: Said, currency: str) -> dict[str, str]:
    """The same as the form's fields show it."""
    if said is None:
        return {}
    return {FIELD: "\n".join(_line(one, currency) for one in said)} if said else {NOBODY: "yes"}


def intermediaries_of(rows: Sequence[Mapping[str, Any]] | None) -> Said:
    """What a version of the terms keeps."""
    return None if rows is None else tuple(Remuneration(**row) for row in rows)


def as_rows(said: Said) -> list[dict[str, Any]] | None:
    """The same as it is kept."""
    return None if said is None else [asdict(one) for one in said]


def _read(line: str, currency: str) -> Remuneration | None:
    earner, payer, much = ([part.strip() for part in line.split(";")] + ["", "", ""])[:3]
    if line.count(";") != 2 or not 1 <= len(earner) <= 140 or not 1 <= len(payer) <= 140:
        return None
    try:
        if not much.endswith("%"):
            return Remuneration(earner, payer, each_cents=_positive(read_amount(much, currency).minor))
        if not _PERCENT.fullmatch(much):
            return None
        ppm = _positive(int(Decimal(much.removesuffix("%").strip().replace(",", ".")) * 10_000))
        return Remuneration(earner, payer, ppm=ppm) if ppm <= _MILLION else None
    except (Refusal, ValueError):
        return None


def _positive(number: int) -> int:
    if number <= 0:
        raise ValueError
    return number


def _line(one: Remuneration, currency: str) -> str:
    percent = f"{(Decimal(one.ppm or 0) / 10_000).normalize():f} %"
    much = percent if one.each_cents is None else str(Money(one.each_cents, currency).decimal())
    return f"{one.earner}; {one.payer}; {much}"
