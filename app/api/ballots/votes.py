"""Shapes of votes: what a program sends, and what the roll and a vote say of whoever asks."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import Field, Strict

from app.api.shapes import Counted, Given, Line, Taken
from app.ballots.casting.models import Channel, Vote
from app.ballots.casting.recording import Answers, Part
from app.ballots.electorate.models import Elector


class AnswerTaken(Taken):
    """What is said to one item; where votes may be split, an item is answered several times."""

    item: Counted
    answer: Annotated[
        Line,
        Field(
            max_length=1_000,
            description="`for`, `against` or `abstain`; `2` of options, `1,3` of an approval, `1:5,3:2` as scores, "
            "`3>1>2` as a ranking; `none` marks nothing.",
            examples=["for"],
        ),
    ]
    votes: Counted | None = Field(None, description="With how many of the votes; null: with all of them.")


class SaidTaken(Taken):
    """Answers to everything on the ballot, and which vote they replace."""

    answers: list[AnswerTaken] = Field(min_length=1, max_length=500)
    replaces: Annotated[int, Strict(), Field(ge=1)] | None = Field(
        None, description="The number of the vote that it changes; null for the first."
    )

    def said(self) -> Answers:
        """The answers as the house knows them."""
        said: dict[int, list[Part]] = {}
        for each in self.answers:
            said.setdefault(each.item, []).append(Part(each.answer, each.votes))
        return said


class VoteTaken(SaidTaken):
    """A vote on everything on the ballot."""

    elector: Counted = Field(description="Whose vote it is, as the ballot lists the caller's electors.")


class AnswerGiven(Given):
    """What a vote says to one item, with how many of the elector's votes."""

    item: int
    answer: str = Field(examples=["for"])
    votes: int | None


class VoteGiven(Given):
    """A recorded vote that counts now."""

    number: int = Field(description="By which a later vote says that it replaces this one.")
    elector: int
    channel: Channel
    cast_at: datetime
    answers: list[AnswerGiven]


class ElectorGiven(Given):
    """A line of the roll for which the caller votes."""

    elector: int
    name: str
    votes: int
    voted_at: datetime | None = Field(description="When a vote was cast; null: none was.")
    vote: VoteGiven | None = Field(
        description="The recorded vote; null without the scope `ballots:vote`, and where the ballot is secret."
    )


def vote_given(vote: Vote, parts: Answers) -> VoteGiven:
    """A vote as the API gives it to whoever votes for its elector."""
    return VoteGiven(
        number=vote.id,
        elector=vote.elector_id,
        channel=Channel(vote.channel),
        cast_at=vote.cast_at,
        answers=list(_answers(parts)),
    )


def elector_given(elector: Elector, voted_at: datetime | None, vote: VoteGiven | None) -> ElectorGiven:
    """A line of the roll as the API gives it to whoever votes for it."""
    return ElectorGiven(elector=elector.id, name=elector.name, votes=elector.weight, voted_at=voted_at, vote=vote)


def _answers(parts: Answers) -> Iterable[AnswerGiven]:
    for item, said in parts.items():
        yield from (AnswerGiven(item=item, answer=part.answer, votes=part.weight) for part in said)
