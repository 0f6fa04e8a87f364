"""Shapes of the register of officers."""

from datetime import date
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.shapes import Counted, Day, Given, ReasonTaken
from app.members.offices.appointing import Office
from app.members.offices.models import Officer, OfficerEnd
from app.members.persons import name_of


class OfficerTaken(ReasonTaken):
    """Somebody who has entered an office; `reason` names the resolution or election."""

    person: Counted = Field(description="As `/people` numbers them.")
    office: Annotated[Office, Field(examples=["director"])]
    entered_on: Day


class LeavingTaken(ReasonTaken):
    """When an officer has left, today or earlier."""

    left_on: Day


class OfficerGiven(Given):
    """Somebody who is or was in office."""

    id: int
    person: int
    name: str
    office: str = Field(examples=["director"])
    entered_on: date
    reason: str
    left_on: date | None
    left_reason: str | None


def officer_given(session: Session, row: Officer, gone: OfficerEnd | None) -> OfficerGiven:
    """An officer as the register of officers has them."""
    return OfficerGiven(
        id=row.id,
        person=row.person_id,
        name=name_of(session, row.person),
        office=row.office,
        entered_on=row.entered_on,
        reason=row.reason,
        left_on=gone.left_on if gone else None,
        left_reason=gone.reason if gone else None,
    )
