"""Shapes of the file of one's own data, and of requests for erasure."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.api.shapes import Email, Given, Line, OptionalLine, Taken
from app.privacy.models import ErasureDecision, ErasureRequest, PersonalFile


class FileGiven(Given):
    """The file of everything that is kept of the caller; its content is read at its own address once it is made."""

    id: str
    asked_at: datetime
    made_at: datetime | None = Field(description="null: it is still being made.")
    expires_at: datetime | None


class ErasureTaken(Taken):
    """A request that one's own data be erased."""

    reason: Annotated[OptionalLine, Field(max_length=1_000)] = ""


class ErasureNoted(Taken):
    """Whose data should be erased, known here by the address, and how the request came."""

    email: Email
    reason: Annotated[Line, Field(max_length=1_000)]


class ErasureGiven(Given):
    """A request for erasure, with its decision once there is one."""

    id: int
    person_id: int
    asked_at: datetime
    granted: bool | None = Field(description="null: it waits for its decision.")
    decided_at: datetime | None
    decision_reason: str | None
    delete_after: date | None = Field(description="The day on which the last of what must stay is removed.")


def file_given(row: PersonalFile) -> FileGiven:
    """A file as the API gives it."""
    return FileGiven(id=row.public_id, asked_at=row.asked_at, made_at=row.made_at, expires_at=row.expires_at)


def erasure_given(row: ErasureRequest, decision: ErasureDecision | None) -> ErasureGiven:
    """A request as the API gives it."""
    return ErasureGiven(
        id=row.id,
        person_id=row.person_id,
        asked_at=row.asked_at,
        granted=decision.granted if decision else None,
        decided_at=decision.decided_at if decision else None,
        decision_reason=decision.reason if decision else None,
        delete_after=decision.delete_after if decision else None,
    )
