"""Proofs of card payments: each success is one payment and one posting, and the processor holds what the books say."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong
from app.payments.cards import stripe
from app.payments.cards.answers import Busy, KeyRefused, NoAnswer
from app.payments.cards.attempting import params_sha256
from app.payments.cards.models import ChargeAttempt
from app.payments.cards.payouts.models import ProcessorPayout


def _payments_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH leg AS NOT MATERIALIZED (
            SELECT p.entry_id, a.kind, a.subject, p.unit, p.amount FROM posting p JOIN account a ON a.id = p.account_id
        )
        SELECT concat_ws(' ', 'card payment', c.id, 'is not what entry', e.id, 'booked')
        FROM card_payment c JOIN entry e ON e.id = c.entry_id
        WHERE e.nature <> 'card payment' OR e.key <> 'charge:' || c.processor || ':' || c.charge
            OR c.amount_cents <> coalesce(
                (SELECT sum(amount) FROM leg WHERE entry_id = e.id AND kind = 'stripe_clearing'), 0)
            OR EXISTS (SELECT FROM leg WHERE entry_id = e.id AND (unit <> c.currency OR kind <> 'stripe_clearing' AND (
                kind NOT IN ('subscriptions_held', 'refunds_payable') OR subject <> 'request:' || c.payment_request_id
            )))
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'books no card payment') FROM entry e
        WHERE nature = 'card payment' AND NOT EXISTS (SELECT FROM card_payment WHERE entry_id = e.id)
        UNION ALL
        SELECT concat_ws(' ', 'fee', f.id, 'is not what entry', e.id, 'booked')
        FROM processor_fee f JOIN entry e ON e.id = f.entry_id
        WHERE e.nature <> 'processor fee' OR f.amount_cents <> coalesce(
            (SELECT sum(amount) FROM leg WHERE entry_id = e.id AND kind = 'processor_fees' AND unit = f.currency), 0)
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'books no fee') FROM entry e
        WHERE nature = 'processor fee' AND NOT EXISTS (SELECT FROM processor_fee WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM card_payment')} card payments", wrong)


def _successes_are_payments(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT concat_ws(' ', 'attempt', a.id, 'succeeded without its payment') FROM charge_attempt a
        JOIN charge_outcome o ON o.attempt_id = a.id AND o.outcome = 'succeeded'
        LEFT JOIN card_payment c ON c.attempt_id = a.id AND c.instalment_id = a.instalment_id
            AND c.charge = o.charge AND c.amount_cents = a.amount_cents AND c.currency = a.currency
        WHERE c.id IS NULL
        UNION ALL
        SELECT concat_ws(' ', 'card payment', c.id, 'has no attempt that succeeded') FROM card_payment c
        WHERE NOT EXISTS (
            SELECT FROM charge_outcome o WHERE o.attempt_id = c.attempt_id AND o.outcome = 'succeeded')
        UNION ALL
        SELECT concat_ws(' ', 'card payment', c.id, 'is of another request') FROM card_payment c
        JOIN instalment i ON i.id = c.instalment_id WHERE i.payment_request_id <> c.payment_request_id
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM charge_attempt')} attempts", wrong)


def _attempts_follow_each_other(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH present AS (
            SELECT DISTINCT ON (attempt_id) attempt_id, outcome FROM charge_outcome ORDER BY attempt_id, seq DESC
        )
        SELECT concat_ws(' ', 'attempt', a.id, 'was open when the next one began') FROM charge_attempt a
        JOIN charge_attempt later ON later.instalment_id = a.instalment_id AND later.n = a.n + 1
        LEFT JOIN present p ON p.attempt_id = a.id
        WHERE coalesce(p.outcome, '') NOT IN ('succeeded', 'declined', 'canceled', 'not charged')
        UNION ALL
        SELECT concat_ws(' ', 'attempt', a.id, 'is open and nobody looks after it') FROM charge_attempt a
        LEFT JOIN present p ON p.attempt_id = a.id
        WHERE coalesce(p.outcome, '') NOT IN ('succeeded', 'declined', 'canceled', 'not charged')
            AND NOT EXISTS (SELECT FROM open_attempt WHERE attempt_id = a.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM open_attempt')} attempts are open", wrong)


def _parameters_are_frozen(session: Session) -> Finding:
    wrong, seen = [], 0
    rows = session.execute(
        select(ChargeAttempt.id, ChargeAttempt.params, ChargeAttempt.params_sha256).execution_options(yield_per=2000)
    )
    for identifier, params, sha256 in rows:
        seen += 1
        if params_sha256(params) != bytes(sha256):
            wrong.append(f"attempt {identifier} would be sent with other parameters")
    return Finding(f"{seen} attempts", wrong[:20])


_AT_REST = """
SELECT (SELECT count(*) FROM open_attempt)
    + (SELECT count(*) FROM stripe_event e WHERE NOT EXISTS (SELECT FROM stripe_event_handled WHERE event_id = e.id))
    + (SELECT count(*) FROM parked_item i WHERE NOT EXISTS (SELECT FROM parked_done WHERE parked_item_id = i.id))
    + (SELECT count(*) FROM processor_refund r WHERE NOT EXISTS (
        SELECT FROM processor_refund_move WHERE processor_refund_id = r.id
        AND status IN ('succeeded', 'failed', 'canceled', 'refused')))
    + (SELECT count(*) FROM adopted_refund a WHERE NOT EXISTS (
        SELECT FROM adopted_refund_move WHERE adopted_refund_id = a.id
        AND status IN ('succeeded', 'failed', 'canceled')))
    + (SELECT count(*) FROM card_payment c WHERE NOT EXISTS (SELECT FROM processor_fee WHERE about = c.charge))
