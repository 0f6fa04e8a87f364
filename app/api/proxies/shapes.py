"""Shapes of proxies: whom somebody names, where it stands, and a vote by one."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, Strict

from app.api.ballots.votes import SaidTaken, VoteGiven
from app.api.shapes import Counted, Day, Email, Given, Line, Taken
from app.ballots.electorate.models import Elector
from app.ballots.proxies.reading import ProxyState, Standing


class InstructionTaken(Taken):
    """How the holder is to vote on one item: so, or not at all."""

    item: Counted
    answer: Annotated[Line, Field(max_length=1_000, description="As in a vote.", examples=["for"])]


class ProxyTaken(Taken):
    """Whom the caller names."""

    email: Email = Field(description="Of somebody who is known here.")
    whole_meeting: bool = Field(False, description="For every ballot of the meeting, instead of this one alone.")
    valid_until: Day | None = Field(None, description="The last day on which it may be used.")
    instructions: list[InstructionTaken] = Field([], max_length=500)

    def said(self) -> dict[int, str]:
        """The instructions by item, as the house knows them."""
        return {each.item: each.answer for each in self.instructions}


class AnswerToProxyTaken(Taken):
    """What the holder says to being named."""

    accept: Annotated[bool, Strict()]


class ProxyVoteTaken(SaidTaken):
    """A vote on everything on the ballot, for the one who named the caller."""


class InstructionGiven(Given):
    """How the holder is to vote on one item."""

    item: int
    answer: str


class ProxyGiven(Given):
    """A proxy that the caller gave or holds."""

    id: int
    role: Literal["principal", "holder"] = Field(description="What the caller is in it.")
    principal: str
    holder: str
    state: ProxyState
    whole_meeting: bool
    valid_until: Day | None
    appointed_at: datetime
    instructions: list[InstructionGiven]
    elector: int | None = Field(description="The principal's line of the roll, for the holder; null before the roll.")
    votes: int | None
    vote: VoteGiven | None = Field(
        description="The vote cast by it that counts now; null without the scope `ballots:vote`."
    )


def proxy_given(
    standing: Standing,
    names: tuple[str, str],
    instructions: dict[int, str],
    elector: Elector | None,
    vote: VoteGiven | None,
    *,
    holds: bool,
) -> ProxyGiven:
    """A proxy as one of its two parties gets it; `names` are those of principal and holder."""
    proxy = standing.proxy
    return ProxyGiven(
        id=proxy.id,
        role="holder" if holds else "principal",
        principal=names[0],
        holder=names[1],
        state=standing.state,
        whole_meeting=proxy.meeting_id is not None,
        valid_until=proxy.valid_until,
        appointed_at=proxy.appointed_at,
        instructions=[InstructionGiven(item=item, answer=answer) for item, answer in instructions.items()],
        elector=elector.id if elector is not None else None,
        votes=elector.weight if elector is not None else None,
        vote=vote,
    )
