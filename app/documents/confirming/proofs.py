"""Proofs of confirmations: each says what its lot says, and what the terms say that intermediaries earn."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _confirmations_match_lots(session: Session) -> Finding:
    """Those that a decision on erasure has emptied have nothing to compare."""
    wrong = rows_wrong(
        session,
        """
        SELECT 'document', d.number, 'does not say what', d.source, 'and its terms say' FROM document d
        LEFT JOIN lot l ON split_part(d.source, '#', 1) = 'transaction-confirmation:lot:' || l.id
        LEFT JOIN membership m ON m.id = l.membership_id LEFT JOIN share_class c ON c.id = l.share_class_id
        LEFT JOIN pledge p ON l.source = 'pledge:' || p.id LEFT JOIN offer_terms t ON t.id = p.terms_id
        CROSS JOIN LATERAL (
            SELECT coalesce(jsonb_agg(jsonb_build_array(one->'earner', one->'payer', coalesce(
                (one->>'each_cents')::numeric, floor((2 * l.paid_cents * (one->>'ppm')::numeric + 1000000) / 2000000)
            )) ORDER BY place), '[]') AS rows
            FROM jsonb_array_elements(t.intermediaries) WITH ORDINALITY AS each (one, place)
        ) meant
        CROSS JOIN LATERAL (
            SELECT coalesce(jsonb_agg(jsonb_build_array(one->'earner', one->'payer', one->'amount_minor')
                ORDER BY place), '[]') AS rows
            FROM jsonb_array_elements(d.facts->'remunerations') WITH ORDINALITY AS each (one, place)
        ) told
        WHERE d.kind = 'transaction-confirmation' AND d.source LIKE '%:lot:%' AND d.facts <> '{}'
            AND (l.id IS NULL OR t.id IS NULL OR meant.rows <> told.rows OR NOT d.facts @> jsonb_build_object(
                'certificate_number', l.certificate_number, 'member_number', m.number, 'share_class', c.name,
                'share_class_code', c.code, 'shares', l.shares, 'price_minor', l.price_cents,
                'paid_minor', l.paid_cents, 'currency', l.currency, 'closed_on', l.allotted_on))
        """,
    )
    said = count(session, "SELECT count(*) FROM document WHERE kind = 'transaction-confirmation'")
    return Finding(f"{said} confirmations", wrong)


PROOFS = [Proof(N_("Every confirmation of a purchase says what its lot and terms say"), _confirmations_match_lots)]
