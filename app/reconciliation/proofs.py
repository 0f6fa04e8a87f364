"""Proofs of reconciliation: every line is in one bucket, statements follow each other, and the books say the same."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _lines_are_in_one_bucket(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH standing AS (
            SELECT * FROM bank_match m WHERE NOT EXISTS (SELECT FROM bank_match_end WHERE bank_match_id = m.id)
        )
        SELECT 'bank line', l.id, 'of', l.amount_cents, l.currency, 'is matched with', sum(m.amount_cents)
        FROM bank_line l JOIN standing m ON m.bank_line_id = l.id GROUP BY l.id
        HAVING sum(m.amount_cents) <> l.amount_cents OR bool_or(m.currency <> l.currency)
        UNION ALL
        SELECT 'entry', entry_id, 'is that of', count(*), 'matches', NULL, NULL FROM standing
        GROUP BY entry_id HAVING count(*) > 1
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM bank_line')} bank lines", wrong)


def _matches_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH booked AS NOT MATERIALIZED (
            SELECT p.entry_id, p.unit, sum(p.amount) AS amount FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'bank' GROUP BY 1, 2
        )
        SELECT concat_ws(' ', 'match', m.id, 'of', m.amount_cents, 'is not what entry', m.entry_id, 'moved on the bank')
        FROM bank_match m LEFT JOIN booked b ON b.entry_id = m.entry_id AND b.unit = m.currency
        WHERE b.amount IS DISTINCT FROM m.amount_cents
        UNION ALL
        SELECT concat_ws(' ', 'the end of match', d.bank_match_id, 'is not the reversal of its entry')
        FROM bank_match_end d JOIN bank_match m ON m.id = d.bank_match_id LEFT JOIN entry e ON e.id = d.entry_id
        WHERE CASE m.cause WHEN 'recorded' THEN d.entry_id IS NOT NULL
            ELSE e.reverses_id IS DISTINCT FROM m.entry_id END
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM bank_match')} matches", wrong)


def _statements_follow(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT concat_ws(' ', 'statement', s.id, 'opens with', s.opening_cents, 'after', p.closing_cents)
        FROM bank_statement s JOIN bank_statement p ON p.id = s.previous_id
        WHERE s.opening_cents <> p.closing_cents OR s.bank_account_id <> p.bank_account_id
        UNION ALL
        SELECT concat_ws(' ', 'statement', s.id, 'moves', s.closing_cents - s.opening_cents, 'and its lines', l.moved)
        FROM bank_statement s LEFT JOIN LATERAL (
            SELECT coalesce(sum(amount_cents), 0) AS moved FROM bank_line_booked b
            JOIN bank_line ON bank_line.id = b.bank_line_id WHERE b.bank_statement_id = s.id
        ) AS l ON true WHERE l.moved <> s.closing_cents - s.opening_cents
        UNION ALL
        SELECT concat_ws(' ', 'account', bank_account_id, 'has', count(*), 'first statements') FROM bank_statement
        WHERE previous_id IS NULL GROUP BY bank_account_id HAVING count(*) > 1
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM bank_statement')} statements", wrong)


def _bank_entries_have_causes(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'entry', e.id, e.nature, 'is on the bank account and of no known cause' FROM entry e
        WHERE EXISTS (SELECT FROM posting p JOIN account a ON a.id = p.account_id
            WHERE p.entry_id = e.id AND a.kind = 'bank')
        AND nature NOT IN ('receipt', 'refund paid', 'payout paid', 'reversal of receipt') AND NOT (
            nature IN ('card payout arrived', 'bank fee', 'explained bank line', 'payment came back')
                AND EXISTS (SELECT FROM bank_match WHERE entry_id = e.id)
            OR nature IN (
                'reversal of card payout arrived', 'reversal of bank fee', 'reversal of explained bank line')
                AND EXISTS (SELECT FROM bank_match_end WHERE entry_id = e.id)
        )
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM bank_match')} matches", wrong)


PROOFS = [
    Proof(N_("Every bank line is in exactly one bucket"), _lines_are_in_one_bucket),
    Proof(N_("Every match of a bank line is what its entry booked"), _matches_are_as_booked),
    Proof(N_("Every bank statement begins where the one before ended"), _statements_follow),
    Proof(N_("Every entry on the bank account has its cause"), _bank_entries_have_causes),
]
