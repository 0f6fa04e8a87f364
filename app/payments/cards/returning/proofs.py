"""Proofs of what goes back: refunds to cards and disputes are what the books say."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _refunds_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH leg AS NOT MATERIALIZED (
            SELECT p.entry_id, a.kind, a.subject, p.unit, p.amount FROM posting p JOIN account a ON a.id = p.account_id
        ), went AS (
            SELECT m.status, m.entry_id, r.id, r.amount_cents, r.currency, o.payment_request_id
            FROM processor_refund_move m JOIN processor_refund r ON r.id = m.processor_refund_id
            JOIN refund o ON o.id = r.refund_id
        )
        SELECT concat_ws(' ', 'refund', w.id, 'succeeded and is not what entry', w.entry_id, 'booked') FROM went w
        LEFT JOIN entry e ON e.id = w.entry_id WHERE status = 'succeeded' AND (
            coalesce(e.nature, '') NOT IN (
                'card refund', 'refund by dispute', 'refund found at the processor') OR NOT EXISTS (
                SELECT FROM leg WHERE leg.entry_id = e.id AND kind = 'refunds_payable' AND unit = currency
                AND subject = 'request:' || payment_request_id AND amount = amount_cents))
        UNION ALL
        SELECT concat_ws(' ', 'refund', w.id, 'came back and entry', e.id, 'does not undo it') FROM went w
        JOIN entry e ON e.id = w.entry_id LEFT JOIN went before ON before.entry_id = e.reverses_id
        WHERE w.status IN ('failed', 'canceled') AND before.id IS DISTINCT FROM w.id
        UNION ALL
        SELECT concat_ws(' ', 'refund', w.id, 'came back and stands in the books') FROM went w
        JOIN went before ON before.id = w.id AND before.status = 'succeeded'
        WHERE w.status IN ('failed', 'canceled') AND w.entry_id IS NULL
        UNION ALL
        SELECT concat_ws(' ', 'refund', id, 'succeeded', count(*), 'times') FROM went
        WHERE status = 'succeeded' GROUP BY id HAVING count(*) > 1
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'books no refund to a card') FROM entry e
        WHERE nature IN ('card refund', 'refund by dispute', 'reversal of card refund', 'refund found at the processor',
            'reversal of refund found at the processor')
            AND NOT EXISTS (SELECT FROM processor_refund_move WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM processor_refund')} refunds to cards", wrong)


def _nothing_goes_back_twice(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH sent AS (
            SELECT r.*, EXISTS (
                SELECT FROM processor_refund_move WHERE processor_refund_id = r.id
                AND status IN ('failed', 'canceled', 'refused')
            ) AS back, EXISTS (
                SELECT FROM processor_refund_move WHERE processor_refund_id = r.id AND status = 'succeeded'
            ) AS went FROM processor_refund r
        )
        SELECT concat_ws(' ', 'card payment', c.id, 'of', c.amount_cents, 'gives back', sum(s.amount_cents))
        FROM card_payment c JOIN sent s ON s.card_payment_id = c.id WHERE NOT s.back
        GROUP BY c.id HAVING sum(s.amount_cents) > c.amount_cents
        UNION ALL
        SELECT concat_ws(' ', 'refund', f.id, 'of', f.amount_cents, 'is sent', sum(s.amount_cents))
        FROM refund f JOIN sent s ON s.refund_id = f.id WHERE s.went OR NOT s.back
        GROUP BY f.id HAVING sum(s.amount_cents) > f.amount_cents
        UNION ALL
        SELECT concat_ws(' ', 'refund', r.id, 'is of another charge or currency') FROM processor_refund r
        JOIN card_payment c ON c.id = r.card_payment_id JOIN refund f ON f.id = r.refund_id
        WHERE r.charge <> c.charge OR r.currency <> c.currency OR r.currency <> f.currency
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM processor_refund_move')} moves of refunds", wrong)


def _adopted_are_as_booked(session: Session) -> Finding:
    """Once it has gone, it is booked; once it came back, undone; and nobody bears more than went."""
    wrong = rows_wrong(
        session,
        """
        WITH moved AS (
            SELECT m.status, m.entry_id, a.* FROM adopted_refund_move m JOIN adopted_refund a
            ON a.id = m.adopted_refund_id
        ), books AS (
            SELECT a.subject, p.entry_id, p.unit, p.amount FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'refund_receivable'
        ), present AS (SELECT subject, sum(amount) AS amount FROM books GROUP BY 1)
        SELECT concat_ws(' ', 'adopted refund', id, status, 'is not what entry', entry_id, 'booked') FROM moved
        WHERE status IN ('succeeded', 'failed', 'canceled') AND (entry_id IS NOT NULL OR status = 'succeeded')
            AND NOT EXISTS (
                SELECT FROM books b WHERE b.entry_id = moved.entry_id AND b.subject = 'adopted-refund:' || moved.id
                AND b.unit = currency AND b.amount = CASE status WHEN 'succeeded' THEN 1 ELSE -1 END * amount_cents)
        UNION ALL
        SELECT concat_ws(' ', 'adopted refund', w.id, 'came back and stands in the books') FROM moved w
        JOIN moved before ON before.id = w.id AND before.status = 'succeeded'
        WHERE w.status IN ('failed', 'canceled') AND w.entry_id IS NULL
        UNION ALL
        SELECT concat_ws(' ', subject, 'leaves', amount) FROM present
        JOIN adopted_refund a ON subject = 'adopted-refund:' || a.id
        WHERE amount < 0 OR (amount > 0 AND NOT EXISTS (
            SELECT FROM parked_item WHERE kind = 'refund' AND parked_item.subject = a.processor_id))
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'adopts no refund') FROM entry e
        WHERE nature IN ('adopted refund', 'reversal of adopted refund')
            AND NOT EXISTS (SELECT FROM adopted_refund_move WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM adopted_refund')} refunds found at the processor", wrong)


def _disputes_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH books AS (
            SELECT a.subject, sum(p.amount) AS amount FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'disputed_receivable' GROUP BY 1
        ), present AS (
            SELECT DISTINCT ON (dispute_id) dispute_id, status FROM dispute_move
            WHERE entry_id IS NULL ORDER BY dispute_id, id DESC
        )
        SELECT concat_ws(' ', 'dispute', d.id, status, 'leaves', amount) FROM dispute d
        JOIN present ON dispute_id = d.id JOIN books ON subject = 'dispute:' || d.id
        WHERE amount < 0 OR (amount <> 0 AND status IN ('won', 'warning_closed', 'prevented'))
            OR (amount <> 0 AND status = 'settled' AND NOT EXISTS (
                SELECT FROM parked_item WHERE kind = 'dispute' AND parked_item.subject = d.processor_id))
        UNION ALL
        SELECT concat_ws(' ', 'dispute', m.dispute_id, m.status, 'is not what entry', e.id, 'booked')
        FROM dispute_move m JOIN entry e ON e.id = m.entry_id WHERE e.nature <> 'dispute' OR NOT EXISTS (
            SELECT FROM posting p JOIN account a ON a.id = p.account_id WHERE p.entry_id = e.id
            AND a.kind = 'disputed_receivable' AND a.subject = 'dispute:' || m.dispute_id
            AND sign(p.amount) = CASE m.status WHEN 'funds_withdrawn' THEN 1 ELSE -1 END)
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'books no dispute') FROM entry e
        WHERE nature = 'dispute' AND NOT EXISTS (SELECT FROM dispute_move WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM dispute')} disputes", wrong)


PROOFS = [
    Proof(N_("Every dispute is what its entries booked"), _disputes_are_as_booked),
    Proof(N_("Every refund to a card is what its entries booked"), _refunds_are_as_booked),
    Proof(N_("Every refund found at the card processor is what its entries booked"), _adopted_are_as_booked),
    Proof(N_("No refund goes back to a card twice"), _nothing_goes_back_twice),
]
