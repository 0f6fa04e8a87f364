"""Votes on resolutions: a majority, with a quorum or a turnout where the law asks for one, level by level."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from app.core.errors import N_, Refusal
from app.law.decisions import Decision, Reason
from app.law.notices import added_months, in_order
from app.law.profiles import Profile, as_threshold
from app.law.thresholds import CARRIED, DENOMINATORS, LOST, ContradictoryFigures, Tally, Threshold, check_tally

QUORATE = N_("{part} of {whole} ({share}) take part; {needed} {fraction} is needed, so there is a quorum.")
INQUORATE = N_("{part} of {whole} ({share}) take part; {needed} {fraction} is needed, so there is no quorum.")
ATTENDED = {CARRIED: QUORATE, LOST: INQUORATE}
NO_QUORUM_ASKED = N_("This call needs no quorum.")
UNANIMOUS = N_("{part} of {whole} holders consent, absent ones counted; all must, as members would owe further calls.")
GAP = N_("The second meeting is {gap} days after the first; it must be from {earliest} to {latest}.")
INVESTORS_ODD = N_(
    "Votes of investor members do not add up in one unit ({investors_for} for out of {investors_cast}): "
    "check that both levels are counted as the rules say."
)

_MEANS = {
    "abstain": "abstentions",
    "abstention": "abstentions",
    "abstaining": "abstentions",
    "incl": "with",
    "inc": "with",
    "including": "with",
    "plus": "with",
    "excl": "without",
    "excluding": "without",
    "not": "without",
    "represented": "present",
    "voted": "voting",
} | dict.fromkeys(("and", "of", "or", "the", "only", "vote", "votes", "share", "shares", "all", "total", "valid"), "")
_DENOMINATORS_BY_WORDS: Mapping[frozenset[str], str] = {
    frozenset(words.split()): name
    for name, ways in {
        "cast_for_against": (
            "cast|for against|cast for against|cast without abstentions|for against without abstentions"
            "|cast for against without abstentions"
        ),
        "cast_with_abstentions": (
            "cast abstentions|cast with abstentions|for against abstentions|for against with abstentions"
            "|cast for against abstentions|cast for against with abstentions"
        ),
        "outstanding": "outstanding|outstanding entitled",
        "entitled": "entitled",
        "eligible": "eligible",
        "eligible_voting": "eligible voting",
        "members": "members",
        "present": "present",
        "capital_represented_at_resolution": "capital present|capital present at resolution",
    }.items()
    for words in ways.split("|")
}


class UnknownDenominator(Refusal):
    """The name says no denominator that is known: “75%” means nothing without one."""

    message = N_(
        "“{name}” is no denominator. There are: cast_for_against, cast_with_abstentions, present, entitled, "
        "eligible, members, outstanding, capital_represented_at_resolution."
    )


def decide(majority: Threshold, tally: Tally, quorum: Threshold | None = None, part: Tally | None = None) -> Decision:
    """Whether the tally carries: with a quorum, both must be met. Answers `pass`, `share`, and `quorum` when asked.

    `part` holds the counts of the quorum when those of the vote are in another unit.
    """
    vote = majority.decide(tally)
    if quorum is None:
        return vote
    attended = quorum.decide(tally if part is None else part)
    met, carried = bool(attended.outcome), bool(attended.outcome and vote.outcome)
    return replace(
        vote,
        outcome=carried,
        answers={"pass": carried, "quorum": met, "share": vote.answers["share"]},
        reasons=(
            *(replace(reason, message=ATTENDED.get(reason.message, reason.message)) for reason in attended.reasons),
            *vote.reasons,
        ),
        grounds=tuple(dict.fromkeys((*vote.grounds, *attended.grounds))),
    )


def conversion(profile: Profile, tally: Tally, key: str | None = None) -> Decision:
    """Whether a resolution carries by the profile's conversion majority, or the majority of that key."""
    return decide(profile.threshold(key), tally)


def called(profile: Profile, tally: Tally, majority: str, quorum: str, call: int) -> Decision:
    """Whether a meeting's resolution carries, with the quorum of its call (3: a second meeting put off to later)."""
    value = profile.value(quorum)
    data = value.data["first" if call == 1 else "second"]
    attendance = {name: tally[name] for name in ("present", "shares_with_votes", "members") if name in tally}
    votes = dict(tally)
    if "votes_present" in votes:
        votes["entitled"] = votes.pop("votes_present")
        votes.pop("present", None)
    check_tally(votes)
    if isinstance(data, str):
        check_tally(attendance)
        vote = profile.threshold(majority).decide(votes)
        free = Reason(True, f"call {call}: no quorum", NO_QUORUM_ASKED)
        answers = {"pass": vote.answers["pass"], "quorum": True, "share": vote.answers["share"]}
        return replace(vote, answers=answers, reasons=(free, *vote.reasons), grounds=(*vote.grounds, value))
    return decide(profile.threshold(majority), votes, as_threshold(data, value), attendance)


