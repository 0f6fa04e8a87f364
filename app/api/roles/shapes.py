"""Shapes of the caller, and of roles that are granted and ended."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.api.shapes import Day, Email, Given, Line, Taken
from app.members.apitokens.scopes import Scope
from app.members.models import RoleGrant, RoleSuspension
from app.members.roles import Bounds, Role


class CallerGiven(Given):
    """For whom the token acts, and what it opens."""

    email: str | None
    name: str
    roles: list[Role] = Field(description="What the person is here now.")
    member_number: int | None
    scopes: list[Scope]
    expires_at: datetime


class RoleTaken(Taken):
    """A role for a person who is known here."""

    email: Email
    role: Role
    subject: Annotated[Line, Field(max_length=100, examples=["offer:spring-2027"])] | None = Field(
        None, description="The one offer or ballot for which it counts; null: everything."
    )
    valid_from: Day | None = None
    valid_until: Day | None = Field(None, description="The last day.")
    reason: Annotated[Line, Field(max_length=500, examples=["elected on 3 May"])]

    def bounds(self) -> Bounds:
        """Where and when the role counts."""
        return Bounds(self.subject, self.valid_from, self.valid_until)


class RoleGiven(Given):
    """A role that stands."""

    id: int
    name: str = Field(description="The person's present legal name; the e-mail address until one is recorded.")
    email: str | None
    role: str = Field(examples=["treasurer"])
    subject: str | None = Field(description="The one offer or ballot for which it counts; null: everything.")
    valid_from: date | None
    valid_until: date | None = Field(description="The last day.")
    granted_at: datetime
    granted_by: str | None = Field(description="The e-mail address; null: the command line.")
    reason: str


class RoleSuspended(Given):
    """A role that does not count until a moment, unless it ends before."""

    id: int
    until: datetime
    reason: str


def role_given(grant: RoleGrant, name: str) -> RoleGiven:
    """A role as the API gives it."""
    return RoleGiven(
        id=grant.id,
        name=name,
        email=grant.person.email,
        role=grant.role,
        subject=grant.subject,
        valid_from=grant.valid_from,
        valid_until=grant.valid_until,
        granted_at=grant.granted_at,
        granted_by=grant.granter.email if grant.granter else None,
        reason=grant.reason,
    )


def role_suspended(row: RoleSuspension) -> RoleSuspended:
    """The suspension of a role as the API gives it."""
    return RoleSuspended(id=row.grant_id, until=row.until, reason=row.reason)
