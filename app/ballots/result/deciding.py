"""Deciding: from the counts of an item and its rule to whether it is carried, level by level; pure and exact."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from app.ballots.casting.stores import Group, Turnout
from app.ballots.counting.motions import ABSTAIN, AGAINST, CHOICES, FOR, Weight, across_colleges
from app.ballots.rules import CallRule, Need
from app.ballots.stating import College
from app.law.decisions import Decision
from app.law.thresholds import DENOMINATORS, NUMERATORS, Count
from app.law.votes import ATTENDED

PATRON = "patron"


@dataclass(frozen=True, slots=True)
class Whole:
    """What votes are measured against: the roll's totals, its patrons' weight, and all outstanding shares."""

    electors: int
    weight: int
    shares: int
    patron_weight: int
    outstanding: int

    def as_data(self) -> dict[str, int]:
        """For the frozen facts."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class MotionCounts:
    """The votes on a motion: weights for, against and abstaining in all, of patrons, by college, and their shares."""

    all: Mapping[str, int]
    patrons: Mapping[str, int]
    colleges: Mapping[str, Mapping[str, int]]
    shares: Mapping[str, int]

    def as_data(self) -> dict[str, Any]:
        """For the frozen facts."""
        return {
            "all": dict(self.all),
            "patrons": dict(self.patrons),
            "colleges": {name: dict(votes) for name, votes in self.colleges.items()},
            "shares": dict(self.shares),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether an item is carried: every level's decision, and the quorum's where one is needed."""

    carried: bool
    quorate: bool
    levels: tuple[Decision, ...]
    quorum: Decision | None


def motion_counts(groups: Iterable[Group], colleges: Iterable[str]) -> MotionCounts:
    """The votes on a motion, added up."""
    everyone, patrons, shares = (dict.fromkeys(CHOICES, 0) for _ in range(3))
    by_college = {name: dict.fromkeys(CHOICES, 0) for name in colleges}
    for group in groups:
        everyone[group.answer] += group.weight
        shares[group.answer] += group.shares
        if group.kind == PATRON:
            patrons[group.answer] += group.weight
        if group.college in by_college:
            by_college[group.college][group.answer] += group.weight
    return MotionCounts(everyone, patrons, by_college, shares)


def counts_of(data: Mapping[str, Any]) -> MotionCounts:
    """The counts that frozen facts say."""
    return MotionCounts(data["all"], data["patrons"], data["colleges"], data["shares"])


def decide_motion(
    rule: CallRule, counts: MotionCounts, took_part: Turnout, whole: Whole, colleges: Iterable[College], *, shared: bool
) -> Outcome:
    """Whether a motion is carried. `shared`: a college's weight is divided as its votes are, not won whole."""
    listed = list(colleges)
    votes: Mapping[str, Weight] = counts.all
    if listed:
        votes = across_colleges([(each.weight, counts.colleges[each.name]) for each in listed], proportional=shared)
    levels = tuple(
        level.threshold.decide(figures(level, votes, counts, took_part, whole, in_colleges=bool(listed)))
        for level in rule.levels
    )
    quorum = decide_quorum(rule, took_part, whole)
    quorate = quorum is None or bool(quorum.outcome)
    return Outcome(quorate and all(level.outcome for level in levels), quorate, levels, quorum)


def decide_quorum(rule: CallRule, took_part: Turnout, whole: Whole) -> Decision | None:
    """Whether enough take part, in words of attendance; None where no quorum is needed."""
    if rule.quorum is None:
        return None
    threshold = rule.quorum.threshold
    attended = threshold.decide(attendance(rule.quorum, took_part, whole))
    reasons = tuple(replace(each, message=ATTENDED.get(each.message, each.message)) for each in attended.reasons)
    return replace(attended, reasons=reasons)


def attendance(need: Need, took_part: Turnout, whole: Whole) -> dict[str, Count]:
    """The figures of a quorum in the unit of its base: people, shares, or votes."""
    base = need.threshold.denominator
    here, all_ = {
        "members": (took_part.electors, whole.electors),
        "shares_with_votes": (took_part.shares, whole.shares),
        "outstanding": (took_part.shares, whole.outstanding),
        "outstanding_entitled": (took_part.shares, whole.outstanding),
    }.get(base, (took_part.weight, whole.weight))
    if need.threshold.numerator == "eligible_voting":
        return {"for": here, "against": 0, DENOMINATORS[base][0]: all_}
    return {"present": here, DENOMINATORS[base][0]: all_}


def figures(
    level: Need,
    votes: Mapping[str, Weight],
    counts: MotionCounts,
    took_part: Turnout,
    whole: Whole,
    *,
    in_colleges: bool,
) -> dict[str, Count]:
    """The counts by name that a level compares, and no others: each base has its own unit.

    Across colleges a vote is a part of 1, so every vote that could be cast together is 1.
    """
    known: dict[str, Count] = {
        **votes,
        "present": sum((votes[choice] for choice in CHOICES), start=Fraction(0)) if in_colleges else took_part.weight,
        "entitled": 1 if in_colleges else whole.weight,
        "eligible": 1 if in_colleges else whole.weight,
        "members": whole.electors,
        "outstanding": whole.outstanding,
        "shares_with_votes": whole.shares,
        "capital_for": counts.shares[FOR],
        "capital_represented": took_part.shares,
        "all_for": counts.all[FOR],
        "all_cast": counts.all[FOR] + counts.all[AGAINST],
        "patron_for": counts.patrons[FOR],
        "patron_cast": counts.patrons[FOR] + counts.patrons[AGAINST],
        "patron_power": whole.patron_weight,
        "all_power": whole.weight,
    }
    names = {*NUMERATORS[level.threshold.numerator], *DENOMINATORS[level.threshold.denominator]}
    if names & {FOR, AGAINST, ABSTAIN}:
        names |= {FOR, AGAINST, ABSTAIN}
    return {name: known[name] for name in names}
