"""Recording answers together: the rows that `record_outcome` and `book_payment` write for one, written for many.

Only the plain case goes this way: a first answer, a success of just what was asked, still owed. Whatever else came is
recorded one by one.
"""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, delete, text
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.bulk import new_ids, write_rows
from app.core.settings import settings
from app.ledger import journal
from app.letters.writing import write_many
from app.payments.cards.answers import Intent
from app.payments.cards.booking import CLEARING, RECEIPT_JOB
from app.payments.cards.models import (
    PROCESSOR,
    CardPayment,
    ChargeOutcome,
    ChargeRetry,
    OpenAttempt,
    Outcome,
    ProcessorFee,
    Source,
)
from app.payments.cards.outcomes import record_not_charged, record_outcome, record_unknown


class Answer(NamedTuple):
    """What came of sending an attempt: the payment, None when nobody knows, or the code of a refusal to charge."""

    attempt_id: UUID
    seen: Intent | None
    refused: str = ""


# The attempts with their requests under lock, taken in one order.
_LOCK = text("""
    SELECT r.id FROM payment_request r WHERE r.id IN (
        SELECT i.payment_request_id FROM charge_attempt a JOIN instalment i ON i.id = a.instalment_id
        WHERE a.id = ANY(:attempts)
    ) ORDER BY r.id FOR NO KEY UPDATE
""")
_FACTS = text("""
    SELECT a.id, a.instalment_id, a.amount_cents, a.currency, a.customer, r.id AS request_id, r.reference,
        r.person_id, p.email, p.language, coalesce(low.cents, r.amount_cents) - coalesce(held.amount, 0) AS open_cents
    FROM charge_attempt a
    JOIN instalment i ON i.id = a.instalment_id
    JOIN payment_request r ON r.id = i.payment_request_id
    JOIN person p ON p.id = r.person_id
    LEFT JOIN LATERAL (
        SELECT min(amount_cents) AS cents FROM payment_request_amount WHERE payment_request_id = r.id
    ) AS low ON true
    LEFT JOIN LATERAL (
        SELECT -b.amount AS amount FROM account c JOIN balance b ON b.account_id = c.id AND b.unit = r.currency
        WHERE c.kind = 'subscriptions_held' AND c.subject = 'request:' || r.id
    ) AS held ON true
    WHERE a.id = ANY(:attempts)
        AND NOT EXISTS (SELECT FROM charge_outcome WHERE attempt_id = a.id)
        AND NOT EXISTS (SELECT FROM payment_request_end WHERE payment_request_id = r.id)
""")


def record_answers(session: Session, answers: list[Answer]) -> None:
    """Record what came of many attempts, each with all that follows; whichever source comes first wins, as ever."""
    if not answers:
        return
    ids = [answer.attempt_id for answer in answers]
    session.execute(_LOCK, {"attempts": ids})
    facts = {row.id: row for row in session.execute(_FACTS, {"attempts": ids})}
    plain, others, requests = [], [], set()
    for answer in answers:
        row = facts.get(answer.attempt_id)
        if (
            row is not None
            and answer.seen is not None
            and row.request_id not in requests
            and _is_plain(row, answer.seen)
        ):
            requests.add(row.request_id)  # a second payment of one request is judged after the first is booked
            plain.append((row, answer.seen))
        else:
            others.append(answer)
    if plain:
        _record(session, plain)
    for answer in others:
        _record_one(session, answer)


def _record_one(session: Session, answer: Answer) -> None:
    if answer.seen is not None:
        record_outcome(session, answer.attempt_id, answer.seen, Source.ANSWER)
    elif answer.refused:
        record_not_charged(session, answer.attempt_id, Source.ANSWER, answer.refused)
    else:
        record_unknown(session, answer.attempt_id)


def _is_plain(row: Row[Any], seen: Intent) -> bool:
    """A success of just what was asked, with its fee known, all of it still owed."""
    asked = (str(row.id), row.amount_cents, row.currency, row.customer, settings().stripe_live)
    said = (seen.attempt, seen.amount.minor, seen.amount.currency, seen.customer, seen.livemode)
    line = seen.entered
    known = line is not None and line.fee.minor > 0 and line.fee.currency == line.amount.currency == row.currency
    return (
        seen.status == "succeeded"
        and bool(seen.charge)
        and asked == said
        and known
        and row.amount_cents <= row.open_cents
    )


