"""Proofs of the processor's payouts: each is what its entry booked, and its lines are in the books and are its sum."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong
from app.payments.cards.payouts.causes import BASELESS

_PRESENT = """
present AS (
    SELECT DISTINCT ON (payout_id) * FROM processor_payout_move ORDER BY payout_id, id DESC
), judged AS (
    SELECT DISTINCT ON (payout_id) * FROM processor_payout_check ORDER BY payout_id, id DESC
)
"""


def _payouts_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        f"""
        WITH {_PRESENT}, leg AS NOT MATERIALIZED (
            SELECT p.entry_id, a.kind, a.subject, p.unit, p.amount FROM posting p JOIN account a ON a.id = p.account_id
        )
        SELECT concat_ws(' ', 'payout', p.processor_id, 'is not what entry', e.id, 'booked')
        FROM processor_payout p JOIN entry e ON e.id = p.entry_id
        WHERE e.nature <> 'processor payout' OR e.key <> 'payout:stripe:' || p.processor_id
            OR (SELECT count(*) FROM leg WHERE entry_id = e.id) <> 2
            OR NOT EXISTS (SELECT FROM leg WHERE entry_id = e.id AND kind = 'payouts_in_transit' AND unit = currency
                AND subject = 'processor-payout:' || processor_id AND amount = amount_cents)
            OR NOT EXISTS (SELECT FROM leg WHERE entry_id = e.id AND kind = 'stripe_clearing' AND unit = currency
                AND amount = -amount_cents)
        UNION ALL
        SELECT concat_ws(' ', 'payout', p.processor_id, 'is', m.status, 'and entry', e.id, 'does not undo it')
        FROM processor_payout p JOIN present m ON m.payout_id = p.id LEFT JOIN entry e ON e.id = m.entry_id
        WHERE m.status IN ('failed', 'canceled') AND e.reverses_id IS DISTINCT FROM p.entry_id
        UNION ALL
        SELECT concat_ws(' ', 'payout', p.processor_id, 'is undone in the books, and did not come back')
        FROM processor_payout p JOIN entry e ON e.reverses_id = p.entry_id LEFT JOIN present m ON m.payout_id = p.id
        WHERE m.status IS NULL OR m.status NOT IN ('failed', 'canceled')
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'books no payout of the processor') FROM entry e
        WHERE nature = 'processor payout' AND NOT EXISTS (SELECT FROM processor_payout WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM processor_payout')} payouts", wrong)


def _payouts_are_explained(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        f"""
        WITH {_PRESENT}, settled AS (
            SELECT subject FROM parked_item i JOIN parked_done d ON d.parked_item_id = i.id WHERE i.kind = 'payout'
        )
        SELECT concat_ws(' ', 'payout', p.processor_id, 'of', p.amount_cents, 'has lines that come to',
            coalesce(sum(i.net_cents), 0))
        FROM processor_payout p JOIN judged j ON j.payout_id = p.id AND j.explained
        LEFT JOIN processor_payout_item i ON i.payout_id = p.id AND i.currency = p.currency
        GROUP BY p.id HAVING coalesce(sum(i.net_cents), 0) <> p.amount_cents + p.fee_cents
        UNION ALL
        SELECT concat_ws(' ', 'payout', p.processor_id, 'brings', b.type, b.balance_transaction,
            'which is not in the books')
        FROM ({BASELESS}) b JOIN processor_payout p ON p.id = b.payout_id
        JOIN judged j ON j.payout_id = p.id AND j.explained
        UNION ALL
        SELECT concat_ws(' ', 'payout', p.processor_id, 'is not explained:', j.reason, j.about,
            'remainder', j.remainder_cents)
        FROM processor_payout p JOIN judged j ON j.payout_id = p.id AND NOT j.explained
        WHERE p.processor_id NOT IN (SELECT subject FROM settled)
        """,
    )
    lines = count(session, "SELECT count(*) FROM processor_payout_item")
    waiting = count(
        session,
        "SELECT count(*) FROM processor_payout p"
        " WHERE NOT EXISTS (SELECT FROM processor_payout_check WHERE payout_id = p.id)",
    )
    return Finding(f"{lines} lines; {waiting} payouts wait for theirs", wrong)


PROOFS = [
    Proof(N_("Every payout of the card processor is what its entry booked"), _payouts_are_as_booked),
    Proof(N_("Every payout of the card processor is the sum of its lines"), _payouts_are_explained),
]
