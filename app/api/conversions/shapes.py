"""Shapes of conversions: the plan step by step, and what an exchange would do."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from app.api.shapes import Amount, Given, Line, ReasonTaken


class StepGiven(Given):
    """A step of the plan, said in English: what met it, or why it cannot be met today."""

    key: str = Field(examples=["notice"])
    title: str = Field(examples=["Notice of the meeting"])
    who: str = Field(description="Who acts.", examples=["the secretary"])
    met_on: date | None
    planned_on: date | None
    earliest: date | None = Field(description="The first day that the law's clocks leave.")
    latest: date | None = Field(description="The last day that the law's clocks leave.")
    deadline: date | None = Field(description="Until when it can slip before a day behind it is late.")
    contested: bool
    next: bool = Field(description="Whether it can be met today.")
    why: str | None = Field(description="Why it cannot be met today.")
    sha256: str | None = Field(description="Of the document, certified result or list that met it.")


class ConversionGiven(Given):
    """A conversion with its plan, as everyone may follow it."""

    slug: str = Field(examples=["into-the-co-operative"])
    title: str
    entity_name: str
    resulting_name: str
    law: str = Field(examples=["uk-company-to-society"])
    law_version: int
    zone: str = Field(description="Where its dates count.", examples=["Europe/London"])
    met: int = Field(description="How many steps are met.")
    stages: list[str] = Field(description="The stages of one way in their order, by slug, this one among them.")
    steps: list[StepGiven]


class TotalGiven(Given):
    """The sums of a class that becomes another."""

    old_class: str
    new_class: str
    holders: int
    shares: int
    new_shares: int
    paid: Amount
    new_paid: Amount
    cash: Amount = Field(description="Paid out to holders.")
    reserve: Amount = Field(description="What goes to the capital reserve.")
    loan: Amount = Field(description="What becomes loans by holders to the co-operative.")


class ObstacleGiven(Given):
    """What stands against the exchange, or should be known, said in English."""

    name: str = Field(examples=["ChargesStand"])
    blocks: bool
    message: str


class DryRunGiven(Given):
    """What the exchange of a conversion would do; nothing is changed by asking."""

    exchange: int
    title: str
    effective_on: date
    executed: bool
    holders: int
    totals: list[TotalGiven]
    obstacles: list[ObstacleGiven]
    sha256: str = Field(description="Of the whole list, by which two people approve it.")


class ExchangeProposalTaken(ReasonTaken):
    """The list that a second person is to approve, by its hash."""

    sha256: Annotated[Line, Field(min_length=64, max_length=64)]


def total_given(total: dict[str, Any]) -> TotalGiven:
    """A total of a reckoning as the API gives it."""

    def amount(name: str) -> Amount:
        return Amount(minor=total.get(f"{name}_cents", 0), currency=total["currency"])

    return TotalGiven(
        old_class=total["old_class"],
        new_class=total["new_class"],
        holders=total["holders"],
        shares=total["shares"],
        new_shares=total["new_shares"],
        paid=amount("paid"),
        new_paid=amount("new_paid"),
        cash=amount("cash"),
        reserve=amount("reserve"),
        loan=amount("loan"),
    )
