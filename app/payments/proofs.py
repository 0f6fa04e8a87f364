"""Proofs of payments: every cent that arrived is held, became capital, or goes back."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.closing import took_effect
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def by_card(refund: str) -> str:
    """In SQL, how much of a refund went back to cards; what came back later is owed by a refund of its own."""
    return f"""coalesce((
        SELECT sum(sent.amount_cents) FROM processor_refund sent WHERE sent.refund_id = {refund}.id AND EXISTS (
            SELECT FROM processor_refund_move WHERE processor_refund_id = sent.id AND status = 'succeeded')
    ), 0)"""


def _bank_equals_receipts(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        f"""
        WITH moved AS (
            SELECT currency, amount_cents AS amount FROM receipt
            UNION ALL
            SELECT currency, -amount_cents FROM receipt JOIN receipt_reversal ON receipt_id = receipt.id
            UNION ALL
            SELECT currency, -(amount_cents - {by_card("refund")}) FROM refund
            JOIN refund_payment ON refund_id = refund.id
            UNION ALL
            SELECT currency, -amount_cents FROM payout JOIN payout_payment ON payout_id = payout.id
        ), said AS (SELECT currency AS unit, sum(amount) AS amount FROM moved GROUP BY 1),
        books AS (
            SELECT unit, sum(p.amount) AS amount FROM posting p JOIN account a ON a.id = p.account_id
            JOIN entry e ON e.id = p.entry_id
            WHERE a.kind = 'bank' AND e.nature NOT IN ('card payout arrived', 'bank fee', 'explained bank line',
                'payment came back', 'reversal of card payout arrived', 'reversal of bank fee',
                'reversal of explained bank line') GROUP BY 1
        )
        SELECT unit, 'receipts less refunds', coalesce(said.amount, 0), 'bank', coalesce(books.amount, 0)
        FROM said FULL JOIN books USING (unit) WHERE coalesce(said.amount, 0) <> coalesce(books.amount, 0)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM receipt')} receipts", wrong)


