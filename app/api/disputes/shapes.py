"""Shapes of disputes, of refunds sent back to cards, and of what the processor left to a person."""

from datetime import datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.approvals.shapes import ProposalGiven
from app.api.shapes import Amount, Given, Line, Lines, Taken
from app.core.money import Money
from app.documents.evidence.bundling import latest_bundle
from app.payments.cards.evidence.submitting import evidence_of
from app.payments.cards.hearing.models import ParkedItem
from app.payments.cards.returning.models import Dispute


class StatementTaken(Taken):
    """What the treasurer says to the bank."""

    statement: Annotated[Lines, Field(max_length=4_000)]


class NoteTaken(Taken):
    """What was done."""

    note: Annotated[Line, Field(max_length=500)]


class DisputeGiven(Given):
    """A payment that somebody disputes at their bank."""

    id: int
    processor_id: str
    amount: Amount
    reason: str
    state: str = Field(description="As the processor names it; empty before its first.")
    evidence_due_by: datetime | None
    opened_at: datetime
    bundle: int | None = Field(description="The number of the latest bundle of evidence, a document.")
    sent: bool = Field(description="Whether evidence was given to be sent.")


class CardRefundGiven(Given):
    """What became of asking to send a refund back to the card."""

    sending: bool
    proposal: ProposalGiven | None = Field(description="Above the limit for one person: what a second one decides.")


class ParkedGiven(Given):
    """Something from the processor that no rule may settle."""

    id: int
    kind: str
    subject: str
    reason: str
    at: datetime


def dispute_given(session: Session, row: Dispute, state: str) -> DisputeGiven:
    """A dispute as the API says it."""
    bundle = latest_bundle(session, row)
    return DisputeGiven(
        id=row.id,
        processor_id=row.processor_id,
        amount=Amount.of(Money(row.amount_cents, row.currency)),
        reason=row.reason,
        state=state,
        evidence_due_by=row.evidence_due_by,
        opened_at=row.opened_at,
        bundle=bundle.number if bundle else None,
        sent=bool(evidence_of(session, row)),
    )


def parked_given(row: ParkedItem) -> ParkedGiven:
    """A parked item as the API says it."""
    return ParkedGiven(id=row.id, kind=row.kind, subject=row.subject, reason=row.reason, at=row.at)
