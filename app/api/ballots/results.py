"""Shapes of certified results: turnout, the figures of each item and the decision that they give, and the hashes."""

from datetime import datetime
from typing import Any

from pydantic import Field

from app.api.shapes import Given
from app.ballots.result.models import BallotCertificate, BallotResult
from app.ballots.showing import ItemShown


class TookPartGiven(Given):
    """Who took part."""

    electors: int
    votes: int
    shares: int


class MeasureGiven(TookPartGiven):
    """What the votes are measured against."""

    patron_votes: int
    outstanding_shares: int


class OutcomeGiven(Given):
    """What came of an item; of one that was withdrawn nothing was counted."""

    item: int
    position: int
    title: str
    withdrawn: bool
    quorate: bool | None = Field(description="Whether its quorum was reached; true where it needs none.")
    carried: bool | None = Field(description="Whether a motion is carried; null for an election.")
    counts: dict[str, int] | None = Field(
        description="The votes on a motion.", examples=[{"for": 160, "against": 0, "abstain": 40}]
    )
    elected: list[str] | None = Field(description="The options that an election chose, in order; null for a motion.")
    count: dict[str, Any] | None = Field(description="An election's count, as the frozen facts have it.")
    reasons: list[str] = Field(description="The decision in words: first of the quorum, then of each majority.")
    comparisons: list[str] = Field(description="The same in exact figures.")


class ResultGiven(Given):
    """The result that two tellers certified."""

    slug: str
    certified_at: datetime
    counted_at: datetime
    sha256: str = Field(description="Of the frozen facts, by which two tellers signed them.")
    roll_sha256: str = Field(description="Of the roll.")
    seed: str = Field(description="From which lots are drawn.")
    turnout: TookPartGiven
    whole: MeasureGiven
    items: list[OutcomeGiven]
    bundle: str = Field(description="The operation that gives the bundle with which anybody counts again.")


def result_given(
    result: BallotResult, certificate: BallotCertificate, items: list[ItemShown], lang: str
) -> ResultGiven:
    """A certified result; `items` as the ballot's page shows them."""
    facts = result.facts
    took_part, whole = facts["turnout"], facts["electorate"]["whole"]
    return ResultGiven(
        slug=facts["ballot"],
        certified_at=certificate.certified_at,
        counted_at=result.counted_at,
        sha256=certificate.sha256,
        roll_sha256=facts["electorate"]["sha256"],
        seed=facts["seed"],
        turnout=TookPartGiven(electors=took_part["electors"], votes=took_part["weight"], shares=took_part["shares"]),
        whole=MeasureGiven(
            electors=whole["electors"],
            votes=whole["weight"],
            shares=whole["shares"],
            patron_votes=whole["patron_weight"],
            outstanding_shares=whole["outstanding"],
        ),
        items=[outcome_given(each, lang) for each in items],
        bundle=f"/api/v1/ballots/{facts['ballot']}/bundle",
    )


def outcome_given(shown: ItemShown, lang: str) -> OutcomeGiven:
    """What an item came to, as its ballot's page shows it."""
    facts = shown.facts or {}
    decisions = [each for each in (shown.quorum, *(shown.outcome.levels if shown.outcome else ())) if each]
    names, count = shown.item.question.names(), facts.get("count")
    return OutcomeGiven(
        item=shown.item.id,
        position=shown.item.row.position,
        title=shown.title,
        withdrawn=shown.item.withdrawal is not None,
        quorate=facts.get("quorate"),
        carried=facts.get("carried"),
        counts=facts["counts"]["all"] if "counts" in facts else None,
        elected=[names[number - 1] for number in count["elected"]] if count else None,
        count=count,
        reasons=[each.reasons[0].text(lang) for each in decisions],
        comparisons=[each.comparison for each in decisions],
    )
