"""Shapes of where somebody is signed in."""

from datetime import date, datetime

from pydantic import Field

from app.api.shapes import Given
from app.members.models import SignedIn


class SessionGiven(Given):
    """A session of the caller in a browser."""

    id: int
    browser: str = Field(examples=["Firefox"])
    system: str = Field(examples=["Linux"])
    how: str = Field(description="`link`, `pledge`, `passkey` or `account`.")
    opened_at: datetime
    used_on: date | None
    expires_at: datetime


class SessionsEnded(Given):
    """How many sessions ended."""

    ended: int


def session_given(row: SignedIn) -> SessionGiven:
    """A session as the page of one's security shows it."""
    return SessionGiven(
        id=row.id,
        browser=row.browser,
        system=row.system,
        how=row.how,
        opened_at=row.opened_at,
        used_on=row.used_on,
        expires_at=row.expires_at,
    )
