"""Proofs of payouts: what is owed, paid and ended is what the books say."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.closing import took_effect
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _payouts_are_payable(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH said AS (
            SELECT source AS subject, currency AS unit, amount_cents AS amount FROM payout
            WHERE NOT EXISTS (SELECT FROM payout_payment WHERE payout_id = payout.id)
                AND NOT EXISTS (SELECT FROM payout_end WHERE payout_id = payout.id)
        ), books AS (
            SELECT a.subject, p.unit, -sum(p.amount) AS amount FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'payouts_payable' GROUP BY 1, 2 HAVING sum(p.amount) <> 0
        )
        SELECT subject, 'payout owed', coalesce(said.amount, 0), 'books', coalesce(books.amount, 0)
        FROM said FULL JOIN books USING (subject, unit) WHERE said.amount IS DISTINCT FROM books.amount
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM payout')} payouts", wrong)


def _payouts_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        f"""
        WITH leg AS NOT MATERIALIZED (
            SELECT p.entry_id, a.subject, p.unit, p.amount FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'payouts_payable'
        ), said AS (
            SELECT id, 'payout' AS what, entry_id, source, currency, -amount_cents AS amount FROM payout
            UNION ALL
            SELECT o.id, 'payment of payout', e.entry_id, source, currency, amount_cents
            FROM payout_payment e JOIN payout o ON o.id = e.payout_id
            UNION ALL
            SELECT o.id, 'end of payout', e.entry_id, source, currency, amount_cents
            FROM payout_end e JOIN payout o ON o.id = e.payout_id
        )
        SELECT concat_ws(' ', what, id, 'is not what entry', entry_id, 'booked') FROM said WHERE NOT EXISTS (
            SELECT FROM leg WHERE leg.entry_id = said.entry_id AND subject = source AND unit = currency
            AND leg.amount = said.amount
        )
        UNION ALL
        SELECT concat_ws(' ', 'payment of payout', payout_id, 'is not of', paid_on)
        FROM payout_payment JOIN entry e ON e.id = entry_id
        WHERE e.key <> 'payout-paid:' || payout_id OR NOT {took_effect("e", "paid_on")} OR e.nature <> 'payout paid'
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'pays no payout') FROM entry e
        WHERE nature = 'payout paid' AND NOT EXISTS (SELECT FROM payout_payment WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM payout_payment')} payouts paid", wrong)


PROOFS = [
    Proof(N_("Payouts owed equal payouts payable in the books"), _payouts_are_payable),
    Proof(N_("Every payout is what its entries booked"), _payouts_are_as_booked),
]
