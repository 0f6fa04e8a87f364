"""Shapes of standing delegations."""

from datetime import datetime
from typing import Literal

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.shapes import Counted, Day, Email, Given, Taken
from app.ballots.delegations.reading import Stands
from app.ballots.proxies.reading import ProxyState
from app.ballots.stating import in_language
from app.members.persons import name_of


class DelegationTaken(Taken):
    """Whom the caller lets vote for them on a topic."""

    topic_id: Counted
    email: Email = Field(description="Of somebody who is known here.")
    valid_until: Day | None = Field(None, description="The last day on which it counts.")


class DelegationGiven(Given):
    """A standing delegation that the caller gave or holds."""

    id: int
    role: Literal["principal", "holder"] = Field(description="What the caller is in it.")
    topic_id: int
    topic: str
    principal: str
    holder: str
    state: ProxyState
    valid_until: Day | None
    given_at: datetime


def delegation_given(session: Session, each: Stands, lang: str, *, holds: bool) -> DelegationGiven:
    """A delegation as the API says it to one of its parties."""
    row = each.delegation
    return DelegationGiven(
        id=row.id,
        role="holder" if holds else "principal",
        topic_id=row.topic_id,
        topic=in_language(row.topic.name, lang),
        principal=name_of(session, row.principal),
        holder=name_of(session, row.holder),
        state=each.state,
        valid_until=row.valid_until,
        given_at=row.given_at,
    )
