"""Shapes of a pledge confirmed again: what changed in its terms, and that it was read."""

from datetime import datetime

from pydantic import Field

from app.api.shapes import Counted, Given, Taken


class TermChanged(Given):
    """A term that says something else now, in words."""

    term: str = Field(examples=["Target"])
    before: str
    now: str


class ReconfirmationGiven(Given):
    """Whether a pledge waits to be confirmed under changed terms, until when, and what they say differently."""

    waits: bool
    until: datetime | None
    terms_version: int = Field(description="The present version; confirming names it.")
    changed: list[TermChanged] = Field(description="In the language of Accept-Language.")


class ReconfirmationTaken(Taken):
    """That the changed terms were read."""

    terms_version: Counted = Field(description="The version that was read.")
