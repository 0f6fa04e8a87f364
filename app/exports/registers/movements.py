"""The register of movements: what each act gave or took, holder by holder, with the balance after it.

Numbers follow the order of recording, so that none ever changes; balances follow the days. A reversal is a movement of
its own that names the act it undoes, and the act names its reversal.
"""

from app.core.errors import N_
from app.exports.registers.columns import amount_sql, columns
from app.members.people.asof import CANONICAL, address_sql, known_sql, same_sql

COLUMNS = columns(
    ("movement_number", N_("No."), "whole", "v.number"),
    ("date_recorded", N_("Recorded"), "day", "(v.recorded_at AT TIME ZONE 'UTC')::date"),
    ("date_effective", N_("Effective"), "day", "v.effective_on"),
    ("nature", N_("Nature"), "text", "v.nature"),
    ("member_number", N_("Member no."), "whole", "m.number"),
    ("legal_name", N_("Legal name"), "text", "known.legal_name", "known"),
    ("postal_address", N_("Postal address"), "text", address_sql(), "known"),
    ("country", N_("Country"), "text", "known.country", "known"),
    ("counterparties", N_("From or to"), "text", "other.names", "other"),
    ("share_class", N_("Class"), "text", "c.code"),
    ("certificates_ended", N_("Certificates ended"), "text", "v.ended"),
    ("certificates_made", N_("Certificates made"), "text", "v.made"),
    ("shares_in", N_("Shares in"), "whole", "greatest(v.shares, 0)"),
    ("shares_out", N_("Shares out"), "whole", "greatest(-v.shares, 0)"),
    ("balance", N_("Balance"), "whole", "v.balance"),
    ("price", N_("Price a share"), "amount", amount_sql("v.price", "v.currency")),
    ("paid_change", N_("Change of the amount paid"), "amount", amount_sql("v.paid", "v.currency")),
    ("currency", N_("Currency"), "text", "v.currency"),
    ("reason", N_("Reason"), "text", "v.reason"),
    ("act", N_("Supporting act"), "text", "v.act"),
    ("reverses", N_("Undoes"), "text", "v.reverses"),
    ("reversed_by", N_("Undone by"), "text", "v.reversed_by"),
)

JOINS = {
    "known": same_sql("m.person_id") + known_sql("m.person_id"),
    "other": """
    LEFT JOIN others other ON other.act_id = v.act_id AND other.membership_id = v.membership_id
        AND other.share_class_id = v.share_class_id""",
}

WITH = f"""
    WITH {CANONICAL}, touched AS (
        SELECT act_id, CASE WHEN act_id IS NULL THEN id END AS lot_id, membership_id, share_class_id, currency, shares,
               paid_cents, price_cents, certificate_number AS made, NULL::bigint AS ended, recorded_at,
               allotted_on AS on_day
        FROM lot WHERE recorded_at <= :known_at
        UNION ALL
        SELECT e.act_id, NULL, l.membership_id, l.share_class_id, l.currency, -l.shares, -l.paid_cents, NULL, NULL,
               l.certificate_number, e.recorded_at, e.ended_on
        FROM lot_end e JOIN lot l ON l.id = e.lot_id WHERE e.recorded_at <= :known_at
    ), moved AS (
        SELECT act_id, lot_id, membership_id, share_class_id, currency, sum(shares) AS shares, sum(paid_cents) AS paid,
               max(price_cents) AS price, string_agg(made::text, ' ' ORDER BY made) AS made,
               string_agg(ended::text, ' ' ORDER BY ended) AS ended, min(recorded_at) AS recorded_at,
               min(on_day) AS on_day
        FROM touched GROUP BY act_id, lot_id, membership_id, share_class_id, currency
        HAVING sum(shares) <> 0 OR sum(paid_cents) <> 0 OR bool_or(act_id IS NOT NULL)
    ), named AS (
        SELECT moved.act_id, moved.membership_id, moved.share_class_id, sign(moved.shares) AS sign,
               concat_ws(' ', m.number, (SELECT legal_name FROM particulars WHERE person_id = m.person_id
                   AND valid_from <= :day AND recorded_at <= :known_at
                   ORDER BY valid_from DESC, id DESC LIMIT 1)) AS who
        FROM moved JOIN membership m ON m.id = moved.membership_id WHERE act_id IS NOT NULL AND moved.shares <> 0
    ), others AS (
        SELECT one.act_id, one.membership_id, one.share_class_id, string_agg(DISTINCT two.who, '; ') AS names
        FROM named one JOIN named two ON two.act_id = one.act_id AND two.share_class_id = one.share_class_id
            AND two.sign = -one.sign AND two.membership_id <> one.membership_id
        GROUP BY 1, 2, 3
    ), numbered AS (
        SELECT moved.*, coalesce(a.effective_on, on_day) AS effective_on, coalesce(a.kind, 'allotment') AS nature,
               coalesce(a.reason, l.basis) AS reason,
               coalesce('act ' || a.id, 'allotment ' || moved.lot_id) AS act,
               coalesce('act ' || a.reverses_id, 'allotment ' || (a.details->>'allotment')) AS reverses,
               (SELECT 'act ' || r.id FROM share_act r WHERE r.recorded_at <= :known_at AND (r.reverses_id = a.id
                   OR moved.lot_id IS NOT NULL AND r.source = concat_ws(':', 'reversal', 'allotment', moved.lot_id)))
                   AS reversed_by,
               row_number() OVER (
                   ORDER BY moved.recorded_at, moved.act_id NULLS FIRST, moved.lot_id, moved.shares,
                            moved.membership_id, moved.share_class_id, moved.currency
               ) AS number
        FROM moved LEFT JOIN share_act a ON a.id = moved.act_id LEFT JOIN lot l ON l.id = moved.lot_id
    ), v AS (
        SELECT numbered.*, sum(shares) OVER (
                   PARTITION BY membership_id, share_class_id ORDER BY effective_on, number
               ) AS balance
        FROM numbered WHERE effective_on <= :day
    )"""
FROM = """
    FROM v JOIN membership m ON m.id = v.membership_id JOIN share_class c ON c.id = v.share_class_id"""
WHERE = (
    "v.number > CAST(:number AS bigint) "
    "AND (CAST(:most AS bigint) IS NULL OR v.number <= CAST(:number AS bigint) + CAST(:most AS bigint))"
)
ORDERS = {"number": "v.number", "holder": "m.number, c.code, v.effective_on, v.number"}
