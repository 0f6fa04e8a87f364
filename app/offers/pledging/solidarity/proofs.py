"""Proofs of solidarity funds: what lies in one was given, and neither used nor returned; each row is as booked."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _fund_is_given_less_used_and_returned(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH moved AS (
            SELECT m.offer_id, p.amount_cents AS amount FROM solidarity_part p
            JOIN solidarity_matching m ON m.id = p.matching_id
            UNION ALL
            SELECT m.offer_id, -g.amount_cents FROM solidarity_grant g
            JOIN solidarity_matching m ON m.id = g.matching_id
            UNION ALL
            SELECT p.offer_id, c.amount_cents FROM solidarity_comeback c JOIN pledge p ON p.id = c.pledge_id
            UNION ALL
            SELECT g.offer_id, -r.amount_cents FROM refund r JOIN solidarity_gift g ON r.source = 'solidarity:' || g.id
        ), said AS (SELECT 'offer:' || offer_id AS subject, sum(amount) AS amount FROM moved GROUP BY 1),
        books AS (
            SELECT a.subject, -sum(p.amount) AS amount FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'solidarity_fund' GROUP BY 1
        )
        SELECT subject, 'given less used and returned', coalesce(said.amount, 0), 'in the fund',
            coalesce(books.amount, 0)
        FROM said FULL JOIN books USING (subject) WHERE coalesce(said.amount, 0) <> coalesce(books.amount, 0)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM solidarity_gift')} gifts", wrong)


def _fund_moves_are_as_booked(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH said AS (
            SELECT entry_id, 'given to the fund' AS nature, amount_cents AS amount FROM solidarity_part
            UNION ALL SELECT entry_id, 'paid by the fund', -amount_cents FROM solidarity_grant
            UNION ALL SELECT entry_id, 'back to the fund', amount_cents FROM solidarity_comeback
        )
        SELECT 'entry', coalesce(said.entry_id, e.id), e.nature, 'is not what the fund says:', said.amount
        FROM said FULL JOIN (
            SELECT * FROM entry WHERE nature IN ('given to the fund', 'paid by the fund', 'back to the fund')
        ) AS e ON e.id = said.entry_id
        WHERE said.nature IS DISTINCT FROM e.nature OR said.amount <> -(
            SELECT sum(p.amount) FROM posting p JOIN account a ON a.id = p.account_id
            WHERE p.entry_id = e.id AND a.kind = 'solidarity_fund'
        )
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM solidarity_grant')} pledges paid by a fund", wrong)


def _grants_pay_their_pledges(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'pledge', p.id, 'of', p.amount_cents, 'has a grant of', g.amount_cents FROM solidarity_grant g
        JOIN pledge p ON p.id = g.pledge_id JOIN solidarity_matching m ON m.id = g.matching_id
        WHERE p.amount_cents <> g.amount_cents OR p.shares <> g.shares OR p.offer_id <> m.offer_id
            OR p.state = 'unconfirmed'
        UNION ALL
        SELECT 'matching', m.id, 'of', m.amount_cents, 'pays', g.amount FROM solidarity_matching m LEFT JOIN (
            SELECT matching_id, sum(amount_cents) AS amount FROM solidarity_grant GROUP BY 1
        ) AS g ON g.matching_id = m.id WHERE m.amount_cents IS DISTINCT FROM g.amount
        UNION ALL
        SELECT 'gift', g.id, 'of', g.amount_cents, 'gave', p.amount FROM solidarity_gift g JOIN (
            SELECT gift_id, sum(amount_cents) AS amount FROM solidarity_part GROUP BY 1
        ) AS p ON p.gift_id = g.id WHERE p.amount > g.amount_cents
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM solidarity_matching')} matchings", wrong)


PROOFS = [
    Proof(
        N_("A solidarity fund holds what was given, not used and not returned"), _fund_is_given_less_used_and_returned
    ),
    Proof(N_("Every move of a solidarity fund is what its entry booked"), _fund_moves_are_as_booked),
    Proof(N_("Solidarity funds pay whole pledges with no more than was given"), _grants_pay_their_pledges),
]
