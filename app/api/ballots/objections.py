"""Shapes of objections."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.api.shapes import Counted, Given, Lines, Taken


class ObjectionTaken(Taken):
    """What somebody objects to, and why."""

    statement: Annotated[Lines, Field(max_length=5_000)]
    item: Counted | None = Field(None, description="The item; null: the ballot as a whole.")


class ObjectionGiven(Given):
    """An objection that is on record."""

    id: int
    item: int | None
    statement: str
    raised_at: datetime
