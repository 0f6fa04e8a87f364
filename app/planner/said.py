"""A sentence of the planner: a marked message and the facts that fill its places, said in a language where shown."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from app.core import language


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
