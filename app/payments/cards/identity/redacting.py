"""Redacting identity checks at the processor when somebody is erased: what it knows of the document goes there too."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import reading, transaction
from app.core.errors import N_
from app.payments.cards import stripe
from app.payments.cards.answers import Rejected
from app.payments.cards.hearing.parking import park
from app.payments.cards.identity.models import IdentityRedacted, IdentityRedaction, IdentityVisit, IdentityVisitOpened

JOB = "cards.redact_identity"
LOOK_AFTER, LOOK_UNTIL = timedelta(minutes=10), timedelta(days=30)
REFUSED = N_("the processor does not redact an identity check of somebody who was erased")


def ask_to_redact(session: Session, people: Sequence[int]) -> int:
    """Have every check of these persons redacted at the processor, by jobs after the commit; how many there are."""
    visits = session.scalars(
        select(IdentityVisit)
        .join(IdentityVisitOpened, IdentityVisitOpened.visit_id == IdentityVisit.id)
        .outerjoin(IdentityRedaction, IdentityRedaction.visit_id == IdentityVisit.id)
        .where(IdentityVisit.person_id.in_(people), IdentityRedaction.visit_id.is_(None))
    ).all()
    for visit in visits:
        session.add(IdentityRedaction(visit_id=visit.id, asked_at=clock.now()))
        session.flush()
        jobs.defer(session, JOB, visit_id=str(visit.id))
    return len(visits)


def redact(visit_id: UUID) -> None:
    """Ask the processor to redact a check, once more when no answer came: to redact twice changes nothing.

    Raises `NoAnswer` or `Busy` to be tried again.
    """
    with reading() as session:
        name = session.get_one(IdentityVisitOpened, visit_id).session
        if session.get(IdentityRedacted, visit_id) is not None:
            return
    try:
        stripe.redact_identity(f"{visit_id}:redact", name)
    except Rejected as refusal:
        with transaction() as session:
            park(session, "identity", f"redact:{name}", REFUSED, said=refusal.said)
        return
    with transaction() as session:
        if session.get(IdentityRedacted, visit_id) is None:
            session.add(IdentityRedacted(visit_id=visit_id, at=clock.now()))
            person = session.get_one(IdentityVisit, visit_id).person_id
            audit.record(session, audit.Tag.IDENTITY_REDACTED, f"person:{person}", by=None)


def redact_job(session: Session, visit_id: str) -> None:
    """Redact a check in the worker, which tries again while no answer comes."""
    redact(UUID(visit_id))


def sweep_redactions(session: Session) -> None:
    """Have checks looked at that were not redacted after a while, such as one that was being looked at."""
    waiting = session.scalars(
        select(IdentityRedaction.visit_id)
        .outerjoin(IdentityRedacted, IdentityRedacted.visit_id == IdentityRedaction.visit_id)
        .where(IdentityRedacted.visit_id.is_(None))
        .where(IdentityRedaction.asked_at.between(clock.now() - LOOK_UNTIL, clock.now() - LOOK_AFTER))
        .limit(50)
    )
    for visit_id in waiting:
        jobs.defer(session, JOB, visit_id=str(visit_id))
