"""The bar a vote must clear, as the planner counts it: in shares of one company, from a jurisdiction's profile."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from app.core import clock
from app.core.errors import N_, Refusal
from app.law.profiles import Profile, is_threshold, profile, profile_ids
from app.law.thresholds import Threshold

NAMES = {
    "us-de-266": N_("Delaware: conversion (DGCL 266)"),
    "us-de-251": N_("Delaware: merger (DGCL 251)"),
    "uk-company-to-society": N_("United Kingdom: company into society (s.115)"),
    "fr-sa-scic": N_("France: SA becomes SCIC"),
    "de-umwg-eg": N_("Germany: AG or GmbH into eG (UmwG)"),
}
_OUTSTANDING = ("outstanding", "outstanding_entitled")


class OfferingProfile(Refusal):
    """The profile is about offering shares, so no vote of holders can be planned by it."""

    message = N_("{profile} is about offering shares, not about a vote. Choose one of: {choices}.")
    field = "profile"


class NoVoteOfShares(Refusal):
    """The profile has no vote in which shares count."""

    message = N_(
        "By {profile} no vote is counted in shares, so buying shares cannot carry it. Choose one of: {choices}."
    )
    field = "profile"


@dataclass(frozen=True, slots=True)
class Bar:
    """A threshold on shares: `fraction` of a base, reached (`>=`) or passed (`>`, `strict`).

    `of_outstanding` says whether the base is all shares entitled to vote or only the votes cast for and against.
    `quorums` is the part of all shares that must be present, by call of the meeting; empty when none is asked.
    """

    fraction: Fraction
    strict: bool
    of_outstanding: bool
    quorums: tuple[Fraction, ...] = ()

    def least(self, base: int) -> int:
        """The fewest whole votes for that clear the bar on this base; nothing is carried by no vote at all."""
        mark = self.fraction * base
        return max(floor(mark) + 1 if self.strict else ceil(mark), 1)

    def call_with_quorum(self, present: int, shares: int) -> int | None:
        """The first call of the meeting (from 1) that has its quorum; None when no call has."""
        for call, quorum in enumerate(self.quorums or (Fraction(0),), start=1):
            if present >= quorum * shares:
                return call
        return None

    def missing_for_quorum(self, present: int, shares: int) -> int:
        """Shares still missing at the call that asks for the fewest."""
        lowest = min(self.quorums, default=Fraction(0))
        return max(ceil(lowest * shares) - present, 0)


@dataclass(frozen=True, slots=True)
class Vote:
    """A profile's vote on the conversion itself: the rule as the law room has it, and as a bar on shares."""

    profile: Profile
    threshold: Threshold
    bar: Bar

    @property
    def name(self) -> str:
        """A short name for choosing, marked for translation; the profile's own title where there is none."""
        return NAMES.get(self.profile.id, self.profile.title)

    @property
    def country(self) -> str:
        """The country whose rules on holdings apply: `US` for `US-DE`."""
        return self.profile.jurisdiction.partition("-")[0]


def vote_of(profile_id: str) -> Vote:
    """The vote of the profile of that id; refuses an unknown profile, and one without a vote of shares in force."""
    rules = profile(profile_id)
    if rules.kind != "governance":
        raise OfferingProfile(profile=rules.id, choices=", ".join(votes()))
    if not _counts_shares(rules):
        raise NoVoteOfShares(profile=rules.id, choices=", ".join(votes()))
    threshold = rules.threshold()
    if threshold.value is not None:
        threshold.value.require(clock.today(rules.zone))
    bar = Bar(
        threshold.fraction,
        strict=threshold.operator == ">",
        of_outstanding=threshold.denominator in _OUTSTANDING,
        quorums=_quorums(rules),
    )
    return Vote(rules, threshold, bar)


def votes() -> tuple[str, ...]:
    """Ids of the profiles with a vote that shares can carry, sorted."""
    return tuple(id_ for id_ in profile_ids() if _counts_shares(profile(id_)))


def _counts_shares(rules: Profile) -> bool:
    by_member = rules.voting is not None and rules.voting.basis == "member"
    return rules.kind == "governance" and rules.conversion_threshold is not None and not by_member


def _quorums(rules: Profile) -> tuple[Fraction, ...]:
    """The quorum of each call, where the profile states one on the shares present."""
    key = (rules.conversion_threshold or "").rpartition(".")[0] + ".quorum"
    value = rules.values.get(key)
    calls = value.data if value is not None and isinstance(value.data, Mapping) else {}
    return tuple(Fraction(calls[call]["fraction"]) for call in ("first", "second") if is_threshold(calls.get(call)))
