"""Counting events by type and by what they came to, so that types which nobody handles are seen."""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.payments.cards.hearing.models import StripeEvent, StripeEventHandled


class Kind(NamedTuple):
    """How many events of a type came to the same outcome; empty: not handled yet."""

    type: str
    outcome: str
    number: int


def kinds_of_events(session: Session) -> list[Kind]:
    """How many events came, by type and outcome."""
    outcome = func.coalesce(StripeEventHandled.outcome, "")
    rows = session.execute(
        select(StripeEvent.type, outcome, func.count())
        .outerjoin(StripeEventHandled, StripeEventHandled.event_id == StripeEvent.id)
        .group_by(StripeEvent.type, outcome)
        .order_by(StripeEvent.type, outcome)
    )
    return [Kind(*row) for row in rows]
