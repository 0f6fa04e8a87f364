"""Proofs of imports: what was brought into the books by classes is what the imported lots say was paid.

What is brought in without a class are opening balances that were written by hand.
"""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _opening_is_what_was_paid(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH lots AS (
            SELECT c.code, l.currency AS unit, sum(l.paid_cents) AS paid
            FROM lot l JOIN share_class c ON c.id = l.share_class_id
            WHERE l.source LIKE 'import:%' AND l.paid_cents > 0 GROUP BY 1, 2
        ), books AS (
            SELECT a.subject AS code, p.unit, sum(p.amount) AS paid FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'opening' AND a.subject <> '' GROUP BY 1, 2
        )
        SELECT code, unit, 'lots', coalesce(lots.paid, 0), 'books', coalesce(books.paid, 0)
        FROM lots FULL JOIN books USING (code, unit) WHERE coalesce(lots.paid, 0) <> coalesce(books.paid, 0)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM imported_holding')} imported lines", wrong)


def _lines_became_lots(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'the imported line', i.key, 'and lot', l.id, 'do not name each other'
        FROM (SELECT * FROM imported_holding WHERE lot_id IS NOT NULL) i
        FULL JOIN (SELECT * FROM lot WHERE source LIKE 'import:%') l ON l.id = i.lot_id
        WHERE i.key IS NULL OR l.id IS NULL OR l.source <> 'import:' || i.key OR l.membership_id <> i.membership_id
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM holder_import')} imports", wrong)


PROOFS = [
    Proof(N_("What was brought in is what imported lots paid"), _opening_is_what_was_paid),
    Proof(N_("Every imported lot has its line"), _lines_became_lots),
]
