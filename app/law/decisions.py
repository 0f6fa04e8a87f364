"""A decision that explains itself: rule, figures, comparison and source, for people and as data."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from types import ModuleType
from typing import Any

from app.core.errors import N_, Refusal
from app.law.sources import source
from app.law.values import Value

ENFORCED = N_("This is enforced: the source was read ({sources}).")
CONFIRMED = N_("This is enforced: {counsel} confirmed it.")
ADVISORY = N_("This is a warning, not a bar: {why} Ask counsel to confirm it, and record the confirmation.")
VERDICTS: Mapping[tuple[str, bool | None], str] = {
    ("pass", True): N_("It passes."),
    ("pass", False): N_("It does not pass."),
    ("ok", True): N_("It is allowed."),
    ("ok", False): N_("It is not allowed."),
    ("warn", True): N_("No warning is needed."),
    ("warn", False): N_("A warning is needed."),
}
NOT_READ = N_("no source was read for it.")
UNSURE = N_("confidence in it is only {confidence}.")
NOT_IN_FORCE = N_("“{title}” is in force {period}, not today.")
REVIEW_DUE = N_("“{title}” was to be reviewed by {review_by}.")


_DIGITS = Context(prec=100)  # figures of 36 digits, and what they come to, are written without rounding


class RefusedFigures(Refusal):
    """Figures declined, by themselves: the places of the message may be figures, or terms to translate."""

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        """The message in English, its places written for people."""
        assert translate is None, "figures are written by language: use text_in"
        return self.text_in("en")

    def text_in(self, lang: str) -> str:
        """The message in a language, its places written for people."""
        return said(self.message, self.facts, lang)


class Term(str):
    """A word or a phrase inside a message, translated where the message is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Percent:
    """A share of one, written as a percentage of two decimals, cut off: never rounded onto a mark it misses."""

    part: Fraction

    def text(self, lang: str = "en") -> str:
        """As a language writes it: `63.95%`, `63,95 %`."""
        if lang == "en":
            hundredths = abs(self.part.numerator) * 10_000 // self.part.denominator
            return f"{_grouped(number(Fraction(hundredths if self.part >= 0 else -hundredths, 100)), lang)}%"
        with localcontext(_DIGITS):
            return str(_language().percent(self.part, lang, digits=2))


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison: whether it holds, its exact form, and a sentence for people (`message` with {places})."""

    holds: bool
    comparison: str
    message: str
    places: Mapping[str, Any] = field(default_factory=dict)

    def text(self, lang: str = "en") -> str:
        """The sentence in a language."""
        return said(self.message, self.places, lang)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule says about some figures.

    `outcome` is the yes or no (None where the rule only computes); `answers` are the named results (`pass`,
    `share`, `limit`, ...), exact; `figures` what was given; `grounds` the values of the profile it rests on.
    """

    rule: str
    outcome: bool | None
    answers: Mapping[str, Any]
    figures: Mapping[str, Any]
    reasons: tuple[Reason, ...]
    grounds: tuple[Value, ...] = ()
    notes: tuple[Reason, ...] = ()

    @property
    def enforced(self) -> bool | None:
        """Whether the product may refuse on it; False means it only warns; None that it is arithmetic, not law."""
        return all(ground.enforced for ground in self.grounds) if self.grounds else None

    @property
    def refused(self) -> bool:
        """Whether the product must decline: the outcome is no, and the rule is enforced."""
        return self.outcome is False and self.enforced is True

    @property
    def comparison(self) -> str:
        """Every comparison made, in exact figures."""
        return "; ".join(reason.comparison for reason in self.reasons)

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the sources, in the order of the grounds, each once."""
        return tuple(dict.fromkeys(id_ for ground in self.grounds for id_ in ground.sources))

    def named(self, rule: str, figures: Mapping[str, Any]) -> "Decision":
        """The same decision as the answer of that rule to those figures."""
        return replace(self, rule=rule, figures=figures)

    def text(self, lang: str = "en") -> str:
        """The decision in sentences: the outcome, what was compared, and how far it binds."""
        sentences = [reason.text(lang) for reason in (*self.reasons, *self.notes)]
        return " ".join([*self._verdict(lang), *sentences, *self._standing(lang)])

    def as_data(self, lang: str = "en") -> dict[str, Any]:
        """The decision for machines: the answers under their names, then how they came about; sentences in `lang`."""
        return {
            **self.answers,
            "rule": self.rule,
            "figures": plain(self.figures),
            "comparison": self.comparison,
            "text": self.text(lang),
            "enforced": self.enforced,
            "notes": [note.text(lang) for note in self.notes],
            "grounds": [ground.as_data() for ground in self.grounds],
            "sources": [{"id": id_, "ref": source(id_).ref} for id_ in self.sources],
        }

    def _verdict(self, lang: str) -> list[str]:
        keys = [(name, self.outcome) for name in ("pass", "ok", "warn") if name in self.answers]
        return [said(VERDICTS[keys[0]], {}, lang)] if keys and keys[0] in VERDICTS else []

    def _standing(self, lang: str) -> list[str]:
        if self.enforced is None:
            return []
        counsel = [ground.confirmed_by for ground in self.grounds if ground.confirmed_by]
        if self.enforced and counsel:
            return [said(CONFIRMED, {"counsel": ", ".join(dict.fromkeys(counsel))}, lang)]
        if self.enforced:
            refs = "; ".join(source(id_).ref for id_ in self.sources)
            return [said(ENFORCED, {"sources": refs}, lang)]
        weak = next(ground for ground in self.grounds if not ground.enforced)
        why = said(UNSURE, {"confidence": weak.confidence}, lang) if weak.read else said(NOT_READ, {}, lang)
        return [said(ADVISORY, {"why": why}, lang)]


def standing_on(grounds: tuple[Value, ...], today: date) -> tuple[Reason, ...]:
    """Notes on values that are not in force today, or whose review is due."""
    notes = []
    for ground in grounds:
        if not ground.in_force(today):
            places = {"title": ground.title, "period": ground.period()}
            notes.append(Reason(False, f"{today} not in {ground.period()}", NOT_IN_FORCE, places))
        elif ground.review_by is not None and ground.review_by < today:
            places = {"title": ground.title, "review_by": str(ground.review_by)}
            notes.append(Reason(False, f"{ground.review_by} < {today}", REVIEW_DUE, places))
    return tuple(notes)


def said(message: str, places: Mapping[str, Any], lang: str = "en") -> str:
    """A message in a language with its places filled, figures written for people."""
    filled = {name: shown(value, lang) for name, value in places.items()}
    return _translated(message, lang).format(**filled)


def shown(figure: Any, lang: str = "en") -> str:
    """A figure or term as a language writes it: `124,000`, `124 000`; fractions as `3/4` in any."""
    if isinstance(figure, Term):
        return _translated(figure, lang)
    if isinstance(figure, Percent):
        return figure.text(lang)
    if isinstance(figure, Refusal):
        return said(figure.message, figure.facts, lang)
    if isinstance(figure, bool) or not isinstance(figure, int | Decimal | Fraction):
        return str(figure)
    if isinstance(figure, Fraction):
        return f"{figure.numerator}/{figure.denominator}" if figure.denominator != 1 else shown(figure.numerator, lang)
    return _grouped(figure, lang)


def _grouped(figure: int | Decimal, lang: str) -> str:
    if lang == "en":
        return f"{figure:,f}" if isinstance(figure, Decimal) else f"{figure:,}"
    from babel.numbers import format_decimal

    with localcontext(_DIGITS):
        return str(format_decimal(figure, locale=lang, decimal_quantization=False))


def _translated(message: str, lang: str) -> str:
    return message if lang == "en" else str(_language().translator(lang)(message))


def _language() -> ModuleType:
    """Loaded for other languages than English only: the command, which speaks English, starts without it."""
    from app.core import language

    return language


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}


def compare(left: tuple[str, Any], sign: str, right: tuple[str, Any], message: str, **places: Any) -> Reason:
    """The reason that comes of comparing two named figures: `("days", 13), ">=", ("need", 14)`."""
    (left_name, left_figure), (right_name, right_figure) = left, right
    holds = _COMPARE[sign](left_figure, right_figure)
    form = f"{left_name} {sign} {right_name}: {_written(left_figure)} {sign} {_written(right_figure)}"
    return Reason(holds, f"{form} is {str(holds).lower()}", message, {left_name: left_figure, **places})


def number(exact: Fraction) -> int | Decimal:
    """An exact amount as a whole number or a decimal; what has no finite decimal form is a programmer's error."""
    if exact.denominator == 1:
        return exact.numerator
    written = _decimal(exact)
    assert written is not None, f"{exact} has no finite decimal form"
    return written


