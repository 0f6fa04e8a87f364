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
            OR NOT EXISTS (
                SELECT FROM offer_terms f WHERE f.offer_id = p.offer_id AND (f.id = t.id OR f.version < t.version
                    AND EXISTS (SELECT FROM pledge_reconfirmation WHERE pledge_id = p.id))
                AND p.price_cents = coalesce((
                    SELECT (step->>'price_cents')::bigint FROM jsonb_array_elements(f.price_steps) AS step
                    WHERE (step->>'from')::timestamptz <= p.made_at
                    ORDER BY (step->>'from')::timestamptz DESC LIMIT 1
                ), f.price_cents)
            ) AND NOT EXISTS (
                SELECT FROM pledge o WHERE o.id = p.replaces_id AND o.offer_id = p.offer_id
                AND o.price_cents = p.price_cents AND o.shares >= p.shares
            )
            OR p.shares NOT BETWEEN t.person_shares_min AND t.person_shares_max
                AND (t.kind <> 'indication of interest' OR p.shares <> 0)
            OR (p.state = 'unconfirmed' OR t.kind = 'indication of interest') <> (r.id IS NULL)
            OR (p.state = 'unconfirmed') <> (p.person_id IS NULL) OR (p.person_id IS NULL) <> (p.holder_id IS NULL)
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
        WHERE (p.state = 'allotted') <> (l.id IS NOT NULL) OR l.shares <> coalesce(p.allotted_shares, p.shares)
            OR l.price_cents <> p.price_cents OR l.currency <> p.currency OR l.share_class_id <> t.share_class_id
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM lot')} lots", wrong)


def _fewer_shares_ask_less(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'pledge', p.id, 'gets', p.allotted_shares, 'of', p.shares, 'shares, and is asked for', l.amount_cents
        FROM pledge p LEFT JOIN (
            SELECT DISTINCT ON (payment_request_id) * FROM payment_request_amount ORDER BY payment_request_id, id DESC
        ) AS l USING (payment_request_id)
        WHERE p.allotted_shares NOT BETWEEN 0 AND p.shares
            OR l.amount_cents <> coalesce(p.allotted_shares, 0) * p.price_cents
            OR p.state = 'allotted' AND p.allotted_shares < p.shares AND l.id IS NULL
            OR p.allotted_shares IS NOT NULL AND NOT EXISTS (SELECT FROM offer_result r WHERE r.offer_id = p.offer_id)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM pledge WHERE allotted_shares < shares')} pledges", wrong)


def _caps_are_kept(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'offer', o.slug, 'allots', given.cents, 'with a cap of', t.cap_cents, 'by a result of', r.allotted_cents
        FROM offer o JOIN offer_terms t ON t.id = o.terms_id LEFT JOIN offer_result r ON r.offer_id = o.id JOIN (
            SELECT offer_id, sum(coalesce(allotted_shares, shares) * price_cents) AS cents
            FROM pledge WHERE state = 'allotted' GROUP BY offer_id
        ) AS given ON given.offer_id = o.id
        WHERE given.cents > t.cap_cents OR given.cents > r.allotted_cents
            OR r.offer_id IS NULL AND o.state IN ('collecting', 'short')
        UNION ALL
        SELECT 'offer', o.slug, 'says that', m.taken_cents, 'of its cap is taken, and pledges take', taken.cents,
            'of', t.cap_cents
        FROM offer_room m JOIN offer o ON o.id = m.offer_id JOIN offer_terms t ON t.id = o.terms_id, LATERAL (
            SELECT coalesce(sum(amount_cents), 0) AS cents FROM pledge WHERE offer_id = o.id AND state = 'confirmed'
        ) AS taken WHERE o.state = 'open' AND (taken.cents <> m.taken_cents OR taken.cents > t.cap_cents)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM offer')} offers", wrong)


def _reconfirmed_pledges_have_their_terms(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'pledge', p.id, 'has terms', p.terms_id, 'but was confirmed again under', c.terms_id
        FROM pledge p JOIN (
            SELECT pledge_id, max(terms_id) AS terms_id FROM pledge_reconfirmation GROUP BY pledge_id
        ) AS c ON c.pledge_id = p.id WHERE p.terms_id <> c.terms_id
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM pledge_reconfirmation')} confirmations", wrong)


def _pledges_are_for_whom_they_were_confirmed(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        """
        SELECT 'pledge', p.id, 'is for person', p.holder_id, 'but was', a.tag, 'for person', a.details->>'holder'
        FROM pledge p JOIN audit_line a ON a.subject = 'pledge:' || p.id
        WHERE a.tag IN ('pledge:confirmed', 'pledge:changed') AND a.details ? 'holder'
            AND (a.details->>'holder')::bigint IS DISTINCT FROM p.holder_id
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM pledge')} pledges", wrong)


PROOFS = [
    Proof(N_("Every offer stands where its last move left it"), _offers_stand_where_moved),
    Proof(N_("Every pledge stands where its last move left it"), _pledges_stand_where_moved),
    Proof(N_("Every pledge asks what its terms say"), _pledges_ask_by_terms),
    Proof(N_("Every pledge is for whom it was confirmed"), _pledges_are_for_whom_they_were_confirmed),
    Proof(N_("Every allotted pledge has its lot"), _allotted_pledges_have_lots),
    Proof(N_("Who gets fewer shares is asked for less"), _fewer_shares_ask_less),
    Proof(N_("No offer allots more than its cap and its result"), _caps_are_kept),
    Proof(N_("Pledges that were confirmed again stand under those terms"), _reconfirmed_pledges_have_their_terms),
]
