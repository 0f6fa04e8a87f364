"""Recording refunds to cards: the one act of answer, webhook and repair; the books move once the money has gone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.errors import N_
from app.ledger import journal
from app.letters.writing import write
from app.payments.cards.answers import Returned
from app.payments.cards.booking import CLEARING, book_fee
from app.payments.cards.hearing.parking import park
from app.payments.cards.models import PROCESSOR, Source
from app.payments.cards.returning.models import RANK, ProcessorRefund, ProcessorRefundMove, RefundState
from app.payments.models import RefundPayment
from app.payments.refunding import locked_refund, owe_directly, write_paid
from app.payments.settled import last4_of, last_move, settled_by_card

PAPER_JOB = "documents.file_card_refund"
CAME_BACK = N_("the refund to your card or account came back")
STATES = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.REQUIRES_ACTION,
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
    "canceled": RefundState.CANCELED,
}


def record_returned(session: Session, identifier: UUID, seen: Returned, source: Source) -> RefundState | None:
    """Record what the processor says of a refund, with all that follows, once; what is known of it now.

    A refund that failed after it had gone is owed anew, to be paid by bank transfer.
    """
    row = _locked(session, identifier)
    before = last_move(session, row)
    if seen.charge != row.charge or seen.amount != row.amount:
        park(session, "refund", seen.id, N_("the refund is not what was asked for"), ours=str(row.id))
        return RefundState(before.status) if before else None
    now = STATES.get(seen.status)
    if now is None:
        park(session, "refund", seen.id, N_("the refund is in a state that is not known"), status=seen.status)
        return RefundState(before.status) if before else None
    if before is not None and RANK[now] <= RANK[RefundState(before.status)]:
        return RefundState(before.status)
    if now == RefundState.SUCCEEDED and not _still_owed(session, row):
        park(session, "refund", seen.id, N_("the refund went back, and was paid otherwise before"), ours=str(row.id))
        return RefundState(before.status) if before else None
    if seen.entered is not None:
        book_fee(session, seen.id, seen.entered)
    follow(session, row, now, seen, source)
    return now


def record_unanswered(session: Session, identifier: UUID, state: RefundState, reason: str = "") -> None:
    """Note that no answer came, or that the processor refused the refund, unless something is known."""
    row = _locked(session, identifier)
    before = last_move(session, row)
    if before is None or RANK[state] > RANK[RefundState(before.status)]:
        _append(session, row, state, before.processor_id if before else "", reason, Source.ANSWER, None)


def _locked(session: Session, identifier: UUID) -> ProcessorRefund:
    row = session.get_one(ProcessorRefund, identifier)
    locked_refund(session, row.refund_id)
    return row


def _still_owed(session: Session, row: ProcessorRefund) -> bool:
    paid = session.get(RefundPayment, row.refund_id) is not None
    return not paid and row.refund.amount_cents - settled_by_card(session, row.refund).minor >= row.amount_cents


def follow(session: Session, row: ProcessorRefund, now: RefundState, seen: Returned, source: Source) -> None:
    """Do what follows from what is known of a refund, under its lock."""
    entry_id, subject = None, f"refund:{row.refund_id}"
    booked = session.scalars(
        select(ProcessorRefundMove.entry_id).where(
            ProcessorRefundMove.processor_refund_id == row.id, ProcessorRefundMove.entry_id.is_not(None)
        )
    ).first()
    if now == RefundState.SUCCEEDED:
        entry_id = _book(session, row)
        audit.record(session, audit.Tag.REFUND_WENT, subject, by=None, amount_cents=row.amount_cents)
        write_paid(session, row.refund, row.amount, to_card="yes", last4=last4_of(row))
        jobs.defer(session, PAPER_JOB, identifier=str(row.id))
    elif now in (RefundState.FAILED, RefundState.CANCELED):
        audit.record(session, audit.Tag.REFUND_CAME_BACK, subject, by=None, reason=seen.why or now)
        if booked is not None:
            key = f"refund-failed:{PROCESSOR}:{row.id}"
            entry_id = journal.reverse(session, booked, key=key, on=clock.today(), by=None)
            source_of = f"card-refund-failed:{row.id}"
            owe_directly(session, row.refund.request, row.amount, source_of, CAME_BACK, entry_id, tell=False)
            jobs.defer(session, PAPER_JOB, identifier=str(row.id))
        _write_came_back(session, row)
    _append(session, row, now, seen.id, seen.why, source, entry_id)


def _book(session: Session, row: ProcessorRefund) -> int:
    subject = f"request:{row.refund.payment_request_id}"
    legs = (
        journal.Leg("refunds_payable", subject, row.currency, row.amount_cents),
        journal.Leg(*CLEARING, row.currency, -row.amount_cents),
    )
    draft = journal.Draft(f"refund:{PROCESSOR}:{row.id}", "card refund", clock.today(), legs)
    return journal.post(session, draft, by=row.asked_by)


def _append(
    session: Session,
    row: ProcessorRefund,
    state: RefundState,
    processor_id: str,
    reason: str,
    source: Source,
    entry_id: int | None,
) -> None:
    at: datetime = clock.now()
    session.add(
        ProcessorRefundMove(
            processor_refund_id=row.id, processor_id=processor_id, status=state, reason=reason, source=source, at=at,
            entry_id=entry_id,
        )
    )  # fmt: skip
    session.flush()


def _write_came_back(session: Session, row: ProcessorRefund) -> None:
    request = row.refund.request
    write(
        session,
        "refund-came-back",
        request.person.email,
        request.person.language,
        person_id=request.person_id,
        amount_minor=row.amount_cents,
        currency=row.currency,
        reference=request.reference,
        last4=last4_of(row),
        path="/me/bank",
    )
