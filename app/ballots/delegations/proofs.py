"""Proofs of standing delegations: each proxy that came of one is between its parties, on its topic, while it held."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong

_USES = """
    SELECT 'proxy', p.id, 'is between others than its delegation' FROM delegation_use u
        JOIN delegation d ON d.id = u.delegation_id JOIN ballot_proxy p ON p.id = u.proxy_id
        WHERE (p.principal_id, p.holder_id) <> (d.principal_id, d.holder_id)
    UNION ALL SELECT 'proxy', p.id, 'is on a ballot about another topic than its delegation' FROM delegation_use u
        JOIN delegation d ON d.id = u.delegation_id JOIN ballot_proxy p ON p.id = u.proxy_id
        LEFT JOIN ballot b ON b.id = p.ballot_id LEFT JOIN ballot_terms t ON t.id = b.terms_id
        WHERE t.topic_id IS DISTINCT FROM d.topic_id
    UNION ALL SELECT 'proxy', u.proxy_id, 'is of a delegation that was not accepted' FROM delegation_use u
        LEFT JOIN delegation_answer a ON a.delegation_id = u.delegation_id WHERE a.accepted IS NOT TRUE
    UNION ALL SELECT 'delegation', u.delegation_id, 'was used twice on ballot ' || p.ballot_id FROM delegation_use u
        JOIN ballot_proxy p ON p.id = u.proxy_id GROUP BY u.delegation_id, p.ballot_id HAVING count(*) > 1
    UNION ALL SELECT 'delegation', d.id, 'is given beside another on the same topic' FROM delegation d
        JOIN delegation o ON o.topic_id = d.topic_id AND o.principal_id = d.principal_id AND o.id < d.id
        WHERE o.valid_until IS NULL AND NOT EXISTS (SELECT FROM delegation_end e WHERE e.delegation_id = o.id)
            AND NOT EXISTS (SELECT FROM delegation_answer a WHERE a.delegation_id = o.id AND NOT a.accepted)
"""


def _uses(session: Session) -> Finding:
    return Finding(f"{count(session, 'SELECT count(*) FROM delegation_use')} uses", rows_wrong(session, _USES))


PROOFS = [Proof(N_("Every proxy of a standing delegation is what was delegated"), _uses)]