def demutualisation(
    profile: Profile, tally: Tally, meeting: int, first: date | None = None, second: date | None = None
) -> Decision:
    """Whether a UK society's resolution to become a company carries at its first or second meeting.

    The first needs a turnout; the second comes 14 days to one month later (checked when both dates are given).
    """
    check_tally(tally)
    value = profile.value("demutualise")
    if meeting == 1:
        turnout = as_threshold(value.data["turnout"], value)
        return decide(as_threshold(value.data["meeting1"], value), tally, turnout)
    vote = as_threshold(value.data["meeting2"], value).decide(tally)
    if first is None or second is None:
        return vote
    in_order("first", first, "second", second)
    earliest = date.fromordinal(first.toordinal() + value.whole("gap_min_days"))
    latest = added_months(first, value.whole("gap_max_months"))
    gap = (second - first).days
    timely = earliest <= second <= latest
    comparison = f"earliest <= second <= latest: {earliest} <= {second} <= {latest} is {str(timely).lower()}"
    reason = Reason(timely, comparison, GAP, {"gap": gap, "earliest": earliest, "latest": latest})
    carried = timely and bool(vote.outcome)
    answers = {"pass": carried, "share": vote.answers["share"], "days": gap}
    return replace(vote, outcome=carried, answers=answers, reasons=(*vote.reasons, reason))


def cooperative_association(profile: Profile, tally: Tally) -> Decision:
    """Whether a Colorado LCA's resolution carries: among all, and among the patrons alone; power where it is given."""
    check_tally(tally)
    value = profile.value("voting")
    levels = [as_threshold(level, value).decide(tally) for level in value.data["pass"]]
    if "patron_power" in tally or "all_power" in tally:
        levels.append(as_threshold(value.data["patron_power"], value).decide(tally))
    carried = all(level.outcome for level in levels)
    answers = {
        "pass": carried,
        "share": levels[0].answers["share"],
        "patron_share": levels[1].answers["share"],
    }
    reasons = tuple(reason for level in levels for reason in level.reasons)
    return Decision("", carried, answers, {}, reasons, (value,), _odd_investors(tally))


def unanimity(profile: Profile, holders: int, consenting: int) -> Decision:
    """Whether every holder consents, absent ones too, to a German change of form where members owe further calls."""
    if consenting > holders:
        raise ContradictoryFigures(part="consenting", part_count=consenting, whole="holders", whole_count=holders)
    carried = consenting == holders
    comparison = f"consenting = holders: {consenting} = {holders} is {str(carried).lower()}"
    reason = Reason(carried, comparison, UNANIMOUS, {"part": consenting, "whole": holders})
    value = profile.value("approvals.holders.if_member_liability")
    return Decision("", carried, {"pass": carried}, {}, (reason,), (value,))


def counted(tally: Tally, den: str, op: str = ">", frac: Fraction = Fraction(1, 2)) -> Decision:
    """Any tally, by any denominator: arithmetic alone, more than one half unless said otherwise."""
    return Threshold("for", denominator(den), op, frac).decide(tally)


def denominator(name: str) -> str:
    """The denominator that a name says, however it joins the words: `cast+abstain`, `cast_incl_abstentions`."""
    if name in DENOMINATORS:
        return name
    words = [_MEANS.get(word, word) for word in re.split(r"[^a-z]+", name.lower())]
    found = _DENOMINATORS_BY_WORDS.get(frozenset(word for word in words if word))
    if found is None:
        raise UnknownDenominator(name=name[:60])
    return found


def _odd_investors(tally: Tally) -> tuple[Reason, ...]:
    """A note when what is left to the investor members is more votes for than votes cast."""
    investors_for = tally["all_for"] - tally["patron_for"]
    investors_cast = tally["all_cast"] - tally["patron_cast"]
    if investors_for <= investors_cast:
        return ()
    places: dict[str, Any] = {"investors_for": investors_for, "investors_cast": investors_cast}
    return (Reason(False, f"{investors_for} <= {investors_cast} is false", INVESTORS_ODD, places),)
