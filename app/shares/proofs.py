"""Proofs of shares: lots and books tell the same story."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _lots_equal_holdings(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH lots AS (
            SELECT 'member:' || m.number AS subject, 'SHARE:' || c.code AS unit, sum(l.shares) AS shares
            FROM lot l JOIN membership m ON m.id = l.membership_id JOIN share_class c ON c.id = l.share_class_id
            GROUP BY 1, 2
        ), books AS (
            SELECT a.subject, p.unit, sum(p.amount) AS shares FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'holder' GROUP BY 1, 2
        )
        SELECT subject, unit, 'lots', coalesce(lots.shares, 0), 'books', coalesce(books.shares, 0)
        FROM lots FULL JOIN books USING (subject, unit)
        WHERE coalesce(lots.shares, 0) <> coalesce(books.shares, 0)
        """,
    )
    return Finding(f"{count(session, 'SELECT coalesce(sum(shares), 0) FROM lot')} shares in lots", wrong)


def _capital_equals_payments(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH lots AS (
            SELECT c.code, l.currency AS unit, sum(l.paid_cents) AS paid
            FROM lot l JOIN share_class c ON c.id = l.share_class_id GROUP BY 1, 2
        ), books AS (
            SELECT a.subject AS code, p.unit, -sum(p.amount) AS paid
            FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'share_capital' GROUP BY 1, 2
        )
        SELECT code, unit, 'lots', coalesce(lots.paid, 0), 'books', coalesce(books.paid, 0)
        FROM lots FULL JOIN books USING (code, unit) WHERE coalesce(lots.paid, 0) <> coalesce(books.paid, 0)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM lot')} lots", wrong)


def _limits_kept(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        "SELECT code, sum(shares), 'issued of', authorized_shares FROM lot JOIN share_class c ON c.id = share_class_id "
        "GROUP BY c.id HAVING sum(shares) > authorized_shares",
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM share_class')} share classes", wrong)


def _lots_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH leg AS NOT MATERIALIZED (
            SELECT p.entry_id, a.kind, a.subject, p.unit, p.amount FROM posting p
            JOIN account a ON a.id = p.account_id JOIN entry e ON e.id = p.entry_id WHERE e.nature = 'allotment'
        )
        SELECT concat_ws(' ', 'lot', l.id, 'of', l.allotted_on, 'is not what entry', e.id, 'booked')
        FROM lot l JOIN membership m ON m.id = l.membership_id JOIN share_class c ON c.id = l.share_class_id
        JOIN entry e ON e.id = l.entry_id
        WHERE e.nature <> 'allotment' OR e.key <> 'allotment:' || l.source OR e.effective_on <> l.allotted_on
            OR l.paid_cents <> l.price_cents * l.shares
            OR NOT EXISTS (SELECT FROM leg WHERE entry_id = e.id AND kind = 'holder' AND amount = l.shares
                AND subject = 'member:' || m.number AND unit = 'SHARE:' || c.code)
            OR NOT EXISTS (SELECT FROM leg WHERE entry_id = e.id AND kind = 'share_capital' AND subject = c.code
                AND unit = l.currency AND amount = -l.paid_cents)
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'allots no lot') FROM entry e
        WHERE nature = 'allotment' AND NOT EXISTS (SELECT FROM lot WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM lot')} lots", wrong)


def _holders_are_members(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'lot', l.id, 'was allotted on', l.allotted_on, 'to member', number, 'who had left on', ceased_on
        FROM lot l JOIN membership m ON m.id = l.membership_id JOIN membership_end e ON e.membership_id = m.id
        WHERE l.allotted_on > ceased_on + 1 AND l.recorded_at > e.recorded_at -- days begin at other hours elsewhere
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM membership')} memberships", wrong)


PROOFS = [
    Proof(N_("Lots equal the members' holdings in the books"), _lots_equal_holdings),
    Proof(N_("Amounts paid on shares equal share capital"), _capital_equals_payments),
    Proof(N_("No class is issued beyond its authorized shares"), _limits_kept),
    Proof(N_("Every lot is what its entry booked"), _lots_are_as_booked),
    Proof(N_("Shares are allotted to members only"), _holders_are_members),
]
