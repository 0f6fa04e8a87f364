"""Shapes of one's own membership: whom somebody acts for, applying, and resigning."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.api.shapes import Counted, Day, Given, OptionalLine, OptionalLines, Taken
from app.members.people.kinds import HolderKind

Holder = Annotated[Counted | None, Field(description="As `/me/holders` numbers them; null: the caller.")]


class HolderGiven(Given):
    """The caller, or a holder for whom they act: a company, a minor, an estate."""

    id: int
    name: str
    kind: HolderKind
    own: bool = Field(description="Whether it is the caller.")
    member_number: int | None = Field(description="Of the present membership.")
    application_waits: bool


class MembershipWanted(Taken):
    """An application for membership, in one's own words."""

    holder: Holder = None
    statement: Annotated[OptionalLines, Field(max_length=2_000)] = ""


class ResignationTaken(Taken):
    """The last day of a membership, today or later."""

    holder: Holder = None
    ceases_on: Day
    reason: Annotated[OptionalLine, Field(max_length=500)] = ""


class ApplicationKept(Given):
    """An application that was recorded; a letter tells of the decision."""

    id: int
    applied_at: datetime


class ResignationKept(Given):
    """A membership that ends."""

    member_number: int
    ceases_on: date
