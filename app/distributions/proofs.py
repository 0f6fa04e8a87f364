"""Proofs of distributions: parts sum to what was declared, and the books say the same of cash, tax and allocations."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _parts_sum_up(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH parts AS (
            SELECT distribution_id AS id, sum(amount_cents) AS amount, sum(cash_cents) AS cash,
                sum(retained_cents) AS retained, sum(withheld_cents) AS withheld
            FROM distribution_part GROUP BY 1
        ), lines AS (
            SELECT distribution_id, membership_id, sum(amount_cents) AS amount FROM distribution_line GROUP BY 1, 2
        )
        SELECT 'distribution', d.id, 'declared', declared_cents, 'parts', coalesce(p.amount, 0)
        FROM distribution d LEFT JOIN parts p USING (id)
        WHERE (declared_cents, cash_cents, retained_cents, withheld_cents)
            IS DISTINCT FROM (p.amount, p.cash, p.retained, p.withheld)
        UNION ALL
        SELECT 'distribution', distribution_id, 'part', p.amount_cents, 'lines', coalesce(l.amount, 0)
        FROM distribution_part p FULL JOIN lines l USING (distribution_id, membership_id)
        WHERE p.amount_cents IS DISTINCT FROM l.amount
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM distribution_part')} parts", wrong)


def _distributions_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH booked AS (
            SELECT e.id AS entry_id, d.id, e.key, e.effective_on, d.declared_on, d.entry_id AS first
            FROM entry e LEFT JOIN distribution d
                ON split_part(e.key, ':', 1) = 'distribution-draft' AND split_part(e.key, ':', 2) = d.draft_id::text
            WHERE e.nature = 'distribution'
        ), leg AS (
            SELECT b.id, a.kind, a.subject, p.unit, sum(p.amount) AS amount FROM booked b
            JOIN posting p USING (entry_id) JOIN account a ON a.id = p.account_id GROUP BY 1, 2, 3, 4
        ), said AS (
            SELECT id, 'surplus_distributed' AS kind, kind AS subject, currency AS unit, declared_cents AS amount
            FROM distribution
            UNION ALL SELECT id, 'withholding_payable', 'distribution-draft:' || draft_id, currency,
                -withheld_cents FROM distribution WHERE withheld_cents > 0
            UNION ALL SELECT d.id, 'payouts_payable', concat('distribution-draft:', draft_id, ':', m.number),
                currency, p.withheld_cents - p.cash_cents
            FROM distribution_part p JOIN distribution d ON d.id = distribution_id
            JOIN membership m ON m.id = membership_id WHERE p.cash_cents > p.withheld_cents
            UNION ALL SELECT d.id, 'allocations', 'member:' || m.number, currency, -p.retained_cents
            FROM distribution_part p JOIN distribution d ON d.id = distribution_id
            JOIN membership m ON m.id = membership_id WHERE p.retained_cents > 0
        )
        SELECT concat_ws(' ', 'distribution', id, 'books', coalesce(leg.amount, 0), 'on', kind, subject,
            'and says', coalesce(said.amount, 0))
        FROM said FULL JOIN leg USING (id, kind, subject, unit) WHERE said.amount IS DISTINCT FROM leg.amount
        UNION ALL
        SELECT concat_ws(' ', 'distribution', id, 'is not of', declared_on, 'as entry', entry_id, 'is')
        FROM booked WHERE effective_on <> declared_on
        UNION ALL
        SELECT concat_ws(' ', 'distribution', d.id, 'does not begin with entry', d.entry_id) FROM distribution d
        WHERE NOT EXISTS (SELECT FROM entry WHERE id = d.entry_id AND key = 'distribution-draft:' || d.draft_id)
        UNION ALL
        SELECT concat_ws(' ', 'distribution', x.distribution_id, 'is not undone by entry', e.id)
        FROM distribution_end x JOIN distribution d ON d.id = x.distribution_id JOIN entry e ON e.id = x.entry_id
        WHERE e.reverses_id IS DISTINCT FROM d.entry_id
        UNION ALL
        SELECT concat_ws(' ', 'entry', b.entry_id, 'of a distribution that ended is not undone')
        FROM booked b JOIN distribution_end x ON x.distribution_id = b.id
        WHERE NOT EXISTS (SELECT FROM entry r WHERE r.reverses_id = b.entry_id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM distribution')} distributions", wrong)


def _allocations_are_retained(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH said AS (
            SELECT 'member:' || m.number AS subject, currency AS unit, sum(p.retained_cents
                - CASE WHEN a.id IS NULL THEN p.share_cents ELSE 0 END) AS amount
            FROM distribution_part p JOIN distribution d ON d.id = p.distribution_id
            JOIN membership m ON m.id = p.membership_id
            LEFT JOIN share_act a ON a.reverses_id = p.share_act_id
            WHERE NOT EXISTS (SELECT FROM distribution_end WHERE distribution_id = d.id) GROUP BY 1, 2
        ), paid AS (
            SELECT 'member:' || m.number AS subject, d.currency AS unit, sum(p.amount_cents) AS amount
            FROM allocation_redemption_part p JOIN allocation_redemption r ON r.id = p.redemption_id
            JOIN distribution d ON d.id = r.distribution_id JOIN membership m ON m.id = p.membership_id
            WHERE NOT EXISTS (SELECT FROM allocation_redemption_end WHERE redemption_id = r.id) GROUP BY 1, 2
        ), rest AS (
            SELECT subject, unit, coalesce(said.amount, 0) - coalesce(paid.amount, 0) AS amount
            FROM said FULL JOIN paid USING (subject, unit)
        ), books AS (
            SELECT a.subject, p.unit, -sum(p.amount) AS amount FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'allocations' GROUP BY 1, 2
        )
        SELECT subject, unit, 'retained', coalesce(rest.amount, 0), 'books', coalesce(books.amount, 0)
        FROM rest FULL JOIN books USING (subject, unit)
        WHERE coalesce(rest.amount, 0) <> coalesce(books.amount, 0)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM distribution_part')} parts", wrong)


def _redemptions_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH part AS (
            SELECT r.id, r.source, d.currency AS unit, m.number, p.amount_cents AS amount, p.withheld_cents AS withheld
            FROM allocation_redemption r JOIN distribution d ON d.id = r.distribution_id
            LEFT JOIN allocation_redemption_part p ON p.redemption_id = r.id
            LEFT JOIN membership m ON m.id = p.membership_id
        ), booked AS (
            SELECT e.id AS entry_id, r.id, r.entry_id AS first, r.redeemed_on, e.effective_on
            FROM entry e LEFT JOIN allocation_redemption r ON r.source = split_part(e.key, ':entry:', 1)
            WHERE e.nature = 'allocation redemption'
        ), leg AS (
            SELECT b.id, a.kind, a.subject, p.unit, sum(p.amount) AS amount FROM booked b
            JOIN posting p USING (entry_id) JOIN account a ON a.id = p.account_id GROUP BY 1, 2, 3, 4
        ), said AS (
            SELECT id, 'allocations' AS kind, 'member:' || number AS subject, unit, amount FROM part
            UNION ALL SELECT id, 'payouts_payable', concat(source, ':', number), unit, withheld - amount FROM part
            WHERE amount > withheld
            UNION ALL SELECT id, 'withholding_payable', source, unit, -sum(withheld) FROM part GROUP BY 1, 3, 4
            HAVING sum(withheld) > 0
        )
        SELECT concat_ws(' ', 'redemption', id, 'books', coalesce(leg.amount, 0), 'on', kind, subject,
            'and says', coalesce(said.amount, 0))
        FROM said FULL JOIN leg USING (id, kind, subject, unit) WHERE said.amount IS DISTINCT FROM leg.amount
        UNION ALL
        SELECT concat_ws(' ', 'redemption', r.id, 'pays', r.paid_cents, 'and its parts', sum(amount))
        FROM allocation_redemption r JOIN part p USING (id) GROUP BY r.id
        HAVING (r.paid_cents, r.withheld_cents) IS DISTINCT FROM (sum(p.amount), sum(p.withheld))
        UNION ALL
        SELECT concat_ws(' ', 'redemption', id, 'is not of', redeemed_on, 'as entry', entry_id, 'is')
        FROM booked WHERE effective_on <> redeemed_on
        UNION ALL
        SELECT concat_ws(' ', 'redemption', r.id, 'does not begin with entry', r.entry_id) FROM allocation_redemption r
        WHERE NOT EXISTS (SELECT FROM entry WHERE id = r.entry_id AND key = r.source)
        UNION ALL
        SELECT concat_ws(' ', 'redemption', x.redemption_id, 'is not undone by entry', x.entry_id)
        FROM allocation_redemption_end x JOIN allocation_redemption r ON r.id = x.redemption_id
        WHERE NOT EXISTS (SELECT FROM entry e WHERE e.id = x.entry_id AND e.reverses_id = r.entry_id)
        UNION ALL
        SELECT concat_ws(' ', 'entry', b.entry_id, 'of a redemption that ended is not undone')
        FROM booked b JOIN allocation_redemption_end x ON x.redemption_id = b.id
        WHERE NOT EXISTS (SELECT FROM entry e WHERE e.reverses_id = b.entry_id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM allocation_redemption')} redemptions", wrong)


PROOFS = [
    Proof(N_("The parts of every distribution sum to what was declared"), _parts_sum_up),
    Proof(N_("Every distribution is what its entry booked"), _distributions_are_as_booked),
    Proof(N_("Every payment of allocations is what its entries booked"), _redemptions_are_as_booked),
    Proof(N_("What is retained of members is allocated to them in the books"), _allocations_are_retained),
]
