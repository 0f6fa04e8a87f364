"""Proofs of the audit trail, which belongs to no room and is taken out of the house by this one."""

from sqlalchemy.orm import Session

from app.core.audit import TRAIL
from app.core.errors import N_
from app.core.sealing import broken_seals
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _trail_holds(session: Session) -> Finding:
    return Finding(*broken_seals(session, TRAIL))


def _acts_are_noted(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        WITH kept AS (
            SELECT 'member:entered' AS tag, 'member:' || number AS subject, NULL::bigint AS by FROM membership
            UNION ALL SELECT CASE e.basis WHEN 'resignation' THEN 'member:resigned'
                    WHEN 'expulsion' THEN 'member:expelled' WHEN 'death' THEN 'member:died'
                    WHEN 'left before' THEN 'member:left-before' ELSE e.basis END,
                'member:' || number, e.recorded_by FROM membership_end e JOIN membership m ON m.id = membership_id
            UNION ALL SELECT 'shares:allotted', 'lot:' || id, NULL FROM lot WHERE act_id IS NULL
            UNION ALL SELECT 'shares:moved', 'share_act:' || id, recorded_by FROM share_act
            UNION ALL SELECT 'receipt:recorded', 'receipt:' || id, recorded_by FROM receipt
            UNION ALL SELECT 'refund:due', 'refund:' || id, NULL FROM refund
            UNION ALL SELECT 'refund:paid', 'refund:' || refund_id, recorded_by FROM refund_payment
            UNION ALL SELECT 'document:filed', 'document:' || id, NULL FROM document
            UNION ALL SELECT 'role:granted',
                concat_ws(' ', 'person:' || person_id, role, subject, valid_from, valid_until), granted_by
                FROM role_grant
            UNION ALL SELECT 'role:ended',
                concat_ws(' ', 'person:' || person_id, role, subject, valid_from, valid_until), ended_by
                FROM role_end JOIN role_grant ON role_grant.id = grant_id
            UNION ALL SELECT 'person:merged', concat_ws(' ', 'person:' || survivor_id, absorbed_id), approved_by
                FROM person_merge
            UNION ALL SELECT 'person:unmerged', concat_ws(' ', 'person:' || survivor_id, absorbed_id),
                u.approved_by FROM person_unmerge u JOIN person_merge m ON m.id = merge_id
            UNION ALL SELECT 'person:bank-account-recorded', 'person:' || person_id, recorded_by
                FROM person_bank_account
            UNION ALL SELECT 'officer:entered', 'officer:' || id, recorded_by FROM officer
            UNION ALL SELECT 'officer:left', 'officer:' || officer_id, recorded_by FROM officer_end
            UNION ALL SELECT 'proposal:made', concat_ws(' ', subject, id), proposed_by FROM proposal
            UNION ALL SELECT CASE WHEN approved THEN 'proposal:approved' ELSE 'proposal:refused' END,
                concat_ws(' ', subject, p.id), decided_by FROM proposal_decision d JOIN proposal p ON p.id = proposal_id
            UNION ALL SELECT 'offer:closing-announced', 'offer:' || offer_id, announced_by FROM early_closing
            UNION ALL SELECT 'offer:result-approved', 'offer:' || offer_id, approved_by FROM offer_result
            UNION ALL SELECT 'offer:window-set', 'offer:' || offer_id, set_by FROM collecting_window
            UNION ALL SELECT 'pledge:reconfirmed', 'pledge:' || pledge_id, reconfirmed_by FROM pledge_reconfirmation
        ), noted AS (
            SELECT tag, concat_ws(' ', subject, CASE WHEN tag LIKE 'role:%' THEN concat_ws(' ', details->>'role',
                details->>'for', details->>'from', details->>'until')
                WHEN tag LIKE 'proposal:%' THEN details->>'proposal'
                WHEN tag LIKE 'person:%merged' THEN details->>'absorbed' END) AS subject,
                CASE WHEN tag NOT IN ('member:entered', 'shares:allotted', 'refund:due', 'document:filed')
                    THEN actor_id END AS by
            FROM audit_line WHERE tag IN ('member:entered', 'member:resigned', 'member:expelled', 'member:died',
                'member:left-before', 'shares:allotted', 'shares:moved', 'receipt:recorded', 'refund:due',
                'refund:paid', 'document:filed', 'role:granted', 'role:ended', 'person:merged', 'person:unmerged',
                'person:bank-account-recorded', 'officer:entered', 'officer:left',
                'proposal:made', 'proposal:approved', 'proposal:refused',
                'offer:closing-announced', 'offer:result-approved', 'offer:window-set', 'pledge:reconfirmed')
        ), difference AS (
            SELECT tag, subject, by, 1 AS many FROM kept UNION ALL SELECT tag, subject, by, -1 FROM noted
        )
        SELECT subject, CASE WHEN sum(many) > 0 THEN 'is on record without a line' ELSE 'has a line but no record' END,
            tag, 'by', coalesce('person ' || by, 'the system')
        FROM difference GROUP BY tag, subject, by
        HAVING sum(many) > 0 OR (sum(many) < 0 AND tag NOT LIKE 'role:%' -- a line may stand for a role of old
            AND tag <> 'person:bank-account-recorded') -- or for what was erased
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM audit_line')} lines", wrong)


PROOFS = [
    Proof(N_("The audit trail's seals hold"), _trail_holds),
    Proof(N_("Every act on record has its line in the audit trail"), _acts_are_noted),
]
