"""Proofs of loans: what is owed in the books is what schedules and conversions leave."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _loans_are_owed(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH said AS (
            SELECT l.source AS subject, l.currency AS unit, CASE WHEN EXISTS (
                    SELECT FROM share_act a JOIN share_act r ON r.reverses_id = a.id WHERE a.entry_id = l.entry_id
                ) THEN 0 ELSE l.principal_cents END
                - coalesce((SELECT sum(i.principal_cents) FROM loan_instalment i
                    JOIN loan_instalment_due d ON d.instalment_id = i.id WHERE i.loan_id = l.id), 0)
                - coalesce((SELECT sum(c.principal_cents) FROM loan_conversion c WHERE c.loan_id = l.id
                    AND NOT EXISTS (SELECT FROM share_act WHERE reverses_id = c.act_id)), 0) AS amount
            FROM loan l WHERE NOT EXISTS (SELECT FROM loan_end WHERE loan_id = l.id)
            UNION ALL SELECT l.source, l.currency, 0 FROM loan l JOIN loan_end ON loan_id = l.id
        ), books AS (
            SELECT a.subject, p.unit, -sum(p.amount) AS amount FROM posting p JOIN account a ON a.id = p.account_id
            WHERE a.kind = 'loans_payable' GROUP BY 1, 2
        )
        SELECT subject, 'owed', coalesce(said.amount, 0), 'books', coalesce(books.amount, 0)
        FROM said FULL JOIN books USING (subject, unit) WHERE said.amount IS DISTINCT FROM books.amount
        UNION ALL
        SELECT l.source, 'principal', l.principal_cents, 'schedule', sum(i.principal_cents)
        FROM loan l JOIN loan_instalment i ON i.loan_id = l.id GROUP BY l.id
        HAVING sum(i.principal_cents) <> l.principal_cents
        UNION ALL
        SELECT l.source, 'ended on', NULL, concat_ws(' ', x.ended_on, 'entry of', e.effective_on), NULL
        FROM loan l JOIN loan_end x ON x.loan_id = l.id LEFT JOIN entry e ON e.id = x.entry_id
        WHERE e.reverses_id IS DISTINCT FROM l.entry_id OR e.effective_on IS DISTINCT FROM x.ended_on
            OR x.ended_on < l.starts_on
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM loan')} loans", wrong)


PROOFS = [Proof(N_("Loans owed equal loans payable in the books"), _loans_are_owed)]
