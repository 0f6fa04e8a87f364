"""Proofs of conversions: what the books exchanged is, lot by lot, the list that two people approved."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversion.exchange.models import ExchangeApproval, ExchangeExecution
from app.conversion.exchange.reckoning import list_sha256
from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _exchanges_are_as_approved(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH done AS (
            SELECT e.exchange_id, a.id AS act_id, x.effective_on FROM exchange_execution e
            JOIN exchange x ON x.id = e.exchange_id
            JOIN share_act a ON a.source LIKE 'exchange:' || e.exchange_id || ':%'
        ), ended AS (
            SELECT d.exchange_id, z.lot_id, l.membership_id, l.shares, l.paid_cents
            FROM done d JOIN lot_end z ON z.act_id = d.act_id JOIN lot l ON l.id = z.lot_id
        ), made AS (
            SELECT d.exchange_id, l.from_lot_id AS lot_id, l.membership_id, l.shares, l.paid_cents, l.share_class_id
            FROM done d JOIN lot l ON l.act_id = d.act_id
        ), lines AS (
            SELECT x.*, t.new_class_id FROM exchange_line x JOIN exchange_terms t ON t.id = x.terms_id
            WHERE x.exchange_id IN (SELECT exchange_id FROM exchange_execution)
        )
        SELECT concat_ws(' ', 'exchange', exchange_id, 'did not end lot', lot_id, 'as approved')
        FROM lines x FULL JOIN ended e USING (exchange_id, lot_id)
        WHERE (x.membership_id, x.shares, x.paid_cents) IS DISTINCT FROM (e.membership_id, e.shares, e.paid_cents)
        UNION ALL
        SELECT concat_ws(' ', 'exchange', exchange_id, 'did not replace lot', lot_id, 'as approved')
        FROM (SELECT * FROM lines WHERE new_shares > 0) x FULL JOIN made m USING (exchange_id, lot_id)
        WHERE (x.membership_id, x.new_shares, x.new_paid_cents, x.new_class_id)
            IS DISTINCT FROM (m.membership_id, m.shares, m.paid_cents, m.share_class_id)
        UNION ALL
        SELECT concat_ws(' ', 'exchange', exchange_id, 'lists loans of', l.cents, 'not', coalesce(taken.cents, 0))
        FROM (SELECT exchange_id, sum(loan_cents) AS cents FROM lines GROUP BY 1) l LEFT JOIN (
            SELECT a.id, sum(principal_cents) AS cents FROM exchange a
            JOIN loan ON loan.source LIKE 'exchange:' || a.id || ':%' GROUP BY 1
        ) taken ON taken.id = exchange_id WHERE l.cents <> coalesce(taken.cents, 0)
        UNION ALL
        SELECT concat_ws(' ', 'exchange', e.exchange_id, 'wrote', (SELECT count(*) FROM done d
            WHERE d.exchange_id = e.exchange_id), 'acts of', e.acts)
        FROM exchange_execution e
        WHERE e.acts <> (SELECT count(*) FROM done d WHERE d.exchange_id = e.exchange_id)
        """,
    )
    for row in session.scalars(select(ExchangeExecution)):
        approved = session.get_one(ExchangeApproval, row.approval_id).reckoning
        if approved.exchange_id != row.exchange_id or list_sha256(session, row.exchange_id) != approved.sha256:
            wrong.append(f"the list of exchange {row.exchange_id} is not the one that was approved")
    return Finding(f"{count(session, 'SELECT count(*) FROM exchange_execution')} exchanges", wrong)


def _exits_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH leg AS NOT MATERIALIZED (
            SELECT p.entry_id, a.kind, p.unit, sum(p.amount) AS amount FROM posting p
            JOIN account a ON a.id = p.account_id GROUP BY 1, 2, 3
        ), said AS (
            SELECT z.acceptance_id, s.entry_id, v.kind, o.currency AS unit, v.amount
            FROM exit_settlement z JOIN share_act s ON s.id = z.act_id
            JOIN exit_acceptance x ON x.id = z.acceptance_id JOIN exit_offer o ON o.id = x.offer_id
            CROSS JOIN LATERAL (VALUES
                ('share_capital', z.paid_cents),
                ('payouts_payable', -o.price_cents * x.shares),
                ('capital_reserve', o.price_cents * x.shares - z.paid_cents)
            ) AS v (kind, amount)
        )
        SELECT concat_ws(' ', 'exit', acceptance_id, said.kind, said.amount, 'books', leg.amount)
        FROM said LEFT JOIN leg USING (entry_id, kind, unit) WHERE said.amount <> coalesce(leg.amount, 0)
        UNION ALL
        SELECT concat_ws(' ', 'exit', z.acceptance_id, 'redeems', e.shares, 'of', x.shares, 'shares')
        FROM exit_settlement z JOIN exit_acceptance x ON x.id = z.acceptance_id
        LEFT JOIN LATERAL (
            SELECT (SELECT coalesce(sum(l.shares), 0) FROM lot_end n JOIN lot l ON l.id = n.lot_id
                WHERE n.act_id = z.act_id AND l.membership_id = x.membership_id)
                - (SELECT coalesce(sum(shares), 0) FROM lot WHERE act_id = z.act_id) AS shares
        ) e ON true
        WHERE e.shares <> x.shares OR z.value_cents <> x.shares * (
            SELECT price_cents FROM exit_offer WHERE id = x.offer_id
        )
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM exit_settlement')} exits", wrong)


PROOFS = [
    Proof(N_("Every exit is redeemed and owed as it was accepted"), _exits_are_as_booked),
    Proof(N_("Every exchange of shares is the list that was approved"), _exchanges_are_as_approved),
]
