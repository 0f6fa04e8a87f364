"""Proofs of motions: each stands where its moves left it, needs what its rules say, and has the support it claims."""

from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.motions.models import MotionGathering, MotionRules
from app.ballots.motions.threshold import supporters_needed
from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong

_STATES = """
    SELECT 'motion', m.id, 'stands at', m.state, 'but its last move says', coalesce(l.to_state, 'idea')
    FROM motion m LEFT JOIN LATERAL (
        SELECT to_state FROM motion_move WHERE motion_id = m.id ORDER BY id DESC LIMIT 1) l ON true
    WHERE m.state <> coalesce(l.to_state, 'idea')
    UNION ALL SELECT 'motion', m.id, 'has no text', m.state, '', '' FROM motion m
    WHERE NOT EXISTS (SELECT FROM motion_text t WHERE t.motion_id = m.id)
    UNION ALL SELECT 'motion', v.motion_id, 'is said to gather support', v.to_state, 'without a threshold', ''
    FROM motion_move v WHERE v.to_state = 'gathering support'
        AND NOT EXISTS (SELECT FROM motion_gathering g WHERE g.motion_id = v.motion_id)
    UNION ALL SELECT 'motion', t.motion_id, 'was rewritten', 'after', 'its text was frozen', ''
    FROM motion_text t JOIN motion_gathering g USING (motion_id) WHERE t.written_at > g.began_at
    UNION ALL SELECT 'motion', b.motion_id, 'is on a ballot', 'whose item is', 'of another ballot', ''
    FROM motion_ballot b JOIN ballot_item i ON i.id = b.item_id WHERE i.ballot_id <> b.ballot_id
"""
_SUPPORT = """
    SELECT 'support', s.id, 'came outside the countdown of its motion' FROM motion_support s
    LEFT JOIN motion_gathering g USING (motion_id)
    WHERE g.motion_id IS NULL OR s.given_at < g.began_at OR s.given_at >= g.ends_at
    UNION ALL SELECT 'support', e.support_id, 'was taken back when the countdown was over' FROM motion_support_end e
    JOIN motion_support s ON s.id = e.support_id JOIN motion_gathering g USING (motion_id)
    WHERE e.taken_back_at >= g.ends_at OR e.taken_back_at < s.given_at
    UNION ALL SELECT 'support', s.id, 'was given twice' FROM motion_support s JOIN motion_support o
        ON o.motion_id = s.motion_id AND o.person_id = s.person_id AND o.id < s.id
    LEFT JOIN motion_support_end e ON e.support_id = o.id
    WHERE e.support_id IS NULL OR e.taken_back_at > s.given_at
    UNION ALL SELECT 'motion', v.motion_id, 'reached a threshold without the support for it'
    FROM motion_move v JOIN motion_gathering g USING (motion_id) WHERE v.to_state = 'threshold reached'
        AND g.needed > (SELECT count(*) FROM motion_support s WHERE s.motion_id = v.motion_id AND s.given_at <= v.at)
"""

_MODERATION = """
    SELECT 'act of moderation', a.id, 'is by somebody who was no moderator then' FROM motion_moderation a
    WHERE NOT EXISTS (SELECT FROM motion_moderator m LEFT JOIN motion_moderator_end e ON e.moderator_id = m.id
        WHERE (m.person_id = a.by OR EXISTS (SELECT FROM person_merge p WHERE (p.absorbed_id, p.survivor_id)
            IN ((a.by, m.person_id), (m.person_id, a.by))))
        AND m.recorded_at <= a.at AND coalesce(e.ended_at >= a.at, true)
        AND a.at::date BETWEEN m.valid_from AND m.valid_until)
    UNION ALL SELECT 'appeal', d.moderation_id, 'was decided by the moderator who acted' FROM motion_appeal_decision d
    JOIN motion_moderation a ON a.id = d.moderation_id WHERE a.by = d.decided_by
    UNION ALL SELECT 'act of moderation', a.id, 'is on a comment of another motion' FROM motion_moderation a
    JOIN motion_comment c ON c.id = a.comment_id WHERE c.motion_id <> a.motion_id
    UNION ALL SELECT 'moderator', m.id, 'rests on a ballot that was not certified before' FROM motion_moderator m
    WHERE NOT EXISTS (SELECT FROM ballot_certificate c JOIN ballot_result r ON r.id = c.result_id
        WHERE r.ballot_id = m.ballot_id AND c.certified_at <= m.recorded_at)
    UNION ALL SELECT 'comment', c.id, 'has no text' FROM motion_comment c
    WHERE NOT EXISTS (SELECT FROM motion_comment_text t WHERE t.comment_id = c.id)
"""


def _states_are_moves(session: Session) -> Finding:
    return Finding(f"{count(session, 'SELECT count(*) FROM motion')} motions", rows_wrong(session, _STATES))


def _support_is_real(session: Session) -> Finding:
    wrong = rows_wrong(session, _SUPPORT)
    rows = select(MotionGathering, MotionRules).join(MotionRules, MotionRules.id == MotionGathering.rules_id)
    for gathering, rules in session.execute(rows):
        part = Fraction(rules.support_part) if rules.support_part is not None else None
        if gathering.needed != supporters_needed(gathering.members, rules.support_number, part):
            wrong.append(f"motion {gathering.motion_id} needs another support than its rules say")
    return Finding(f"{count(session, 'SELECT count(*) FROM motion_support')} supports", wrong)


def _moderation_is_lawful(session: Session) -> Finding:
    many = count(session, "SELECT count(*) FROM motion_moderation")
    return Finding(f"{many} acts of moderation", rows_wrong(session, _MODERATION))


PROOFS = [
    Proof(N_("Every motion stands where its last move left it"), _states_are_moves),
    Proof(N_("Every support of a motion was given once and in time"), _support_is_real),
    Proof(N_("Every act of moderation is an elected moderator's"), _moderation_is_lawful),
]
