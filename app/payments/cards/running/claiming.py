"""Claiming: the next payments of a run become attempts, each once, whichever of several processes is quicker."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from app.core import clock
from app.core.bulk import write_rows
from app.core.identifiers import uuid7
from app.core.money import Money
from app.payments.cards.attempting import params_of, params_sha256
from app.payments.cards.currencies import LEAST, MOST, to_processor
from app.payments.cards.models import ChargeAttempt, OpenAttempt, Trigger
from app.payments.cards.running.dues import with_facts
from app.payments.cards.running.ending import told_by
from app.payments.cards.running.models import ChargeNotice, ChargeRun
from app.payments.cards.running.purposes import zone_of
from app.payments.cards.running.states import STAGES, cap_of, locked_run, state_of

LOOK_AFTER = timedelta(minutes=3)
"""When another process looks after an attempt whose own says nothing."""


class Attempt(NamedTuple):
    """An attempt to send: its name, and what is sent; `again` when it may have been sent before."""

    id: UUID
    params: dict[str, Any]
    again: bool = False


class Claimed(NamedTuple):
    """What was claimed; `last` is the notice after which to go on, None at the end of the run."""

    attempts: list[Attempt]
    last: int | None


# Whoever was not told in time is not charged: the letter must have left so many days ago.
_NEXT = text("""
    SELECT n.id FROM charge_notice n
    JOIN instalment i ON i.id = n.instalment_id
    JOIN payment_request r ON r.id = i.payment_request_id
    WHERE n.run_id = :run AND n.id > :after AND n.charge_on <= :today
        AND NOT EXISTS (SELECT FROM charge_attempt a WHERE a.instalment_id = n.instalment_id)
        AND NOT EXISTS (SELECT FROM payment_request_end e WHERE e.payment_request_id = r.id)
        AND (EXISTS (SELECT FROM letter_sent s WHERE s.letter_id = n.letter_id AND s.sent_at < :told_before)
            OR EXISTS (SELECT FROM letter_posted p WHERE p.letter_id = n.letter_id AND p.posted_on <= :told_on))
    ORDER BY n.id LIMIT :most FOR NO KEY UPDATE OF r SKIP LOCKED
""")


def claim(session: Session, run: ChargeRun, after: int, most: int) -> Claimed:
    """Write attempts for the next payments of a run, to be sent once this is committed.

    A payment is claimed when its person was told in time, of no less than is charged now; its request has not ended,
    it is not paid otherwise, and there is a way to pay.
    """
    most = _room(session, run, most)
    if most == 0:
        return Claimed([], None)
    today = clock.today(zone_of(session, run.purpose))
    facts = {"run": run.id, "after": after, "most": most, "today": today, **told_by(clock.today())}
    notices = list(session.scalars(_NEXT, facts))
    if not notices:
        return Claimed([], None)
    # The requests are locked: only now is what stands about them read, attempts of others among it.
    tried = select(ChargeAttempt.id).where(ChargeAttempt.instalment_id == ChargeNotice.instalment_id).exists()
    wanted = with_facts(ChargeNotice.__table__, ChargeNotice.instalment_id).where(ChargeNotice.id.in_(notices), ~tried)
    rows = session.execute(wanted.add_columns(ChargeNotice.amount_cents.label("told_cents")).order_by(ChargeNotice.id))
    return Claimed(_write(session, run, [row for row in rows if _may_be_charged(row)]), notices[-1])


def _room(session: Session, run: ChargeRun, most: int) -> int:
    """How many may be claimed: a trial has its number, over all processes together."""
    if cap_of(state_of(session, run.id)) is not None:
        locked_run(session, run.id)
    state = state_of(session, run.id)
    cap = cap_of(state)
    if state not in STAGES:
        return 0
    if cap is None:
        return most
    begun = select(ChargeAttempt.id).where(ChargeAttempt.run_id == run.id).limit(cap).subquery()
    return max(0, min(most, cap - session.execute(select(func.count()).select_from(begun)).scalar_one()))


def _may_be_charged(row: Row[Any]) -> bool:
    told = row.amount_cents <= row.told_cents
    return told and LEAST <= to_processor(Money(row.amount_cents, row.currency)) <= MOST


def _write(session: Session, run: ChargeRun, due: list[Row[Any]]) -> list[Attempt]:
    now = clock.now()
    attempts = [_attempt(row) for row in due]
    rows = [
        {
            "id": str(attempt.id),
            "instalment_id": row.instalment_id,
            "n": 1,
            "amount_cents": row.amount_cents,
            "currency": row.currency,
            "customer": row.customer,
            "method": row.processor_method,
            "saved_method_id": row.saved_method_id,
            "trigger": Trigger.RUN,
            "run_id": run.id,
            "off_session": True,
            "params": attempt.params,
            "params_sha256": "\\x" + params_sha256(attempt.params).hex(),
            "created_at": now,
        }
        for attempt, row in zip(attempts, due, strict=True)
    ]
    write_rows(session, ChargeAttempt, rows)
    opened = [
        {"attempt_id": str(attempt.id), "instalment_id": row.instalment_id, "look_at": now + LOOK_AFTER}
        for attempt, row in zip(attempts, due, strict=True)
    ]
    write_rows(session, OpenAttempt, opened)
    return attempts


def _attempt(row: Row[Any]) -> Attempt:
    attempt_id = uuid7()
    amount = Money(row.amount_cents, row.currency)
    return Attempt(attempt_id, params_of(attempt_id, amount, row.customer, row, row.reference))


_FORSAKEN = text("""
    WITH found AS (
        SELECT o.attempt_id FROM open_attempt o JOIN charge_attempt a ON a.id = o.attempt_id
        LEFT JOIN LATERAL (
            SELECT outcome FROM charge_outcome WHERE attempt_id = a.id ORDER BY seq DESC LIMIT 1
        ) AS last ON true
        WHERE a.run_id = :run AND o.look_at <= :now
            AND coalesce(last.outcome, 'no answer') = 'no answer'
        ORDER BY o.look_at LIMIT :most FOR UPDATE OF o SKIP LOCKED
    )
    UPDATE open_attempt SET look_at = :look_at FROM found
    WHERE open_attempt.attempt_id = found.attempt_id
    RETURNING open_attempt.attempt_id
""")


def forsaken(session: Session, run_id: int, most: int) -> list[Attempt]:
    """Attempts of a run whose process died or got no answer: what became of them is found out first."""
    now = clock.now()
    facts = {"run": run_id, "now": now, "look_at": now + LOOK_AFTER, "most": most}
    return [Attempt(number, {}, again=True) for number in session.scalars(_FORSAKEN, facts)]
