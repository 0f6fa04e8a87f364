"""Telling members what a distribution brought them, one job for each statement, and by thousands that it was undone."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.jobs import defer, defer_many
from app.distributions.models import DistributionEnd, DistributionPart
from app.letters.writing import write_many
from app.members.restricting import is_restricted

JOB, STATEMENT_JOB = "distributions.tell_members", "documents.file_distribution_statement"
REVERSED_JOB, REVERSED = "distributions.tell_reversed", "distribution-reversed"
AT_ONCE = 1_000


def tell_members(session: Session, distribution_id: int, after: int) -> None:
    """Have the next members told, then put itself in the queue again; harmless when repeated, as each telling is.

    Of what was reversed meanwhile nobody else is told that it was declared.
    """
    if session.get(DistributionEnd, distribution_id) is not None:
        return
    parts = select(DistributionPart.membership_id).where(
        DistributionPart.distribution_id == distribution_id, DistributionPart.membership_id > after
    )
    members = session.scalars(parts.order_by(DistributionPart.membership_id).limit(AT_ONCE)).all()
    jobs = [{"distribution_id": distribution_id, "membership_id": member} for member in members]
    defer_many(session, STATEMENT_JOB, jobs)
    if len(members) == AT_ONCE:
        defer(session, JOB, distribution_id=distribution_id, after=members[-1])


def tell_reversed(session: Session, distribution_id: int, after: int) -> None:
    """Write to the next members that a distribution was reversed, then put itself in the queue again."""
    end = session.get_one(DistributionEnd, distribution_id)
    found = select(DistributionPart).where(
        DistributionPart.distribution_id == distribution_id, DistributionPart.membership_id > after
    )
    parts = session.scalars(found.order_by(DistributionPart.membership_id).limit(AT_ONCE)).all()
    letters = [
        {
            "to": part.membership.person.email,
            "lang": part.membership.person.language,
            "person_id": part.membership.person_id,
            "facts": {
                "title": part.distribution.title,
                "declared_on": part.distribution.declared_on.isoformat(),
                "reversed_on": end.ended_at.date().isoformat(),
                "reason": end.reason,
                "currency": part.distribution.currency,
                "amount_minor": part.amount_cents,
                "paid_minor": part.cash_cents - part.withheld_cents,
                "retained_minor": part.retained_cents,
                "shares": part.shares,
            },
        }
        for part in parts
        if not is_restricted(session, part.membership.person_id)
    ]
    if letters:
        write_many(session, REVERSED, letters)
    if len(parts) == AT_ONCE:
        defer(session, REVERSED_JOB, distribution_id=distribution_id, after=parts[-1].membership_id)
