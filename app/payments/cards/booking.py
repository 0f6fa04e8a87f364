"""Booking: a charge that succeeded becomes a payment in the books, once; the processor's fee becomes an expense."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_
from app.ledger import journal
from app.payments.cards.answers import Entered, Intent
from app.payments.cards.hearing.parking import park
from app.payments.cards.models import PROCESSOR, CardPayment, ChargeAttempt, ProcessorFee
from app.payments.holding import hold, write_received
from app.payments.refunding import owe_directly

FEE_JOB = "cards.book_fee"
RECEIPT_JOB = "documents.file_card_receipt"
CLEARING = ("stripe_clearing", "")


def book_payment(session: Session, attempt: ChargeAttempt, seen: Intent) -> CardPayment:
    """Book what an attempt brought, with the request locked: held as far as it is asked for, else owed back."""
    request = attempt.instalment.request
    kept = hold(
        session,
        request,
        attempt.amount,
        key=f"charge:{PROCESSOR}:{seen.charge}",
        nature="card payment",
        on=clock.today(),
        by=None,
        account=CLEARING,
    )
    payment = CardPayment(
        processor=PROCESSOR,
        charge=seen.charge,
        intent=seen.id,
        attempt_id=attempt.id,
        instalment_id=attempt.instalment_id,
        payment_request_id=request.id,
        amount_cents=attempt.amount_cents,
        currency=attempt.currency,
        received_at=clock.now(),
        entry_id=kept.entry_id,
    )
    session.add(payment)
    session.flush()
    if kept.beyond.minor:
        owe_directly(session, request, kept.beyond, f"card-payment:{payment.id}", kept.reason, kept.entry_id)
    subject = f"card-payment:{payment.id}"
    audit.record(session, audit.Tag.CARD_PAID, subject, by=None, amount_cents=attempt.amount_cents)
    write_received(session, request, attempt.amount)
    jobs.defer(session, RECEIPT_JOB, card_payment_id=payment.id)
    if seen.entered is None:
        jobs.defer(session, FEE_JOB, charge=seen.charge)
    else:
        book_fee(session, seen.charge, seen.entered)
    return payment


def book_fee(session: Session, about: str, entered: Entered) -> ProcessorFee | None:
    """Book the fee in a line of the processor's balance, once; None when there is none, or it was booked before."""
    if entered.fee.minor == 0:
        return None
    one_at_a_time(session, f"processor fee {entered.id}")
    if session.scalars(select(ProcessorFee).where(ProcessorFee.balance_transaction == entered.id)).first():
        return None
    if entered.fee.currency != entered.amount.currency:
        park(session, "fee", entered.id, N_("the fee is in another currency"), about=about)
        return None
    legs = (
        journal.Leg("processor_fees", "", entered.fee.currency, entered.fee.minor),
        journal.Leg(*CLEARING, entered.fee.currency, -entered.fee.minor),
    )
    draft = journal.Draft(f"fee:{PROCESSOR}:{entered.id}", "processor fee", clock.today(), legs)
    row = ProcessorFee(
        balance_transaction=entered.id,
        about=about,
        amount_cents=entered.fee.minor,
        currency=entered.fee.currency,
        booked_at=clock.now(),
        entry_id=journal.post(session, draft, by=None),
    )
    session.add(row)
    session.flush()
    return row
