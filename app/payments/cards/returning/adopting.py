"""Adopting refunds that somebody made on the processor's own pages: booked once they have gone, never in silence.

First they settle what is owed to the payer, then they are taken from what is held. What became shares stays receivable
from the payer and waits for a person; a refund that falls due to the payer later is settled with it.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_
from app.core.money import Money
from app.ledger import journal
from app.ledger.models import Account, Posting
from app.payments.cards.answers import Returned
from app.payments.cards.booking import CLEARING, book_fee
from app.payments.cards.hearing.parking import park
from app.payments.cards.models import PROCESSOR, CardPayment, Source
from app.payments.cards.returning.bearing import BACK, Gone, from_owed, left, requests_of, settles
from app.payments.cards.returning.models import (
    RANK,
    AdoptedRefund,
    AdoptedRefundMove,
    ProcessorRefund,
    RefundState,
)
from app.payments.cards.returning.recording import PAPER_JOB, STATES, follow
from app.payments.refunding import owe_part, write_paid
from app.payments.requesting import held, locked_request
from app.payments.settled import last4_of

RECEIVABLE = "refund_receivable"
NATURE = "refund found at the processor"
WHY = N_("refunded on the card processor's own pages")
UNPAID = N_("a refund was made on the processor's own pages, and nothing was owed: what it paid for is paid no more")


def adopt(session: Session, seen: Returned, source: Source) -> bool:
    """Record a refund that nobody here asked for, with all that follows, once; False when no payment here is meant."""
    payment = session.scalars(select(CardPayment).where(CardPayment.charge == seen.charge)).first()
    now = STATES.get(seen.status)
    if payment is None or now is None or seen.amount.currency != payment.currency:
        return False
    one_at_a_time(session, f"adopted refund {seen.id}")
    row = session.scalars(select(AdoptedRefund).where(AdoptedRefund.processor_id == seen.id)).first()
    row = row or _found(session, payment, seen)
    before = _last(session, row)
    if before is not None and RANK[now] <= RANK[RefundState(before.status)]:
        return True
    entry_id = None
    if now == RefundState.SUCCEEDED:
        entry_id = _book(session, row)
    elif now in BACK and before is not None and before.entry_id is not None:
        entry_id = _undo(session, row, before.entry_id, now, seen, source)
    _move(session, row, now, source, entry_id)
    if seen.entered is not None:
        book_fee(session, seen.id, seen.entered)
    if now == RefundState.SUCCEEDED:
        bear(session, row)
    return True


def bear(session: Session, row: AdoptedRefund) -> None:
    """Take what an adopted refund cost from what is owed, then from what is held; whatever was not owed is told."""
    gone, owed_all = _gone(row), True
    requests = requests_of(session, row.payment)
    for request in requests:
        locked_request(session, request.id)
        _tell(session, from_owed(session, gone, request))
    for request in requests:
        amount = min(left(session, gone), held(session, request).minor)
        if amount > 0:
            owed_all = False
            owe_part(session, request, Money(amount, row.currency), f"{gone.key}:{request.id}", WHY)
            _tell(session, from_owed(session, gone, request))
    if rest := left(session, gone):
        park(session, "refund", row.processor_id, N_("a refund was made on the processor's own pages for what became "
             "shares"), left=rest, currency=row.currency)  # fmt: skip
    elif not owed_all:
        reference = row.payment.request.reference
        park(session, "refund", row.processor_id, UNPAID, amount=row.amount_cents, reference=reference)


def bear_rest(session: Session) -> None:
    """Settle with what payers have too much by adopted refunds what has become owed to them since."""
    open_ones = (
        select(Account.subject)
        .join(Posting, Posting.account_id == Account.id)
        .where(Account.kind == RECEIVABLE)
        .group_by(Account.subject)
        .having(func.sum(Posting.amount) > 0)
    )
    carried = func.concat("adopted-refund:", AdoptedRefund.id).in_(open_ones)
    for row in session.scalars(select(AdoptedRefund).where(carried).order_by(AdoptedRefund.id)).all():
        for request in requests_of(session, row.payment):
            locked_request(session, request.id)
            _tell(session, from_owed(session, _gone(row), request))


def _found(session: Session, payment: CardPayment, seen: Returned) -> AdoptedRefund:
    row = AdoptedRefund(
        processor_id=seen.id, card_payment_id=payment.id, amount_cents=seen.amount.minor,
        currency=seen.amount.currency, found_at=clock.now(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    subject = f"card-payment:{payment.id}"
    audit.record(session, audit.Tag.REFUND_FOUND, subject, by=None, reason=WHY, amount_cents=row.amount_cents)
    return row


def _gone(row: AdoptedRefund) -> Gone:
    key = f"adopted-refund:{row.id}"
    return Gone((RECEIVABLE, key), row.payment, row.processor_id, key, NATURE, WHY)


def _book(session: Session, row: AdoptedRefund) -> int:
    legs = (
        journal.Leg(RECEIVABLE, f"adopted-refund:{row.id}", row.currency, row.amount_cents),
        journal.Leg(*CLEARING, row.currency, -row.amount_cents),
    )
    key = f"adopted-refund:{PROCESSOR}:{row.processor_id}"
    return journal.post(session, journal.Draft(key, "adopted refund", clock.today(), legs), by=None)


def _undo(session: Session, row: AdoptedRefund, booked: int, now: RefundState, seen: Returned, source: Source) -> int:
    """It came back: what it settled is owed anew, and the money is at the processor again."""
    for sent in session.scalars(select(ProcessorRefund).where(settles([row]))).all():
        follow(session, sent, now, seen, source)
    key = f"adopted-refund-failed:{PROCESSOR}:{row.processor_id}"
    return journal.reverse(session, booked, key=key, on=clock.today(), by=None)


def _tell(session: Session, settled: list[ProcessorRefund]) -> None:
    for sent in settled:
        write_paid(session, sent.refund, sent.amount, to_card="yes", last4=last4_of(sent))
        jobs.defer(session, PAPER_JOB, identifier=str(sent.id))


def _last(session: Session, row: AdoptedRefund) -> AdoptedRefundMove | None:
    moves = select(AdoptedRefundMove).where(AdoptedRefundMove.adopted_refund_id == row.id)
    return session.scalars(moves.order_by(AdoptedRefundMove.id.desc()).limit(1)).first()


def _move(session: Session, row: AdoptedRefund, now: RefundState, source: Source, entry_id: int | None) -> None:
    session.add(
        AdoptedRefundMove(adopted_refund_id=row.id, status=now, source=source, at=clock.now(), entry_id=entry_id)
    )
    session.flush()
