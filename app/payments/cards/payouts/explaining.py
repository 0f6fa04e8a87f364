"""Explaining payouts: every line of one must have its cause in the books, and together they must be its amount.

What is missing is asked for first, as a webhook would have brought it. Nothing here runs inside of a transaction.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time, reading, transaction
from app.core.errors import N_
from app.core.money import Money
from app.payments.cards import stripe
from app.payments.cards.answers import Entered, Line, PaidOut
from app.payments.cards.booking import book_fee
from app.payments.cards.hearing.handling import DONE, PARKED, dispute_seen, handles, payment_seen
from app.payments.cards.hearing.models import StripeEvent
from app.payments.cards.hearing.parking import park
from app.payments.cards.models import Source
from app.payments.cards.payouts.causes import FEES, TYPES, Baseless, baseless
from app.payments.cards.payouts.models import ProcessorPayout, ProcessorPayoutCheck, ProcessorPayoutItem
from app.payments.cards.payouts.recording import record_payout
from app.payments.cards.payouts.standing import last_check, unsettled
from app.payments.cards.returning.sending import refund_seen

BY_HAND = N_("it was made by hand, and the processor does not say what is in such a payout: keep payouts automatic")
EMPTY = N_("the processor names no line in it")
UNKNOWN = N_("a line is of a type that is not known here")
FOREIGN = N_("a line is in another currency")
ABSENT = N_("a line is about something that is not in the books")
REMAINDER = N_("its lines do not come to its amount")
FAILS_WITHIN = timedelta(days=10)  # Stripe: within five business days, even after it was paid


class Judgement(NamedTuple):
    """What comparing came to: no reason when all is explained; `about` names the line that is to blame."""

    reason: str
    about: str
    remainder_cents: int


def payout_seen(seen: PaidOut, source: Source) -> bool:
    """Record a payout, and explain it once its lines are complete; False when a person has to look."""
    with transaction() as session:
        row = record_payout(session, seen, source)
        if row is None:
            return False
        before = last_check(session, row.id)
        if before is not None and before.explained:
            return True
    if not seen.automatic:
        return _conclude(row, Judgement(BY_HAND, "", row.amount_cents))
    if not seen.listed:
        return True
    _keep_lines(row)
    for line in _missing(row):
        _fetch(line)
    with reading() as session:
        judgement = judge(session, row)
    return _conclude(row, judgement)


def look_at_payouts(since: datetime) -> int:
    """Look at every payout that arrived since a moment, or has not failed for sure, and at those not explained yet.

    How many were looked at. Harmless at any time.
    """
    walked = {}
    for seen in stripe.payouts_from(int((since - FAILS_WITHIN).timestamp())):
        walked[seen.id] = payout_seen(seen, Source.POLL)
    with reading() as session:
        others = [row.processor_id for row in unsettled(session) if row.processor_id not in walked]
    for name in others:
        walked[name] = payout_seen(stripe.find_payout(name), Source.POLL)
    return len(walked)


def sweep_payouts(session: Session) -> None:
    """Look at the latest payouts from time to time, in case that nobody told of them."""
    if stripe.is_configured():
        look_at_payouts(clock.now())


def payout_told(event: StripeEvent) -> str:
    """Look at the payout that an event is about."""
    return DONE if payout_seen(stripe.find_payout(event.object_id), Source.WEBHOOK) else PARKED


def judge(session: Session, row: ProcessorPayout) -> Judgement:
    """Compare a payout with its lines and the books; the remainder is what no line with a cause explains."""
    lines = session.execute(
        select(func.count(), func.coalesce(func.sum(ProcessorPayoutItem.net_cents), 0)).where(
            ProcessorPayoutItem.payout_id == row.id, ProcessorPayoutItem.currency == row.currency
        )
    ).one()
    without = baseless(session, row.id)
    named = int(lines[1]) - sum(each.net_cents for each in without if each.currency == row.currency)
    remainder = row.amount_cents + row.fee_cents - named
    if without:
        worst = min(without, key=lambda each: (each.type in TYPES, each.currency == row.currency))
        return Judgement(_blame(worst, row.currency), _named(worst), remainder)
    if lines[0] == 0:
        return Judgement(EMPTY, "", remainder)
    return Judgement(REMAINDER if remainder else "", "", remainder)


def _blame(line: Baseless, currency: str) -> str:
    if line.type not in TYPES:
        return UNKNOWN
    return FOREIGN if line.currency != currency else ABSENT


def _named(line: Baseless) -> str:
    return " ".join(each for each in (line.type, line.source, line.balance_transaction) if each)


def _keep_lines(row: ProcessorPayout) -> None:
    """Keep the lines of a payout, all at once; they do not change any more."""
    kept = select(ProcessorPayoutItem.id).where(ProcessorPayoutItem.payout_id == row.id).limit(1)
    with reading() as session:
        if session.scalars(kept).first() is not None:
            return
    found = list(stripe.lines_of(row.processor_id))
    lines = [line for line in reversed(found) if line.source != row.processor_id or line.type != "payout"]
    with transaction() as session:
        one_at_a_time(session, f"processor payout {row.processor_id}")
        if session.scalars(kept).first() is None:
            session.add_all(_item(row, line) for line in lines)


def _item(row: ProcessorPayout, line: Line) -> ProcessorPayoutItem:
    amount, fee = line.entered.amount, line.entered.fee
    return ProcessorPayoutItem(
        payout_id=row.id, balance_transaction=line.entered.id, type=line.type, source=line.source,
        amount_cents=amount.minor, fee_cents=fee.minor, net_cents=amount.minor - fee.minor, currency=amount.currency,
    )  # fmt: skip


def _missing(row: ProcessorPayout) -> list[ProcessorPayoutItem]:
    with reading() as session:
        names = [each.balance_transaction for each in baseless(session, row.id) if each.type in TYPES]
        items = select(ProcessorPayoutItem).where(ProcessorPayoutItem.balance_transaction.in_(names))
        return list(session.scalars(items.order_by(ProcessorPayoutItem.id)))


def _fetch(line: ProcessorPayoutItem) -> None:
    """Bring what a line is about into the books, as its event would have, and its fee as the processor states it."""
    if line.type in ("charge", "payment"):
        intent, _ = stripe.find_charge(line.source)
        if intent:
            payment_seen(stripe.find_intent(intent), Source.POLL)
    elif line.type in ("refund", "payment_refund", "refund_failure"):
        refund_seen(stripe.find_refund(line.source), Source.POLL)
    elif line.type == "adjustment" and line.source.startswith("d"):  # dp_…, or du_… of old
        dispute_seen(stripe.find_dispute(line.source), Source.POLL)
    elif line.type in ("payout_failure", "payout_cancel"):
        with transaction() as session:
            record_payout(session, stripe.find_payout(line.source), Source.POLL)
    is_fee = line.type in FEES
    fee = line.fee_cents - (line.amount_cents if is_fee else 0)
    amount = 0 if is_fee else line.amount_cents
    entered = Entered(line.balance_transaction, Money(amount, line.currency), Money(fee, line.currency))
    with transaction() as session:
        book_fee(session, line.source or line.balance_transaction, entered)


def _conclude(row: ProcessorPayout, judgement: Judgement) -> bool:
    explained = judgement.reason == ""
    with transaction() as session:
        one_at_a_time(session, f"processor payout {row.processor_id}")
        before = last_check(session, row.id)
        if before is not None and (before.explained or judgement == _said(before)):
            return before.explained
        session.add(ProcessorPayoutCheck(payout_id=row.id, explained=explained, at=clock.now(), **judgement._asdict()))
        session.flush()
        subject = f"processor-payout:{row.id}"
        details = {"explained": explained, "remainder_cents": judgement.remainder_cents}
        audit.record(
            session, audit.Tag.PROCESSOR_PAYOUT_CHECKED, subject, by=None, reason=judgement.reason or None, **details
        )
        if not explained:
            found = {"line": judgement.about, "remainder": judgement.remainder_cents, "currency": row.currency}
            park(session, "payout", row.processor_id, judgement.reason, **found)
    return explained


def _said(check: ProcessorPayoutCheck) -> Judgement:
    return Judgement(check.reason, check.about, check.remainder_cents)


handles("payout.", payout_told)
