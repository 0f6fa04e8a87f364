"""Disputing: a person disputes a charge at their bank, which takes the money until it is decided."""

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_
from app.ledger import journal
from app.ledger.models import Entry
from app.payments.cards.answers import Disputed, Entered
from app.payments.cards.booking import CLEARING, book_fee
from app.payments.cards.models import PROCESSOR, CardPayment, MethodEnd, Source
from app.payments.cards.returning.models import Dispute, DisputeMove
from app.payments.cards.returning.telling import tell_decided, tell_opened
from app.payments.cards.saving import end_everywhere

LOST_JOB = "shares.settle_lost_dispute"
LOST, SETTLED = "lost", "settled"
GAVE_BACK = ("won", "warning_closed", "prevented")
"""In these states a dispute took nothing, or gave it back."""
OVER = (*GAVE_BACK, LOST, SETTLED)
STATES = {
    "needs_response": N_("waits for evidence"),
    "under_review": N_("evidence is being looked at"),
    "warning_needs_response": N_("asked about, waits for evidence"),
    "warning_under_review": N_("asked about, evidence is being looked at"),
    "warning_closed": N_("asked about, closed"),
    "prevented": N_("prevented"),
    "won": N_("won"),
    "lost": N_("lost"),
    "settled": N_("lost and settled"),
}
REASONS = {
    "bank_cannot_process": N_("the bank cannot process it"),
    "credit_not_processed": N_("a refund is missed"),
    "customer_initiated": N_("the customer asked the bank"),
    "debit_not_authorized": N_("the debit was not authorized"),
    "duplicate": N_("charged twice"),
    "fraudulent": N_("not recognized"),
    "general": N_("no reason given"),
    "insufficient_funds": N_("not enough money on the account"),
    "product_not_received": N_("nothing was received"),
    "product_unacceptable": N_("not as described"),
    "subscription_canceled": N_("canceled before"),
    "unrecognized": N_("not recognized"),
}


def record_dispute(session: Session, seen: Disputed, source: Source) -> bool:
    """Record what the processor says of a dispute, with all that follows, once; False when no payment here is meant.

    Every line of the balance about it is booked by its own name, so that states and money need no order.
    """
    payment = session.scalars(select(CardPayment).where(CardPayment.charge == seen.charge)).first()
    if payment is None:
        return False
    one_at_a_time(session, f"dispute {seen.id}")
    row = session.scalars(select(Dispute).where(Dispute.processor_id == seen.id)).first()
    if row is None:
        row = _open(session, payment, seen)
    for line in seen.entered:
        _book(session, row, line, source)
        book_fee(session, seen.id, line)
    before = state(session, row)
    if before in OVER or before == seen.status:
        return True
    _move(session, row, seen.status, source, None)
    if not before and seen.status not in OVER:
        tell_opened(session, row)
    elif seen.status in OVER:
        tell_decided(session, row, seen.status)
    subject = f"dispute:{row.id}"
    audit.record(session, audit.Tag.DISPUTE_MOVED, subject, by=None, state=seen.status)
    if seen.status == LOST:
        jobs.defer(session, LOST_JOB, dispute_id=row.id)
    return True


def receivable(row: Dispute) -> tuple[str, str]:
    """The account that carries what a bank has taken by a dispute until it is decided: kind and subject."""
    return "disputed_receivable", f"dispute:{row.id}"


def state(session: Session, row: Dispute) -> str:
    """The present state of a dispute, as the processor names it, or `settled`; empty before its first."""
    return (
        session.scalars(
            select(DisputeMove.status)
            .where(DisputeMove.dispute_id == row.id, DisputeMove.entry_id.is_(None))
            .order_by(DisputeMove.id.desc())
            .limit(1)
        ).first()
        or ""
    )


def state_of() -> ScalarSelect[str]:
    """In a query of disputes, the present state of each."""
    return (
        select(DisputeMove.status)
        .where(DisputeMove.dispute_id == Dispute.id, DisputeMove.entry_id.is_(None))
        .order_by(DisputeMove.id.desc())
        .limit(1)
        .correlate(Dispute)
        .scalar_subquery()
    )


def open_disputes(session: Session) -> list[Dispute]:
    """The disputes that are not decided, or lost and not settled yet, the oldest first."""
    over = (*GAVE_BACK, SETTLED)
    return list(session.scalars(select(Dispute).where(state_of().not_in(over)).order_by(Dispute.id)))


def latest_disputes(session: Session, most: int = 50) -> list[tuple[Dispute, str]]:
    """The latest disputes with the state of each, those that wait for evidence first."""
    rows = session.execute(select(Dispute, state_of()).order_by(Dispute.id.desc()).limit(most))
    return sorted(((row, now) for row, now in rows), key=lambda each: each[1] in OVER)


def settle(session: Session, row: Dispute) -> None:
    """Note that a lost dispute is settled: nothing more is taken for it by itself."""
    _move(session, row, SETTLED, Source.POLL, None)
    audit.record(session, audit.Tag.DISPUTE_SETTLED, f"dispute:{row.id}", by=None)


def _open(session: Session, payment: CardPayment, seen: Disputed) -> Dispute:
    """From here on the card or account is charged no more, and the shares bought with the money stand still."""
    end_everywhere(session, payment.attempt.method, MethodEnd.DISPUTED)
    row = Dispute(
        processor_id=seen.id,
        card_payment_id=payment.id,
        charge=seen.charge,
        amount_cents=seen.amount.minor,
        currency=seen.amount.currency,
        reason=seen.reason,
        evidence_due_by=seen.due_by,
        opened_at=clock.now(),
    )
    session.add(row)
    session.flush()
    subject = f"dispute:{row.id}"
    audit.record(
        session, audit.Tag.DISPUTE_OPENED, subject, by=None, reason=seen.reason, amount_cents=row.amount_cents,
        card_payment=payment.id,
    )  # fmt: skip
    return row


def _book(session: Session, row: Dispute, line: Entered, source: Source) -> None:
    key = f"dispute:{PROCESSOR}:{line.id}"
    if line.amount.minor == 0 or session.scalars(select(Entry.id).where(Entry.key == key)).first() is not None:
        return
    taken = -line.amount.minor
    status = "funds_withdrawn" if taken > 0 else "funds_reinstated"
    legs = (
        journal.Leg(*receivable(row), line.amount.currency, taken),
        journal.Leg(*CLEARING, line.amount.currency, -taken),
    )
    entry_id = journal.post(session, journal.Draft(key, "dispute", clock.today(), legs), by=None)
    _move(session, row, status, source, entry_id)


def _move(session: Session, row: Dispute, status: str, source: Source, entry_id: int | None) -> None:
    session.add(DisputeMove(dispute_id=row.id, status=status, source=source, at=clock.now(), entry_id=entry_id))
    session.flush()
