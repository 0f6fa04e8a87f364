"""A sentence of the planner: a marked message and the facts that fill its places, said in a language where shown."""

from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from babel.numbers import format_compact_currency, format_compact_decimal, format_decimal

from app.core import language
from app.core.errors import N_
from app.core.money import Money
from app.planner.planning import Mark


@dataclass(frozen=True, slots=True)
class Said:
    """`message` is English, marked with `N_`, with `{named}` places; `facts` are money, numbers, shares, or text."""

    message: str
    facts: dict[str, Any] = field(default_factory=dict)

    def text(self, lang: str = "en") -> str:
        """The sentence in a language, its figures written as that language writes them."""
        written = {
            name: percent(fact, lang) if isinstance(fact, Fraction) else language.written(fact, lang)
            for name, fact in self.facts.items()
        }
        return language.translator(lang)(self.message).format(**written)


def said(message: str, **facts: Any) -> Said:
    """A sentence with its facts."""
    return Said(message, facts)


def percent(part: Fraction, lang: str) -> str:
    """A part of one with two decimals, or for small parts as many as show two digits: `49.45%`, `0.0012%`."""
    digits = 2
    while part and abs(part) * 10**digits < Fraction(1, 10) and digits < 12:
        digits += 1
    return language.percent(part, lang, digits=digits)


def needed(mark: Mark, lang: str) -> str:
    """A stake that a vote asks for: `more than 50%`, `at least 66.67%`; rounded up, so that what is said is enough."""
    part = Fraction(ceil(mark.part * 10_000), 10_000) if mark.part >= Fraction(1, 1000) else mark.part
    return said(N_("more than {part}") if mark.strict else N_("at least {part}"), part=part).text(lang)


def short(amount: Money, lang: str) -> str:
    """An amount in few letters, rounded to three digits: `$8.05B`, `$2.3K`; the exact amount belongs beside it."""
    whole = amount.decimal()
    if abs(whole) < 1000 and whole != whole.to_integral_value():
        return language.money(amount, lang)
    digits = 2 - whole.adjusted() % 3 if abs(whole) >= 1000 else 0
    return str(format_compact_currency(whole, amount.currency, locale=lang, fraction_digits=digits))


def few(amount: Money, lang: str) -> str:
    """An amount without its currency in very few letters, for the axis of a picture: `20K`, `20 k`."""
    whole = amount.decimal()
    small = abs(whole) < 1000
    return str(
        format_decimal(whole, locale=lang) if small else format_compact_decimal(whole, locale=lang, fraction_digits=1)
    )


def price(minor: Fraction, currency: str, lang: str) -> str:
    """A price a share, given in minor units that need not be whole, cut to whole ones."""
    return language.money(Money(floor(minor), currency), lang)


def ratio(number: Fraction, lang: str) -> str:
    """A number, such as a rate of exchange, to four digits."""
    digits = Context(prec=4).divide(Decimal(number.numerator), Decimal(number.denominator))
    return str(format_decimal(digits, locale=lang, decimal_quantization=False))
