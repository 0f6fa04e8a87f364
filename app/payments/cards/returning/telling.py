"""Telling of disputes: letters to who disputes a charge, and to the treasurers, who have until a day to answer."""

from typing import Any

from sqlalchemy.orm import Session

from app.letters.writing import write
from app.members.roles import Role, people_in
from app.payments.cards.returning.models import Dispute
from app.payments.cards.telling import page_of


def tell_opened(session: Session, row: Dispute) -> None:
    """Tell who disputes what follows, and the treasurers until when evidence is taken."""
    _tell_payer(session, row, "dispute-opened")
    due = row.evidence_due_by.isoformat() if row.evidence_due_by else ""
    _tell_treasurers(session, row, "dispute-to-answer", reason=row.reason, due_by=due)


def tell_decided(session: Session, row: Dispute, outcome: str) -> None:
    """Tell both sides how a dispute ended: `won`, `lost`, or without taking anything."""
    _tell_payer(session, row, "dispute-decided", outcome=outcome)
    _tell_treasurers(session, row, "dispute-ended", outcome=outcome)


def _tell_payer(session: Session, row: Dispute, name: str, **facts: str) -> None:
    request = row.payment.request
    person = request.person
    paths = {"path": page_of(session, request)}
    write(session, name, person.email, person.language, person_id=person.id, **_facts(row), **paths, **facts)


def _tell_treasurers(session: Session, row: Dispute, name: str, **facts: str) -> None:
    path = f"/desk/disputes/{row.id}"
    for person in people_in(session, Role.TREASURER):
        write(session, name, person.email, person.language, person_id=person.id, **_facts(row), path=path, **facts)


def _facts(row: Dispute) -> dict[str, Any]:
    return {
        "amount_minor": row.amount_cents,
        "currency": row.currency,
        "reference": row.payment.request.reference,
        "paid_on": row.payment.received_at.date().isoformat(),
    }
