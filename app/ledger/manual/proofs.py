"""Proofs of entries by hand: each has its evidence and two people, and each account of one's own is in the chart."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.chart import OWN_KINDS
from app.ledger.proofs import Finding, Proof, count, rows_wrong

_OWN = ", ".join(f"'{kind}'" for kind in OWN_KINDS)


def _entries_have_evidence(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'entry', e.id, 'was written by hand, without evidence or a second person' FROM entry e
        LEFT JOIN manual_entry m ON m.entry_id = e.id
        WHERE e.nature IN ('manual entry', 'explained bank line')
            AND (m.entry_id IS NULL OR m.proposed_by = m.approved_by OR e.booked_by IS DISTINCT FROM m.approved_by)
        UNION ALL
        SELECT 'entry', m.entry_id, 'has evidence, and was not written by hand' FROM manual_entry m
        JOIN entry e ON e.id = m.entry_id WHERE e.nature NOT IN ('manual entry', 'explained bank line')
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM manual_entry')} entries by hand", wrong)


def _own_accounts_are_charted(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        f"SELECT 'account', kind, subject, 'is not in the chart' FROM account a WHERE kind IN ({_OWN}) AND NOT EXISTS "
        "(SELECT FROM chart_account c WHERE c.kind = a.kind AND c.subject = a.subject)",
    )
    own = count(session, f"SELECT count(*) FROM account WHERE kind IN ({_OWN})")
    return Finding(f"{own} accounts", wrong)


PROOFS = [
    Proof(N_("Every entry by hand has its evidence and two people"), _entries_have_evidence),
    Proof(N_("Every account of the organization's own is in the chart"), _own_accounts_are_charted),
]
