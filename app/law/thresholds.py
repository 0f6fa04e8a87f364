"""Majorities and quorums: a numerator, a denominator, an operator and a fraction, compared in whole numbers."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from app.core.errors import N_
from app.law.decisions import Decision, Reason, RefusedFigures, Term, percent, plain, rounded
from app.law.values import Value

Count = int | Fraction
Tally = Mapping[str, Count]  # counts by name: for, against, abstain, outstanding, ...

OPERATORS: Mapping[str, Callable[[Count, Count], bool]] = {">": operator.gt, ">=": operator.ge}

# Each denominator is a sum of counts. Abstentions, blank and spoilt ballots are votes only where the name says so.
DENOMINATORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "outstanding_entitled": ("outstanding",),
        "outstanding": ("outstanding",),
        "cast_for_against": ("for", "against"),
        "cast_valid": ("for", "against"),
        "cast_with_abstentions": ("for", "against", "abstain"),
        "eligible_voting": ("for", "against"),
        "eligible": ("eligible",),
        "entitled": ("entitled",),
        "present": ("present",),
        "members": ("members",),
        "shares_with_votes": ("shares_with_votes",),
        "capital_represented_at_resolution": ("capital_represented",),
        "all_cast": ("all_cast",),
        "patron_cast": ("patron_cast",),
        "all_power": ("all_power",),
    }
)
NUMERATORS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "for": ("for",),
        "capital_for": ("capital_for",),
        "all_for": ("all_for",),
        "patron_for": ("patron_for",),
        "patron_power": ("patron_power",),
        "present": ("present",),
        "eligible_voting": ("for", "against"),
    }
)

# Denominators that contain each other, by how many who did not vote for or against they count in.
_BREADTH: Mapping[str, int] = MappingProxyType(
    {
        "cast_for_against": 0,
        "cast_valid": 0,
        "eligible_voting": 0,
        "cast_with_abstentions": 1,
        "present": 2,
        "entitled": 3,
        "eligible": 3,
        "members": 3,
        "outstanding": 4,
        "outstanding_entitled": 4,
    }
)

# What no tally may contradict: the parts together never exceed the whole. Broker non-votes are present, not cast.
_VOTES = ("for", "against", "abstain", "blank", "spoilt")
_WHOLES: tuple[tuple[tuple[str, ...], str], ...] = (
    (_VOTES, "present"),
    *(((*_VOTES, "broker_non_votes"), whole) for whole in ("outstanding", "entitled", "eligible", "members")),
    *((("present",), whole) for whole in ("outstanding", "entitled", "eligible", "members", "shares_with_votes")),
    (("entitled",), "outstanding"),
    (("capital_for",), "capital_represented"),
    (("all_for",), "all_cast"),
    (("patron_for",), "patron_cast"),
    (("patron_for",), "all_for"),
    (("patron_cast",), "all_cast"),
    (("patron_power",), "all_power"),
)

CARRIED = N_("{part} of {whole} ({share}) are for; {needed} {fraction} is needed, so that is enough.")
LOST = N_("{part} of {whole} ({share}) are for; {needed} {fraction} is needed, so that is not enough.")
NOBODY = N_("No votes were cast, so nothing is carried.")
MORE_THAN = N_("more than")
AT_LEAST = N_("at least")


class MissingFigure(RefusedFigures):
    """A figure that the rule needs is not there; nothing is guessed."""

    message = N_("The figure “{name}” is missing.")


class NegativeFigure(RefusedFigures):
    """A count or an amount below zero."""

    message = N_("The figure “{name}” is negative.")


class ContradictoryFigures(RefusedFigures):
    """Parts that exceed their whole, such as more votes than are entitled."""

    message = N_("The figures contradict each other: {part} ({part_count}) is more than {whole} ({whole_count}).")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A majority or quorum. `numerator` and `denominator` name counts; `operator` is `>` or `>=`.

    `rule` and `value` say where it comes from, when it comes from a profile.
    """

    numerator: str
    denominator: str
    operator: str
    fraction: Fraction
    rule: str = ""
    value: Value | None = None

    def __post_init__(self) -> None:
        """Refuse names and fractions that mean nothing: a programmer's error."""
        assert self.operator in OPERATORS, f"unknown operator {self.operator}"
        assert self.numerator in NUMERATORS, f"unknown numerator {self.numerator}"
        assert self.denominator in DENOMINATORS, f"unknown denominator {self.denominator}"
        assert 0 < self.fraction <= 1, f"{self.fraction} is no part of a whole"

    def holds(self, part: Count, whole: Count) -> bool:
        """Whether `part` of `whole` is enough: `part * q` against `p * whole`, so that no rounding can decide."""
        assert min(part, whole) >= 0, "counts are not negative"
        return whole > 0 and OPERATORS[self.operator](part * self.fraction.denominator, self.fraction.numerator * whole)

    def decide(self, tally: Tally) -> Decision:
        """Whether the tally meets the threshold; answers `pass` and `share` (to four decimals, None if none voted)."""
        check_tally(tally)
        part, whole = count(tally, NUMERATORS[self.numerator]), count(tally, DENOMINATORS[self.denominator])
        carried = self.holds(part, whole)
        share = Fraction(part) / Fraction(whole) if whole else None
        return Decision(
            rule=self.rule,
            outcome=carried,
            answers={"pass": carried, "share": None if share is None else rounded(share, 4)},
            figures=plain(dict(tally)),
            reasons=(self._reason(part, whole, share, carried),),
            grounds=(self.value,) if self.value else (),
        )

    def stricter_or_equal(self, other: "Threshold") -> bool | None:
        """Whether no tally could pass here and fail there: the same numerator of as much or more, and as large a part.

        False when it is certainly laxer; None when neither is certain.
        """
        if self.numerator != other.numerator:
            return None
        mine, theirs = (self.fraction, self.operator == ">"), (other.fraction, other.operator == ">")
        if self.denominator == other.denominator:
            return mine >= theirs
        if self.denominator not in _BREADTH or other.denominator not in _BREADTH:
            return None
        broader = _BREADTH[self.denominator] >= _BREADTH[other.denominator]
        narrower = _BREADTH[self.denominator] <= _BREADTH[other.denominator]
        return True if broader and mine >= theirs else False if narrower and mine < theirs else None

    def as_data(self) -> dict[str, str]:
        """The four parts, which every result certificate prints."""
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "operator": self.operator,
            "fraction": f"{self.fraction.numerator}/{self.fraction.denominator}",
        }

    def _reason(self, part: Count, whole: Count, share: Fraction | None, carried: bool) -> Reason:
        if share is None:
            return Reason(False, f"{self.denominator} > 0: 0 > 0 is false", NOBODY)
        p, q = self.fraction.numerator, self.fraction.denominator
        comparison = (
            f"{self.numerator} × {q} {self.operator} {self.denominator} × {p}: "
            f"{part * q} {self.operator} {whole * p} is {str(carried).lower()}"
        )
        places = {
            "part": part,
            "whole": whole,
            "share": percent(share),
            "needed": Term(MORE_THAN if self.operator == ">" else AT_LEAST),
            "fraction": self.fraction,
        }
        return Reason(carried, comparison, CARRIED if carried else LOST, places)


def count(tally: Tally, names: tuple[str, ...]) -> Count:
    """The sum of the named counts; refuses when one is missing."""
    for name in names:
        if name not in tally:
            raise MissingFigure(name=name)
    return sum((tally[name] for name in names), start=0)


def check_tally(tally: Tally) -> None:
    """Refuse negative counts, and parts that exceed their whole."""
    for name, number in tally.items():
        if number < 0:
            raise NegativeFigure(name=name)
    for parts, whole in _WHOLES:
        given = [name for name in parts if name in tally]
        if whole in tally and given:
            total = sum(tally[name] for name in given)
            if total > tally[whole]:
                raise ContradictoryFigures(
                    part=" + ".join(given), part_count=total, whole=whole, whole_count=tally[whole]
                )
