"""Proofs of offers: each stands where its last move left it, and pledges ask for what their terms say."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong


def _offers_stand_where_moved(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT concat_ws(' ', 'offer', slug, 'is', state, 'but was moved to', moved) FROM (
            SELECT *, coalesce(
                (SELECT to_state FROM offer_move WHERE offer_id = offer.id ORDER BY id DESC LIMIT 1), 'draft'
            ) AS moved FROM offer
        ) AS o WHERE state <> moved
        UNION ALL
        SELECT concat_ws(' ', 'offer', slug, 'has terms', terms_id, 'but the last are', last) FROM (
            SELECT *, (SELECT id FROM offer_terms WHERE offer_id = offer.id ORDER BY version DESC LIMIT 1) AS last
            FROM offer
        ) AS o WHERE terms_id IS DISTINCT FROM last
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM offer')} offers", wrong)


def _pledges_stand_where_moved(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'pledge', id, 'is', state, 'but was moved to', coalesce(to_state, 'unconfirmed') FROM pledge LEFT JOIN (
            SELECT DISTINCT ON (pledge_id) pledge_id, to_state FROM pledge_move ORDER BY pledge_id, id DESC
        ) AS last ON pledge_id = pledge.id WHERE state <> coalesce(to_state, 'unconfirmed')
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM pledge')} pledges", wrong)


def _pledges_ask_by_terms(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'pledge', p.id, 'of', p.shares, 'shares does not ask what its terms and request say'
        FROM pledge p JOIN offer_terms t ON t.id = p.terms_id
        LEFT JOIN payment_request r ON r.id = p.payment_request_id
        WHERE p.offer_id <> t.offer_id OR p.currency <> t.currency OR p.amount_cents <> p.shares * p.price_cents
            OR p.price_cents <> coalesce((
                SELECT (step->>'price_cents')::bigint FROM jsonb_array_elements(t.price_steps) AS step
                WHERE (step->>'from')::timestamptz <= p.made_at ORDER BY (step->>'from')::timestamptz DESC LIMIT 1
            ), t.price_cents)
            OR p.shares NOT BETWEEN t.person_shares_min AND t.person_shares_max
            OR (p.state = 'unconfirmed') <> (r.id IS NULL) OR (r.id IS NULL) <> (p.person_id IS NULL)
            OR r.purpose <> 'pledge:' || p.id OR r.amount_cents <> p.amount_cents OR r.currency <> p.currency
            OR r.person_id <> p.person_id
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM pledge')} pledges", wrong)


def _allotted_pledges_have_lots(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'pledge', p.id, 'is', p.state, 'and its lot does not say the same' FROM pledge p
        JOIN offer_terms t ON t.id = p.terms_id
        LEFT JOIN (SELECT *, substr(source, 8)::bigint AS pledge_id FROM lot WHERE source ~ '^pledge:[0-9]+$') l
            ON l.pledge_id = p.id
        WHERE (p.state = 'allotted') <> (l.id IS NOT NULL) OR l.shares <> p.shares OR l.price_cents <> p.price_cents
            OR l.currency <> p.currency OR l.share_class_id <> t.share_class_id
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM lot')} lots", wrong)


PROOFS = [
    Proof(N_("Every offer stands where its last move left it"), _offers_stand_where_moved),
    Proof(N_("Every pledge stands where its last move left it"), _pledges_stand_where_moved),
    Proof(N_("Every pledge asks what its terms say"), _pledges_ask_by_terms),
    Proof(N_("Every allotted pledge has its lot"), _allotted_pledges_have_lots),
]
