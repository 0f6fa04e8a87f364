"""Shapes of closing an offer: its result, and what is proposed to a second person."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.api.offers.shapes import TermsTaken
from app.api.shapes import Amount, Given, Line, Moment, ReasonTaken, refused
from app.offers.result.previewing import Result
from app.web.typed import Missing


class Act(StrEnum):
    """What can be proposed about an offer."""

    RESULT = "result"
    ALLOTMENT = "allotment"
    EXTENSION = "extension"
    REFUND = "refund"
    CANCELLATION = "cancellation"


class OfferProposalTaken(ReasonTaken):
    """What is to be done with an offer, for a second person to decide."""

    act: Act
    seed: Annotated[Line, Field(max_length=300)] | None = Field(
        None, description="Of a result that draws lots: the seed as it was published."
    )
    until: Moment | None = Field(None, description="Of an extension: until when money is collected.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """An extension says until when."""
        if self.act == Act.EXTENSION and self.until is None:
            raise refused(Missing())
        return self


class TermsChangeTaken(TermsTaken, ReasonTaken):
    """New terms of an open offer, and why."""


class ResultGiven(Given):
    """What approving the result would do."""

    reached: bool = Field(description="Whether the target is pledged.")
    people: int
    pledged: Amount
    to_allot: Amount
    target: Amount
    cap: Amount | None
    oversubscribed: bool = Field(description="Whether somebody gets less than they pledged.")
    seed: str = Field(description="Of the draw; empty without one.")
    sha256: str = Field(description="Of the list of what each pledge gets, which the desk gives as a file.")


def result_given(result: Result) -> ResultGiven:
    """A result as the API gives it."""
    return ResultGiven(
        reached=result.reached,
        people=result.people,
        pledged=Amount.of(result.pledged),
        to_allot=Amount.of(result.allotted),
        target=Amount.of(result.target),
        cap=Amount.of(result.cap) if result.cap is not None else None,
        oversubscribed=result.oversubscribed,
        seed=result.seed,
        sha256=result.sha256,
    )
