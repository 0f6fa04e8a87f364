"""What approving a proposal would do, in words: each act says what its values are called and how each is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from app.core import language
from app.core.errors import N_
from app.core.language import translator
from app.core.money import Money
from app.members.approvals.about import About, about

SHOWN_ANYWAY = frozenset({"by", "proposed_by", "reason", "source"})
"""Who proposes, why, and the key under which it is done once: the page says the first two itself."""

Words = str | About | list[str]


@dataclass(frozen=True)
class Told:
    """A value on its way into words: with the other values of its proposal, for a reader of a language."""

    session: Session
    value: Any
    payload: Mapping[str, Any]
    lang: str

    def label(self, message: str) -> str:
        """A message in the reader's language."""
        return translator(self.lang)(message)


Tell = Callable[[Told], Words]


def text(told: Told) -> Words:
    """A text as it was typed, or a hash."""
    return str(told.value)


def whole(told: Told) -> Words:
    """A whole number, thousands grouped."""
    return language.number(told.value, told.lang)


def day(told: Told) -> Words:
    """A day."""
    return language.day(date.fromisoformat(told.value), told.lang)


def moment(told: Told) -> Words:
    """A moment."""
    return language.moment(datetime.fromisoformat(told.value), told.lang)


def yes_no(told: Told) -> Words:
    """Whether it is so."""
    return told.label(N_("yes") if told.value else N_("no"))


def money(told: Told) -> Words:
    """Minor units of the currency that stands beside them."""
    return language.money(Money(told.value, told.payload["currency"]), told.lang)


def millionths(told: Told) -> Words:
    """Millionths as a percentage."""
    return language.percent(Fraction(told.value, 1_000_000), told.lang, digits=4)


def fraction(told: Told) -> Words:
    """A part such as 1/20 as a percentage."""
    return language.percent(Fraction(told.value), told.lang)


def several(told: Told) -> Words:
    """Texts, a line each."""
    return [str(each) for each in told.value]


def named(kind: str) -> Tell:
    """Something that the desk has a page for, by its kind: a person, a member."""
    return lambda told: about(told.session, f"{kind}:{told.value}", told.lang) or str(told.value)


def chosen(options: Mapping[Any, str]) -> Tell:
    """One of some choices, which are messages."""
    return lambda told: told.label(options.get(told.value, str(told.value)))


person, member = named("person"), named("member")


@dataclass(frozen=True)
class Value:
    """A value of an act's proposals: its name in the payload, its label (a message), and how it is told.

    Where nothing was given it is left out, or told as `nothing` (a message).
    """

    name: str
    label: str
    tell: Tell = text
    nothing: str = ""


def in_words(
    session: Session, values: tuple[Value, ...], payload: Mapping[str, Any], lang: str
) -> list[tuple[str, Words]]:
    """The labels and words of what a payload says."""
    lines: list[tuple[str, Words]] = []
    for each in values:
        told = Told(session, payload.get(each.name), payload, lang)
        given = told.value not in (None, "", [], {})
        if given or each.nothing:
            lines.append((told.label(each.label), each.tell(told) if given else told.label(each.nothing)))
    return lines