def _record(session: Session, plain: list[tuple[Row[Any], Intent]]) -> None:
    now = clock.now()
    entries = journal.post_all(session, [draft for row, seen in plain for draft in _drafts(row, seen)], by=None)
    payments = new_ids(session, CardPayment, len(plain))
    write_rows(session, ChargeOutcome, [_outcome(row, seen, now.isoformat()) for row, seen in plain])
    write_rows(
        session,
        CardPayment,
        [
            {
                "id": payment,
                "processor": PROCESSOR,
                "charge": seen.charge,
                "intent": seen.id,
                "attempt_id": str(row.id),
                "instalment_id": row.instalment_id,
                "payment_request_id": row.request_id,
                "amount_cents": row.amount_cents,
                "currency": row.currency,
                "received_at": now.isoformat(),
                "entry_id": entry,
            }
            for payment, entry, (row, seen) in zip(payments, entries[::2], plain, strict=True)
        ],
    )
    fees = [(entry, seen) for entry, (_, seen) in zip(entries[1::2], plain, strict=True)]
    write_rows(session, ProcessorFee, [_fee(entry, seen, now.isoformat()) for entry, seen in fees])
    session.execute(delete(OpenAttempt).where(OpenAttempt.attempt_id.in_([row.id for row, _ in plain])))
    session.execute(delete(ChargeRetry).where(ChargeRetry.instalment_id.in_([row.instalment_id for row, _ in plain])))
    lines = [
        (audit.Tag.CARD_PAID, f"card-payment:{payment}", {"amount_cents": row.amount_cents})
        for payment, (row, _) in zip(payments, plain, strict=True)
    ]
    audit.record_many(session, lines, by=None)
    write_many(session, "payment-received", [_letter(row) for row, _ in plain])
    jobs.defer_many(session, RECEIPT_JOB, [{"card_payment_id": number} for number in payments], patient=True)


def _drafts(row: Row[Any], seen: Intent) -> tuple[journal.Draft, journal.Draft]:
    """The entries of a payment and of its fee, as `hold` and `book_fee` make them."""
    assert seen.entered is not None, "its fee is known"
    held = (
        journal.Leg(*CLEARING, row.currency, row.amount_cents),
        journal.Leg("subscriptions_held", f"request:{row.request_id}", row.currency, -row.amount_cents),
    )
    fee = seen.entered.fee
    kept = (
        journal.Leg("processor_fees", "", fee.currency, fee.minor),
        journal.Leg(*CLEARING, fee.currency, -fee.minor),
    )
    return (
        journal.Draft(f"charge:{PROCESSOR}:{seen.charge}", "card payment", clock.today(), held),
        journal.Draft(f"fee:{PROCESSOR}:{seen.entered.id}", "processor fee", clock.today(), kept),
    )


def _outcome(row: Row[Any], seen: Intent, at: str) -> dict[str, Any]:
    known = {"attempt_id": str(row.id), "seq": 1, "outcome": Outcome.SUCCEEDED, "source": Source.ANSWER, "at": at}
    return known | {"intent": seen.id, "charge": seen.charge, "code": "", "decline_code": "", "network_code": ""}


def _fee(entry: int, seen: Intent, at: str) -> dict[str, Any]:
    assert seen.entered is not None, "its fee is known"
    return {
        "balance_transaction": seen.entered.id,
        "about": seen.charge,
        "amount_cents": seen.entered.fee.minor,
        "currency": seen.entered.fee.currency,
        "booked_at": at,
        "entry_id": entry,
    }


def _letter(row: Row[Any]) -> dict[str, Any]:
    facts = {"amount_minor": row.amount_cents, "open_minor": row.open_cents - row.amount_cents}
    facts |= {"currency": row.currency, "reference": row.reference}
    return {"to": row.email, "lang": row.language, "person_id": row.person_id, "facts": facts}
