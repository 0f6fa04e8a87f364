"""Proofs of acts on shares: redemptions, authorized numbers and charges agree with the books and with each other."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _redemptions_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH leg AS NOT MATERIALIZED (
            SELECT p.entry_id, a.kind, p.unit, sum(p.amount) AS amount FROM posting p
            JOIN account a ON a.id = p.account_id GROUP BY 1, 2, 3
        ), said AS (
            SELECT r.act_id, s.entry_id, v.kind, r.currency AS unit, v.amount
            FROM redemption r JOIN share_act s ON s.id = r.act_id CROSS JOIN LATERAL (VALUES
                ('share_capital', r.paid_cents),
                ('payouts_payable', r.set_off_cents - r.value_cents),
                ('set_off', -r.set_off_cents),
                ('capital_reserve', r.value_cents - r.paid_cents)
            ) AS v (kind, amount)
        )
        SELECT concat_ws(' ', 'redemption', act_id, said.kind, said.amount, 'books', leg.amount)
        FROM said LEFT JOIN leg USING (entry_id, kind, unit) WHERE said.amount <> coalesce(leg.amount, 0)
        UNION ALL
        SELECT concat_ws(' ', 'act', s.id, 'redeems no withdrawal') FROM share_act s
        WHERE kind = 'redemption' AND NOT EXISTS (SELECT FROM redemption WHERE act_id = s.id)
        UNION ALL
        SELECT concat_ws(' ', 'withdrawal', w.id, 'of', w.shares, 'is redeemed by', sum(r.shares))
        FROM withdrawal w JOIN redemption r ON r.withdrawal_id = w.id
        WHERE NOT EXISTS (SELECT FROM share_act WHERE reverses_id = r.act_id)
        GROUP BY w.id HAVING sum(r.shares) > w.shares
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM redemption')} redemptions", wrong)


def _limits_are_as_set(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT c.code, 'authorized', coalesce(c.authorized_shares::text, 'no limit'), 'was set to',
            coalesce(l.authorized_shares::text, 'no limit')
        FROM share_class c JOIN LATERAL (
            SELECT authorized_shares FROM share_class_limit WHERE share_class_id = c.id ORDER BY id DESC LIMIT 1
        ) AS l ON true WHERE l.authorized_shares IS DISTINCT FROM c.authorized_shares
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM share_class_limit')} limits set", wrong)


def _charged_shares_are_held(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT concat_ws(' ', 'member', m.number, c.code, sum(h.shares), 'charged of',
            (SELECT coalesce(sum(l.shares), 0) FROM lot l WHERE l.membership_id = m.id AND l.share_class_id = c.id
                AND NOT EXISTS (SELECT FROM lot_end WHERE lot_id = l.id)))
        FROM share_charge h JOIN membership m ON m.id = h.membership_id JOIN share_class c ON c.id = h.share_class_id
        WHERE NOT EXISTS (SELECT FROM share_charge_end WHERE charge_id = h.id)
        GROUP BY m.id, c.id HAVING sum(h.shares) >
            (SELECT coalesce(sum(l.shares), 0) FROM lot l WHERE l.membership_id = m.id AND l.share_class_id = c.id
                AND NOT EXISTS (SELECT FROM lot_end WHERE lot_id = l.id))
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM share_charge')} charges", wrong)


PROOFS = [
    Proof(N_("Every redemption is what its entry booked"), _redemptions_are_as_booked),
    Proof(N_("Authorized numbers are as they were set"), _limits_are_as_set),
    Proof(N_("Charged shares are held"), _charged_shares_are_held),
]
