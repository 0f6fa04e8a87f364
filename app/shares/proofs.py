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
            WHERE NOT EXISTS (SELECT FROM lot_end WHERE lot_id = l.id) GROUP BY 1, 2
        ), books AS (
            SELECT a.subject, p.unit, sum(p.amount) AS shares FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'holder' GROUP BY 1, 2
        )
        SELECT subject, unit, 'lots', coalesce(lots.shares, 0), 'books', coalesce(books.shares, 0)
        FROM lots FULL JOIN books USING (subject, unit)
        WHERE coalesce(lots.shares, 0) <> coalesce(books.shares, 0)
        """,
    )
    return Finding(
        f"{count(session, 'SELECT coalesce(sum(shares), 0) FROM lot')} shares in lots, ended ones too", wrong
    )


def _capital_equals_payments(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH lots AS (
            SELECT c.code, l.currency AS unit, sum(l.paid_cents) AS paid
            FROM lot l JOIN share_class c ON c.id = l.share_class_id
            WHERE NOT EXISTS (SELECT FROM lot_end WHERE lot_id = l.id) GROUP BY 1, 2
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
        "WHERE NOT EXISTS (SELECT FROM lot_end WHERE lot_id = lot.id) "
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
        LEFT JOIN entry e ON e.id = l.entry_id
        WHERE l.act_id IS NULL AND (e.id IS NULL OR e.nature <> 'allotment' OR e.key <> 'allotment:' || l.source
            OR e.effective_on <> l.allotted_on OR l.paid_cents <> l.price_cents * l.shares
            OR NOT EXISTS (SELECT FROM leg WHERE entry_id = e.id AND kind = 'holder' AND amount = l.shares
                AND subject = 'member:' || m.number AND unit = 'SHARE:' || c.code)
            OR (l.paid_cents > 0 AND NOT EXISTS (SELECT FROM leg WHERE entry_id = e.id AND kind = 'share_capital'
                AND subject = c.code AND unit = l.currency AND amount = -l.paid_cents)))
        UNION ALL
        SELECT concat_ws(' ', 'entry', e.id, 'allots no lot') FROM entry e
        WHERE nature = 'allotment' AND NOT EXISTS (SELECT FROM lot WHERE entry_id = e.id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM lot')} lots", wrong)


def _acts_are_as_booked(session: Session) -> Finding:
    """Of each act, what its lots say (made less ended) and what its entry booked, holder by holder and for capital."""
    wrong = rows_wrong(
        session,
        """
        WITH touched AS (
            SELECT act_id, lot.id, 1 AS sign FROM lot WHERE act_id IS NOT NULL
            UNION ALL SELECT act_id, lot_id, -1 FROM lot_end
        ), legs AS (
            SELECT t.act_id, v.* FROM touched t JOIN lot l ON l.id = t.id JOIN membership m ON m.id = l.membership_id
            JOIN share_class c ON c.id = l.share_class_id CROSS JOIN LATERAL (VALUES
                ('holder', 'member:' || m.number, 'SHARE:' || c.code, t.sign * l.shares),
                ('unissued', c.code, 'SHARE:' || c.code, -t.sign * l.shares),
                ('share_capital', c.code, l.currency, -t.sign * l.paid_cents)
            ) AS v (kind, subject, unit, amount)
        ), lots AS (
            SELECT act_id, kind, subject, unit, sum(amount) AS amount FROM legs
            GROUP BY 1, 2, 3, 4 HAVING sum(amount) <> 0
        ), books AS (
            SELECT s.id AS act_id, a.kind, a.subject, p.unit, sum(p.amount) AS amount
            FROM share_act s JOIN posting p ON p.entry_id = s.entry_id JOIN account a ON a.id = p.account_id
            WHERE a.kind IN ('holder', 'unissued', 'share_capital') GROUP BY 1, 2, 3, 4
        )
        SELECT concat_ws(' ', 'act', act_id, kind, subject, unit, 'lots', lots.amount, 'books', books.amount)
        FROM lots FULL JOIN books USING (act_id, kind, subject, unit) WHERE lots.amount IS DISTINCT FROM books.amount
        UNION ALL
        SELECT concat_ws(' ', 'act', s.id, 'of', s.effective_on, 'and lot', l.id, 'do not say the same')
        FROM share_act s JOIN lot l ON l.act_id = s.id
        WHERE l.allotted_on <> s.effective_on OR l.entry_id IS DISTINCT FROM s.entry_id
            OR l.source NOT LIKE 'act:' || s.id || ':%' OR l.acquired_on > l.allotted_on
        UNION ALL
        SELECT concat_ws(' ', 'act', s.id, 'of', s.effective_on, 'and the end of lot', x.lot_id, 'do not say the same')
        FROM share_act s JOIN lot_end x ON x.act_id = s.id JOIN lot l ON l.id = x.lot_id
        WHERE x.ended_on <> s.effective_on OR x.ended_on < l.allotted_on
        UNION ALL
        SELECT concat_ws(' ', 'act', s.id, 'and entry', e.id, 'do not say the same')
        FROM share_act s JOIN entry e ON e.id = s.entry_id
        WHERE e.key <> 'share-act:' || s.source OR e.nature <> s.kind OR e.effective_on <> s.effective_on
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM share_act')} acts on shares", wrong)


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


