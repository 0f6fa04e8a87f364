"""Shapes of who will hold the shares of a pledge, and of what its supporter declares where the law asks."""

from typing import Annotated, Literal

from pydantic import Field

from app.api.pledges.addresses import AddressTaken
from app.api.shapes import AmountTaken, Day, Email, Line, Taken
from app.offers.pledging.questions import QUESTIONS

Name = Annotated[Line, Field(max_length=200)]
Answer = Literal["yes", "no"]


class JointTaken(Taken):
    """Several people who hold jointly, the supporter among them."""

    kind: Literal["joint"]
    others: list[Name] = Field(min_length=1, max_length=20, description="The other holders, each once.")


class RegisteredTaken(Taken):
    """A company or association for which the supporter acts."""

    kind: Literal["company", "association"]
    name: Name = Field(examples=["Pearl Street Books Ltd"])
    registration_number: Annotated[Line, Field(max_length=100, examples=["20271001234"])]
    acts_as: Annotated[Line, Field(max_length=100, examples=["director"])]
    address: AddressTaken


class MinorTaken(Taken):
    """A child whose guardian the supporter is."""

    kind: Literal["minor"]
    name: Name
    born_on: Day


class GiftTaken(Taken):
    """Somebody else, to whom the supporter gives the shares."""

    kind: Literal["gift"]
    name: Name
    address: AddressTaken
    email: Email | None = Field(None, description="Where the receiver is reached, if it is known.")


class GroupTaken(Taken):
    """A group that pledges together, in the supporter's name."""

    kind: Literal["group"]
    name: Name


HolderTaken = Annotated[JointTaken | RegisteredTaken | MinorTaken | GiftTaken | GroupTaken, Field(discriminator="kind")]


class MeansTaken(Taken):
    """Income, net worth and what was bought in twelve months: of a company its revenue and net assets."""

    income: AmountTaken | None = None
    net_worth: AmountTaken | None = None
    bought_12m: AmountTaken | None = Field(None, description="Elsewhere, in twelve months; nothing if absent.")
    accredited: bool = Field(False, description="Their own statement that they are an accredited investor.")


class RiskAnswersTaken(Taken):
    """The answers to the questions on risks."""

    test_lose: Answer
    test_sell: Answer
    test_guarantee: Answer
    test_dividend: Answer


assert set(RiskAnswersTaken.model_fields) == set(QUESTIONS), "every question has its answer"
