"""Shapes of charge runs and of sending refunds back to cards."""

from datetime import date

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.shapes import Amount, Day, Given, ReasonTaken
from app.payments.cards.running.models import ChargeRun
from app.payments.cards.running.progress import progress_of
from app.payments.cards.running.states import RunState


class RunTaken(ReasonTaken):
    """When every card that is saved for the offer is charged."""

    charge_on: Day


class ChargeRunGiven(Given):
    """A charge run, and how it goes."""

    id: int
    charge_on: date
    state: RunState
    total: int = Field(description="How many payments it charges.")
    notices: int = Field(description="How many people were told of it.")
    attempts: int
    succeeded: int
    declined: int
    waiting: int = Field(description="How many attempts have no answer yet.")
    charged: Amount


def run_given(session: Session, run: ChargeRun) -> ChargeRunGiven:
    """A run as the API says it."""
    found = progress_of(session, run)
    return ChargeRunGiven(
        id=run.id,
        charge_on=run.charge_on,
        state=found.state,
        total=found.total,
        notices=found.notices,
        attempts=found.attempts,
        succeeded=found.succeeded,
        declined=found.declined,
        waiting=found.waiting,
        charged=Amount.of(found.charged),
    )