def percent(part: Fraction) -> Percent:
    """A share of one as a place of a message, written as a percentage."""
    return Percent(part)


def rounded(number: Fraction, places: int) -> Decimal:
    """A fraction rounded half to even to so many decimal places, without passing through floats."""
    return _scaled(round(number * 10**places), places)


def plain(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures for machines: fractions and moments as text."""
    return {name: _plain(figure) for name, figure in figures.items()}


def _decimal(exact: Fraction) -> Decimal | None:
    """The finite decimal form of a fraction, or None when it has none."""
    rest, places = exact.denominator, 0
    while rest % 10 == 0 or rest % 5 == 0 or rest % 2 == 0:
        rest //= 10 if rest % 10 == 0 else 5 if rest % 5 == 0 else 2
        places += 1
    return _scaled(exact.numerator * 10**places // exact.denominator, places) if rest == 1 else None


def _scaled(digits: int, places: int) -> Decimal:
    """So many units of the last decimal place; built digit by digit, as arithmetic would round at 28 digits."""
    return Decimal((int(digits < 0), tuple(map(int, str(abs(digits)))), -places))


def _written(figure: Any) -> str:
    return str(_plain(figure))


def _plain(figure: Any) -> Any:
    if isinstance(figure, Fraction):
        written = figure.numerator if figure.denominator == 1 else _decimal(figure)
        return f"{figure.numerator}/{figure.denominator}" if written is None else written
    if isinstance(figure, Percent):
        return figure.text()
    if isinstance(figure, date | datetime):
        return figure.isoformat()
    if isinstance(figure, tuple | list):
        return [_plain(inner) for inner in figure]
    return figure
