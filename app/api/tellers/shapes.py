"""Shapes of tellers' work: a line of the roll, a second call, minutes."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.api.shapes import (
    Counted,
    Day,
    Email,
    Given,
    Line,
    Lines,
    Moment,
    OptionalLine,
    ReasonTaken,
    Taken,
    Whole,
    refused,
)
from app.ballots.electorate import correcting
from app.ballots.electorate.models import ElectorKind
from app.ballots.result.minutes import TEXT_MAX
from app.ballots.result.models import Minutes
from app.web.typed import Missing


class ElectorTaken(Taken):
    """A line of the roll: who votes with how many votes and shares."""

    email: Email = Field(description="Of somebody who is known here.")
    weight: Counted = Field(description="How many votes.")
    shares: Whole = 0
    kind: ElectorKind = ElectorKind.PATRON
    college: Annotated[OptionalLine, Field(max_length=60)] = ""

    def line(self) -> correcting.Line:
        """The line as the house knows it."""
        return correcting.Line(self.email, self.weight, self.shares, self.kind.value, self.college)


class CorrectionTaken(ReasonTaken):
    """What is wrong with the roll: an elector to be struck off, one to be added, or both."""

    struck: Counted | None = Field(None, description="The elector to be struck off.")
    added: ElectorTaken | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.struck is None and self.added is None:
            raise refused(Missing())
        return self


class HolderStatementTaken(Taken):
    """A holder of listed shares, whom a broker's statement shows."""

    elector: ElectorTaken
    broker: Annotated[Line, Field(max_length=200)]
    reference: Annotated[Line, Field(max_length=200)]
    held_on: Day


class SecondCallTaken(Taken):
    """When what missed its quorum is voted on again."""

    new_slug: Annotated[Line, Field(max_length=60, examples=["annual-2027-2"])]
    record_date: Day
    opens_at: Moment
    closes_at: Moment
    meets_at: Moment | None = Field(None, description="Of a ballot at a meeting: when that meets again.")


class MinutesTaken(Taken):
    """The text of minutes."""

    text: Annotated[Lines, Field(max_length=TEXT_MAX)]


class MinutesGiven(Given):
    """The minutes as they were written last; they are signed on pages."""

    version: int
    language: str
    text: str
    sha256: str = Field(description="Of what is signed.")
    written_at: datetime


def minutes_given(row: Minutes) -> MinutesGiven:
    """Minutes as the API says them."""
    return MinutesGiven(
        version=row.version, language=row.language, text=row.text, sha256=row.sha256, written_at=row.written_at
    )
