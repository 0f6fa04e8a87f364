"""Recording payouts: the one act of webhook, repair and timed job; the books move as the processor's balance does."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_
from app.ledger import journal
from app.payments.cards.answers import PaidOut
from app.payments.cards.booking import CLEARING, book_fee
from app.payments.cards.hearing.parking import park
from app.payments.cards.models import PROCESSOR, Source
from app.payments.cards.payouts.models import CAME_BACK, RANK, PayoutState, ProcessorPayout, ProcessorPayoutMove

NATURE = "processor payout"


def in_transit(name: str) -> tuple[str, str]:
    """The account that carries a payout, by its name at the processor, until the bank has it: kind and subject."""
    return "payouts_in_transit", f"processor-payout:{name}"


def record_payout(session: Session, seen: PaidOut, source: Source) -> ProcessorPayout | None:
    """Record what the processor says of a payout, with all that follows, once; None when only a person can judge.

    It is booked when it is first seen, since it has left the balance by then; one that comes back is reversed.
    """
    one_at_a_time(session, f"processor payout {seen.id}")
    row = payout_of(session, seen.id)
    if seen.status not in RANK:
        park(session, "payout", seen.id, N_("the payout is in a state that is not known"), status=seen.status)
        return row
    if seen.amount.minor == 0 or (row is not None and row.amount != seen.amount):
        park(session, "payout", seen.id, N_("the amount of the payout cannot be right"), amount=seen.amount.minor)
        return row
    if row is None:
        row = _open(session, seen)
    _follow(session, row, seen, source)
    return row


def payout_of(session: Session, name: str) -> ProcessorPayout | None:
    """A payout by its name at the processor."""
    return session.scalars(select(ProcessorPayout).where(ProcessorPayout.processor_id == name)).first()


def last_move(session: Session, row: ProcessorPayout) -> ProcessorPayoutMove | None:
    """What became known of a payout last."""
    moves = select(ProcessorPayoutMove).where(ProcessorPayoutMove.payout_id == row.id)
    return session.scalars(moves.order_by(ProcessorPayoutMove.id.desc()).limit(1)).first()


def _open(session: Session, seen: PaidOut) -> ProcessorPayout:
    currency, amount = seen.amount.currency, seen.amount.minor
    legs = (
        journal.Leg(*in_transit(seen.id), currency, amount),
        journal.Leg(*CLEARING, currency, -amount),
    )
    draft = journal.Draft(f"payout:{PROCESSOR}:{seen.id}", NATURE, clock.today(), legs)
    own = seen.entered
    row = ProcessorPayout(
        processor_id=seen.id,
        amount_cents=amount,
        fee_cents=own.fee.minor if own is not None else 0,
        currency=currency,
        automatic=seen.automatic,
        arrives_on=seen.arrives_on,
        made_at=seen.made_at,
        seen_at=clock.now(),
        entry_id=journal.post(session, draft, by=None),
    )
    session.add(row)
    session.flush()
    if own is not None:
        book_fee(session, seen.id, own)
    subject = f"processor-payout:{row.id}"
    audit.record(
        session, audit.Tag.PROCESSOR_PAYOUT_BOOKED, subject, by=None, amount_cents=amount, currency=currency,
        processor_id=seen.id,
    )  # fmt: skip
    return row


def _follow(session: Session, row: ProcessorPayout, seen: PaidOut, source: Source) -> None:
    before, now = last_move(session, row), PayoutState(seen.status)
    if before is not None:
        was = PayoutState(before.status)
        told = was == now and seen.trace and seen.trace != before.trace
        if RANK[now] <= RANK[was] and not told:
            return
    entry_id, subject = None, f"processor-payout:{row.id}"
    if now in CAME_BACK:
        key = f"payout-failed:{PROCESSOR}:{row.processor_id}"
        entry_id = journal.reverse(session, row.entry_id, key=key, on=clock.today(), by=None)
    move = ProcessorPayoutMove(
        payout_id=row.id, status=now, reason=seen.why, trace=seen.trace, source=source, at=clock.now(),
        entry_id=entry_id,
    )  # fmt: skip
    session.add(move)
    session.flush()
    audit.record(session, audit.Tag.PROCESSOR_PAYOUT_MOVED, subject, by=None, reason=seen.why, state=now)