"""


def _payouts_to_come(session: Session) -> int:
    """How many payouts were made within a day and nobody has told of yet."""
    since = clock.now() - timedelta(days=1)
    made = [each.id for each in stripe.payouts_from(int(since.timestamp())) if each.made_at >= since]
    booked = set(session.scalars(select(ProcessorPayout.processor_id).where(ProcessorPayout.processor_id.in_(made))))
    return len(set(made) - booked)


def _processor_holds_what_books_say(session: Session) -> Finding:
    if not stripe.is_configured():
        return Finding("no card processor")
    rows = rows_wrong(
        session,
        "SELECT unit, sum(p.amount) FROM posting p JOIN account a ON a.id = p.account_id "
        "WHERE a.kind = 'stripe_clearing' GROUP BY 1 HAVING sum(p.amount) <> 0",
    )
    here = {unit: int(amount) for unit, amount in (row.split() for row in rows)}
    moving = count(session, _AT_REST)
    try:
        there = {currency: amount for currency, amount in stripe.held_by_stripe().items() if amount}
        moving += _payouts_to_come(session) if here != there else 0
    except (NoAnswer, Busy, KeyRefused) as error:
        return Finding("the card processor does not answer", [str(error)])
    figure = ", ".join(f"{amount} {unit}" for unit, amount in sorted(here.items())) or "nothing"
    if moving:
        return Finding(f"{figure} in the books; {moving} things are on their way")
    wrong = [
        f"{unit}: {here.get(unit, 0)} in the books, {there.get(unit, 0)} at the processor"
        for unit in sorted(here.keys() | there.keys())
        if here.get(unit, 0) != there.get(unit, 0)
    ]
    return Finding(figure, wrong)


PROOFS = [
    Proof(N_("Every card payment and fee is as the books have it"), _payments_are_as_booked),
    Proof(N_("Every charge that succeeded is one payment"), _successes_are_payments),
    Proof(N_("No attempt began before the last one was over"), _attempts_follow_each_other),
    Proof(N_("What is sent for an attempt is frozen"), _parameters_are_frozen),
    Proof(N_("The card processor holds what the books say"), _processor_holds_what_books_say),
]
