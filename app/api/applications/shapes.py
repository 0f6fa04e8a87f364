"""Shapes of applications for membership, and of their decisions."""

from datetime import datetime

from pydantic import Field

from app.api.shapes import Given
from app.members.people.models import Application, ApplicationDecision
from app.members.restricting import HIDDEN


class ApplicationGiven(Given):
    """An application that waits for its decision."""

    id: int
    legal_name: str
    statement: str = Field(description="In the applicant's own words; may be empty.")
    applied_at: datetime
    identity_checked: bool = Field(description="Nobody is admitted whose identity was not checked.")


class ApplicationDecided(Given):
    """How an application was decided."""

    id: int
    member_number: int | None = Field(description="The new member's number; null: refused.")
    reason: str
    decided_at: datetime


def application_given(row: Application, name: str, checked: bool) -> ApplicationGiven:
    """An application as the API gives it."""
    hidden = row.person.restricted
    return ApplicationGiven(
        id=row.id,
        legal_name=HIDDEN if hidden else name,
        statement="" if hidden else row.statement,
        applied_at=row.applied_at,
        identity_checked=checked,
    )


def application_decided(row: ApplicationDecision, number: int | None) -> ApplicationDecided:
    """A decision as the API gives it."""
    return ApplicationDecided(id=row.application_id, member_number=number, reason=row.reason, decided_at=row.decided_at)
