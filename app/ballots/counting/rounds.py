"""The log of a count: what happened at each stage, so that anybody can follow it with the ballots in hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.ballots.counting.lots import Tie


@dataclass(frozen=True, slots=True)
class Transfer:
    """What one candidate received at a stage: papers, and the votes they are worth (in the count's units)."""

    papers: int
    votes: int


@dataclass(frozen=True, slots=True)
class Round:
    """A stage: `votes` as they stand at its end, `elected` in order, `deemed` those of them without a quota.

    `exhausted` and `fractions` are what this stage took out of the count: papers without a further preference, and
    the remainders that a rule says to ignore. Votes are whole numbers of the count's unit.
    """

    stage: int
    action: str
    candidate: int | None
    votes: Mapping[int, int]
    transfers: Mapping[int, Transfer] = field(default_factory=dict)
    exhausted: int = 0
    fractions: int = 0
    elected: tuple[int, ...] = ()
    deemed: tuple[int, ...] = ()
    ties: tuple[Tie, ...] = ()
    seat: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A finished count. `places` is how many decimal places the unit of votes has (5: one vote is 100000 units)."""

    method: str
    seats: int
    quota: int | None
    elected: tuple[int, ...]
    rounds: tuple[Round, ...]
    valid: int
    blank: int
    spoilt: int
    seed: str
    lots: tuple[int, ...]
    places: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """The whole count for JSON: candidates by number, votes as whole numbers or as text with decimal places."""
        return {
            "method": self.method,
            "seats": self.seats,
            "quota": self.quota,
            "elected": list(self.elected),
            "ballots": {"valid": self.valid, "blank": self.blank, "spoilt": self.spoilt},
            "seed": self.seed,
            "lots": list(self.lots),
            "rounds": [round_data(each, self.places) for each in self.rounds],
            **self.details,
        }


def round_data(each: Round, places: int) -> dict[str, Any]:
    """One stage for JSON."""
    said: dict[str, Any] = {"stage": each.stage, "action": each.action, "candidate": each.candidate}
    if each.seat is not None:
        said["seat"] = each.seat
    return said | {
        "votes": {str(number): written(votes, places) for number, votes in sorted(each.votes.items())},
        "transfers": {
            str(number): {"papers": given.papers, "votes": written(given.votes, places)}
            for number, given in sorted(each.transfers.items())
        },
        "exhausted": written(each.exhausted, places),
        "fractions": written(each.fractions, places),
        "elected": list(each.elected),
        "deemed": list(each.deemed),
        "excluded": [each.candidate] if each.action == "exclusion" else [],
        "ties": [tie_data(tie) for tie in each.ties],
    }


def tie_data(tie: Tie) -> dict[str, Any]:
    """A tie for JSON."""
    return {
        "purpose": tie.purpose,
        "candidates": list(tie.candidates),
        "chosen": tie.chosen,
        "by": "lot" if tie.stage is None else "stage",
        "stage": tie.stage,
    }


def written(votes: int, places: int) -> int | str:
    """So many units as votes: a whole number, or text with the decimal places that the rule counts in."""
    if places == 0:
        return votes
    whole, part = divmod(votes, 10**places)
    return f"{whole}.{part:0{places}d}"