def _nothing_held_beyond(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT a.subject, 'holds', -sum(p.amount), 'of', coalesce(l.amount_cents, r.amount_cents)
        FROM posting p JOIN account a ON a.id = p.account_id
        JOIN payment_request r ON 'request:' || r.id = a.subject
        LEFT JOIN (
            SELECT payment_request_id, min(amount_cents) AS amount_cents FROM payment_request_amount GROUP BY 1
        ) AS l ON l.payment_request_id = r.id
        WHERE a.kind = 'subscriptions_held' GROUP BY a.id, r.id, l.amount_cents
        HAVING -sum(p.amount) > coalesce(l.amount_cents, r.amount_cents)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM payment_request')} payment requests", wrong)


def _refunds_are_payable(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        f"""
        WITH said AS (
            SELECT 'request:' || payment_request_id AS subject, sum(amount_cents - {by_card("refund")}) AS amount
            FROM refund WHERE NOT EXISTS (SELECT FROM refund_payment WHERE refund_id = refund.id) GROUP BY 1
        ), books AS (
            SELECT a.subject, -sum(p.amount) AS amount FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'refunds_payable' GROUP BY 1
        )
        SELECT subject, 'refunds due', coalesce(said.amount, 0), 'books', coalesce(books.amount, 0)
        FROM said FULL JOIN books USING (subject) WHERE coalesce(said.amount, 0) <> coalesce(books.amount, 0)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM refund')} refunds", wrong)


def _receipts_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        f"""
        WITH leg AS NOT MATERIALIZED (
            SELECT p.entry_id, a.kind, a.subject, p.unit, p.amount FROM posting p
            JOIN account a ON a.id = p.account_id JOIN entry e ON e.id = p.entry_id WHERE e.nature = 'receipt'
        )
        SELECT concat_ws(' ', 'receipt', r.id, 'of', r.received_on, 'is not what entry', e.id, 'booked')
        FROM receipt r JOIN entry e ON e.id = r.entry_id
        WHERE e.nature <> 'receipt' OR e.key <> 'receipt:' || r.bank_reference
            OR NOT {took_effect("e", "r.received_on")}
            OR r.amount_cents <> coalesce((SELECT sum(amount) FROM leg WHERE entry_id = e.id AND kind = 'bank'), 0)
            OR EXISTS (SELECT FROM leg WHERE entry_id = e.id AND (unit <> r.currency OR kind <> 'bank' AND (
                kind NOT IN ('subscriptions_held', 'refunds_payable') OR subject <> 'request:' || r.payment_request_id
            )))
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'books no receipt') FROM entry e
        WHERE nature = 'receipt' AND NOT EXISTS (SELECT FROM receipt WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM receipt')} receipts", wrong)


def _reversals_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT concat_ws(' ', 'reversal of receipt', v.receipt_id, 'is not what entry', v.entry_id, 'booked')
        FROM receipt_reversal v JOIN receipt r ON r.id = v.receipt_id JOIN entry e ON e.id = v.entry_id
        WHERE e.reverses_id IS DISTINCT FROM r.entry_id OR e.key <> 'receipt-reversed:' || r.id
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'reverses a receipt that stands') FROM entry e
        WHERE nature = 'reversal of receipt' AND NOT EXISTS (SELECT FROM receipt_reversal WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM receipt_reversal')} reversed receipts", wrong)


def _refunds_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        f"""
        WITH leg AS NOT MATERIALIZED (
            SELECT p.entry_id, a.kind, a.subject, p.unit, p.amount FROM posting p
            JOIN account a ON a.id = p.account_id
        )
        SELECT concat_ws(' ', 'refund', r.id, 'is not what entry', r.entry_id, 'booked') FROM refund r
        WHERE NOT EXISTS (
            SELECT FROM leg WHERE entry_id = r.entry_id AND kind = 'refunds_payable' AND unit = r.currency
            AND subject = 'request:' || r.payment_request_id AND amount = -r.amount_cents
        )
        UNION ALL
        SELECT concat_ws(' ', 'payment of refund', r.id, 'is not what entry', paid.entry_id, 'booked')
        FROM refund_payment paid JOIN refund r ON r.id = paid.refund_id JOIN entry e ON e.id = paid.entry_id
        WHERE e.key <> 'refund-paid:' || r.id OR NOT {took_effect("e", "paid.paid_on")} OR NOT EXISTS (
            SELECT FROM leg WHERE entry_id = e.id AND kind = 'refunds_payable' AND unit = r.currency
            AND subject = 'request:' || r.payment_request_id AND amount = r.amount_cents - {by_card("r")}
        )
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'books no refund') FROM entry e
        WHERE nature IN ('refund due', 'refund paid') AND NOT EXISTS (SELECT FROM refund WHERE entry_id = e.id)
            AND NOT EXISTS (SELECT FROM refund_payment WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM refund')} refunds", wrong)


def _carries_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH leg AS NOT MATERIALIZED (
            SELECT p.entry_id, a.kind, a.subject, p.unit, p.amount FROM posting p
            JOIN account a ON a.id = p.account_id JOIN entry e ON e.id = p.entry_id WHERE e.nature = 'carried over'
        )
        SELECT concat_ws(' ', 'carry', c.id, 'is not what entry', c.entry_id, 'booked') FROM payment_carry c
        JOIN payment_request one ON one.id = c.from_request_id JOIN payment_request other ON other.id = c.to_request_id
        LEFT JOIN payment_request_end over ON over.payment_request_id = one.id
        WHERE one.person_id <> other.person_id OR over.payment_request_id IS NULL OR (
            SELECT count(*) FROM leg WHERE entry_id = c.entry_id AND kind = 'subscriptions_held' AND unit = c.currency
            AND (subject, amount) IN (('request:' || one.id, c.amount_cents), ('request:' || other.id, -c.amount_cents))
        ) <> 2
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'books no carry') FROM entry e
        WHERE nature = 'carried over' AND NOT EXISTS (SELECT FROM payment_carry WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM payment_carry')} carries", wrong)


PROOFS = [
    Proof(N_("Receipts less refunds paid equal the bank account"), _bank_equals_receipts),
    Proof(N_("No more is held for anyone than was asked"), _nothing_held_beyond),
    Proof(N_("Refunds due equal refunds payable in the books"), _refunds_are_payable),
    Proof(N_("Every receipt is what its entry booked"), _receipts_are_as_booked),
    Proof(N_("Every reversed receipt was taken off the books"), _reversals_are_as_booked),
    Proof(N_("Every refund is what its entries booked"), _refunds_are_as_booked),
    Proof(N_("Money carried over is what its entry booked"), _carries_are_as_booked),
]
