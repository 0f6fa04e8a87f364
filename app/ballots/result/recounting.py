"""Recounting an item from its question, its rule and the groups of equal answers alone; pure and exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.ballots.casting.stores import Group, Turnout
from app.ballots.questions import Question
from app.ballots.result.deciding import Whole, decide_motion, decide_quorum, motion_counts
from app.ballots.result.electing import elect, totals_by_answer
from app.ballots.rules import CallRule, Rule
from app.ballots.stating import College


@dataclass(frozen=True, slots=True)
class Frame:
    """What all items of a ballot share. `shared`: a college's weight is divided as its votes are, not won whole."""

    call: int
    took_part: Turnout
    whole: Whole
    colleges: tuple[College, ...]
    shared: bool
    seed: str


def outcome_facts(
    asked: Question, rule: Rule | None, position: int, groups: Sequence[Group], frame: Frame
) -> dict[str, Any]:
    """What the votes on an item give, as the frozen facts say it: counts with `carried`, or the count of an election.

    Lots are drawn by the ballot's seed, a slash and the item's position.
    """
    needed = rule.at(frame.call) if rule else CallRule(())
    if asked.is_motion:
        counts = motion_counts(groups, [each.name for each in frame.colleges])
        outcome = decide_motion(needed, counts, frame.took_part, frame.whole, frame.colleges, shared=frame.shared)
        comparisons = [level.comparison for level in outcome.levels]
        quorum = outcome.quorum.comparison if outcome.quorum else None
        how = {"comparisons": comparisons, "quorum_comparison": quorum}
        return {"counts": counts.as_data(), "quorate": outcome.quorate, "carried": outcome.carried} | how
    quorum_met = decide_quorum(needed, frame.took_part, frame.whole)
    return {
        "answers": dict(totals_by_answer(groups)),
        "count": elect(asked, groups, f"{frame.seed}/{position}"),
        "quorate": quorum_met is None or bool(quorum_met.outcome),
        "quorum_comparison": quorum_met.comparison if quorum_met else None,
    }
