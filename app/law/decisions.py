"""A decision that explains itself: rule, figures, comparison and source, for people and as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.core.errors import N_
from app.law.sources import source
from app.law.values import Value

ENFORCED = N_("This is enforced: the source was read ({sources}).")
ADVISORY = N_("This is a warning, not a bar: {why} Ask counsel to confirm it, and record the confirmation.")
NOT_READ = N_("no source was read for it.")
UNSURE = N_("confidence in it is only {confidence}.")
NOT_IN_FORCE = N_("“{title}” is in force {period}, not today.")
REVIEW_DUE = N_("“{title}” was to be reviewed by {review_by}.")


@dataclass(frozen=True, slots=True)
class Reason:
    """One comparison: whether it holds, its exact form, and a sentence for people (`message` with {places})."""

    holds: bool
    comparison: str
    message: str
    places: Mapping[str, Any] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        """The sentence, translated when a gettext function is given."""
        return said(self.message, self.places, translate)


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

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        """The decision in sentences: what was compared, and how far it binds."""
        sentences = [reason.text(translate) for reason in (*self.reasons, *self.notes)]
        return " ".join([*sentences, *self._standing(translate)])

    def as_data(self) -> dict[str, Any]:
        """The decision for machines: the answers under their names, then how they came about."""
        return {
            **self.answers,
            "rule": self.rule,
            "figures": plain(self.figures),
            "comparison": self.comparison,
            "text": self.text(),
            "enforced": self.enforced,
            "notes": [note.text() for note in self.notes],
            "grounds": [ground.as_data() for ground in self.grounds],
            "sources": [{"id": id_, "ref": source(id_).ref} for id_ in self.sources],
        }

    def _standing(self, translate: Callable[[str], str] | None) -> list[str]:
        if self.enforced is None:
            return []
        if self.enforced:
            refs = "; ".join(source(id_).ref for id_ in self.sources)
            return [said(ENFORCED, {"sources": refs}, translate)]
        weak = next(ground for ground in self.grounds if not ground.enforced)
        why = (
            said(NOT_READ, {}, translate) if not weak.read else said(UNSURE, {"confidence": weak.confidence}, translate)
        )
        return [said(ADVISORY, {"why": why}, translate)]


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


def said(message: str, places: Mapping[str, Any], translate: Callable[[str], str] | None = None) -> str:
    """A message with its places filled, figures written for people."""
    template = translate(message) if translate else message
    return template.format(**{name: shown(value) for name, value in places.items()})


def shown(figure: Any) -> str:
    """A figure as text in any language: digits grouped by narrow spaces, a point for decimals, fractions as `3/4`."""
    if isinstance(figure, bool) or not isinstance(figure, int | Decimal | Fraction):
        return str(figure)
    if isinstance(figure, Fraction) and figure.denominator == 1:
        figure = figure.numerator
    if isinstance(figure, Fraction):
        return f"{figure.numerator}/{figure.denominator}"
    return (
        f"{figure:,f}".replace(",", "\u202f") if isinstance(figure, Decimal) else f"{figure:,}".replace(",", "\u202f")
    )


def percent(part: Fraction) -> str:
    """A share of one as text, to two decimals: `63.95 %`."""
    return f"{rounded(part * 100, 2)}\u00a0%"


def rounded(number: Fraction, places: int) -> Decimal:
    """A fraction rounded half to even to so many decimal places, without passing through floats."""
    scaled = round(number * 10**places)
    return Decimal(scaled).scaleb(-places)


def plain(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Figures for machines: fractions and moments as text."""
    return {name: _plain(figure) for name, figure in figures.items()}


def _plain(figure: Any) -> Any:
    if isinstance(figure, Fraction):
        return figure.numerator if figure.denominator == 1 else f"{figure.numerator}/{figure.denominator}"
    if isinstance(figure, date | datetime):
        return figure.isoformat()
    if isinstance(figure, tuple | list):
        return [_plain(inner) for inner in figure]
    return figure