def _numbers_are_distinct(session: Session) -> Finding:
    """No number of a class is two lots' on one day, and a lot has as many numbers as shares."""
    wrong = rows_wrong(
        session,
        """
        WITH ranges AS (
            SELECT s.*, daterange(l.allotted_on, greatest(l.allotted_on, x.ended_on)) AS days
            FROM share_numbers s JOIN lot l ON l.id = s.lot_id LEFT JOIN lot_end x ON x.lot_id = l.id
        )
        SELECT concat_ws(' ', 'number', b.first_number, 'of class', c.code, 'is of lot', a.lot_id, 'and', b.lot_id)
        FROM ranges a JOIN ranges b ON b.share_class_id = a.share_class_id AND b.id <> a.id
            AND b.first_number BETWEEN a.first_number AND a.last_number AND (b.days && a.days OR b.lot_id = a.lot_id)
        JOIN share_class c ON c.id = a.share_class_id
        UNION ALL
        SELECT concat_ws(' ', 'lot', l.id, 'has', l.shares, 'shares and', coalesce(s.many, 0), 'numbers')
        FROM lot l JOIN share_numbering n ON n.share_class_id = l.share_class_id
        LEFT JOIN lot_end x ON x.lot_id = l.id
        LEFT JOIN (
            SELECT lot_id, sum(last_number - first_number + 1) AS many FROM share_numbers GROUP BY lot_id
        ) s ON s.lot_id = l.id
        WHERE coalesce(s.many, 0) <> CASE WHEN x.recorded_at <= n.written_at THEN 0 ELSE l.shares END
        UNION ALL
        SELECT concat_ws(' ', 'range', s.id, 'is of another class than lot', l.id, 'or of one without numbers')
        FROM share_numbers s JOIN lot l ON l.id = s.lot_id
        LEFT JOIN share_numbering n ON n.share_class_id = s.share_class_id
        WHERE n.share_class_id IS NULL OR s.share_class_id <> l.share_class_id
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM share_numbers')} ranges of numbers", wrong)


PROOFS = [
    Proof(N_("Lots equal the members' holdings in the books"), _lots_equal_holdings),
    Proof(N_("Amounts paid on shares equal share capital"), _capital_equals_payments),
    Proof(N_("No class is issued beyond its authorized shares"), _limits_kept),
    Proof(N_("Every lot is what its entry booked"), _lots_are_as_booked),
    Proof(N_("Every act on shares is what its entry booked"), _acts_are_as_booked),
    Proof(N_("Shares are allotted to members only"), _holders_are_members),
    Proof(N_("No share's number is given twice"), _numbers_are_distinct),
]
