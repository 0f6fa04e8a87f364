"""Motions: votes for, against and abstaining, with their weights added exactly; also across colleges with weights."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from app.ballots.counting.elections import MalformedBallot
from app.core.errors import N_

Weight = int | Fraction

FOR, AGAINST, ABSTAIN = CHOICES = ("for", "against", "abstain")


class UnknownChoice(MalformedBallot):
    """A vote on a motion that is none of the three."""

    message = N_("“{choice}” is no answer to a motion; there are: for, against, abstain.")


class NotPositive(MalformedBallot):
    """A weight that is not exact, or not above zero."""

    message = N_("The weight of a vote is {weight}; it must be a whole number or a fraction above zero.")


def tally(votes: Iterable[tuple[str, Weight]]) -> dict[str, Weight]:
    """The weights for, against and abstaining; refuses an unknown answer and a weight that is not above zero."""
    totals: dict[str, Weight] = dict.fromkeys(CHOICES, 0)
    for choice, weight in votes:
        if choice not in totals:
            raise UnknownChoice(choice=choice)
        if type(weight) not in (int, Fraction) or weight <= 0:
            raise NotPositive(weight=weight)
        totals[choice] += weight
    return totals


def across_colleges(
    colleges: Iterable[tuple[Weight, Mapping[str, Weight]]], *, proportional: bool
) -> dict[str, Weight]:
    """One tally of several colleges, each with the weight that the statutes give it.

    `proportional`: a college's weight is divided as its votes for and against are. Otherwise all of it goes to the
    side with more votes. A college that is tied (when not proportional) or silent adds its weight to the abstentions.
    """
    totals: dict[str, Weight] = dict.fromkeys(CHOICES, 0)
    for weight, votes in colleges:
        if type(weight) not in (int, Fraction) or weight <= 0:
            raise NotPositive(weight=weight)
        cast = votes[FOR] + votes[AGAINST]
        if not cast or (not proportional and votes[FOR] == votes[AGAINST]):
            totals[ABSTAIN] += weight
        elif proportional:
            part = Fraction(weight) * Fraction(votes[FOR]) / Fraction(cast)
            totals[FOR] += part
            totals[AGAINST] += weight - part
        else:
            totals[FOR if votes[FOR] > votes[AGAINST] else AGAINST] += weight
    return totals
