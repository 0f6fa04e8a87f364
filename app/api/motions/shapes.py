"""Shapes of motions: what is proposed, how much support it has of how much it needs, and the ballots made of it."""

from datetime import datetime
from typing import Any

from pydantic import Field

from app.api.shapes import Counted, Given, Taken
from app.ballots.models import BallotState
from app.ballots.motions.models import MotionState, Stance, Topic
from app.ballots.motions.showing import Listed as ListedMotion
from app.ballots.motions.showing import Voted


class SupportTaken(Taken):
    """Whose support it is."""

    member: Counted | None = Field(
        None, description="The number of a member for whom the caller acts, as `members` lists them; null: the caller."
    )


class MotionGiven(Given):
    """A motion of the list."""

    motion: int = Field(description="Its number.")
    state: MotionState
    topic: Topic
    title: str = Field(description="In the language of Accept-Language, where there is one.")
    proposed_at: datetime
    supporters: int
    needed: int | None = Field(description="How many supporters are enough; null while it is an idea.")
    support_ends_at: datetime | None = Field(
        description="Until when support is given and taken back; null for an idea."
    )


class StatementGiven(Given):
    """The board's statement."""

    stance: Stance
    text: str
    written_at: datetime


class MotionBallotGiven(Given):
    """A ballot that the motion was put on; null `slug` while it is a draft."""

    slug: str | None
    state: BallotState
    word_for_word: bool = Field(description="Whether its item has the motion's own words.")
    carried: bool | None = Field(description="Null before the count, and for an election.")
    certified: bool


class MemberGiven(Given):
    """A member for whom the caller may support."""

    member: int
    supports: bool


class MotionShown(MotionGiven):
    """A motion as its page shows it."""

    text: str
    grounds: str
    needs: str = Field(description="The rule that it proposes, in words; empty for an election.")
    options: list[str] = Field(description="What would be chosen from; none for a motion that is for or against.")
    statement_due: datetime | None = Field(description="Until when the board makes its statement; null before.")
    statement: StatementGiven | None
    ballots: list[MotionBallotGiven]
    members: list[MemberGiven] = Field(description="For whom the caller may support now, or take support back.")


def motion_given(row: ListedMotion) -> MotionGiven:
    """A motion of a list."""
    return MotionGiven(**_said(row))


def motion_shown(row: ListedMotion, facts: dict[str, Any], members: list[MemberGiven]) -> MotionShown:
    """A motion from what its page shows, as `motion_facts` gives it."""
    statement = facts["statement"]
    return MotionShown(
        **_said(row),
        text=facts["text"],
        grounds=facts["grounds"],
        needs=facts["needs"],
        options=[option.name for option in facts["question"].options],
        statement_due=facts["statement_due"],
        statement=StatementGiven(
            stance=Stance(statement.stance), text=facts["statement_text"], written_at=statement.written_at
        )
        if statement
        else None,
        ballots=[_ballot(each) for each in facts["votes"]],
        members=members,
    )


def _ballot(vote: Voted) -> MotionBallotGiven:
    outcome = vote.shown.outcome if vote.shown is not None else None
    return MotionBallotGiven(
        slug=None if vote.ballot.state == BallotState.DRAFT else vote.ballot.slug,
        state=BallotState(vote.ballot.state),
        word_for_word=vote.word_for_word,
        carried=outcome.carried if outcome is not None else None,
        certified=vote.certified,
    )


def _said(row: ListedMotion) -> dict[str, Any]:
    return {
        "motion": row.motion.id,
        "state": MotionState(row.motion.state),
        "topic": Topic(row.motion.topic),
        "title": row.title,
        "proposed_at": row.motion.proposed_at,
        "supporters": row.supporters,
        "needed": row.gathering.needed if row.gathering else None,
        "support_ends_at": row.gathering.ends_at if row.gathering else None,
    }
