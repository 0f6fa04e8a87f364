"""Shapes of extracts of the register that are asked for."""

from typing import Annotated

from pydantic import Field

from app.api.shapes import Day, Line, OptionalLine, Taken


class OwnExtractTaken(Taken):
    """The caller's own entry at the end of a day, with its movements since another."""

    since: Day
    as_of: Day
    purpose: Annotated[OptionalLine, Field(max_length=200)] = ""


class ExtractTaken(Taken):
    """A holder's entry for somebody else whom the law lets have it, and why."""

    since: Day
    as_of: Day
    purpose: Annotated[Line, Field(max_length=300)]
    profile: Annotated[Line, Field(max_length=40, examples=["uk"])] = Field(description="Whose law says the columns.")
    name: Annotated[Line, Field(max_length=200)] = Field(description="Who asked.")
    requested_address: Annotated[OptionalLine, Field(max_length=520)] = ""
    interest: Annotated[OptionalLine, Field(max_length=500)] = Field("", description="Needed under German law.")
    place: Annotated[Line, Field(max_length=100)]
