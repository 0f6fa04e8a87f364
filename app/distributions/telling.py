"""Telling members what a distribution brought them: their statements are asked for by thousands, one job for each."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.jobs import defer, defer_many
from app.distributions.models import DistributionPart

JOB, STATEMENT_JOB = "distributions.tell_members", "documents.file_distribution_statement"
AT_ONCE = 1_000


def tell_members(session: Session, distribution_id: int, after: int) -> None:
    """Have the next members told, then put itself in the queue again; harmless when repeated, as each telling is."""
    parts = select(DistributionPart.membership_id).where(
        DistributionPart.distribution_id == distribution_id, DistributionPart.membership_id > after
    )
    members = session.scalars(parts.order_by(DistributionPart.membership_id).limit(AT_ONCE)).all()
    jobs = [{"distribution_id": distribution_id, "membership_id": member} for member in members]
    defer_many(session, STATEMENT_JOB, jobs)
    if len(members) == AT_ONCE:
        defer(session, JOB, distribution_id=distribution_id, after=members[-1])
