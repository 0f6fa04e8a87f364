"""The register of members: a line a holder and class, from lots, names and addresses as they stood on the day."""

from app.core.errors import N_
from app.exports.registers.columns import amount_sql, columns
from app.exports.registers.loans import owed_sql
from app.members.people.asof import CANONICAL, address_sql, came_of_age_sql, email_sql, known_sql, same_sql

COLUMNS = columns(
    ("member_number", N_("No."), "whole", "m.number"),
    ("legal_name", N_("Legal name"), "text", "known.legal_name", "known"),
    (
        "holder_type",
        N_("Kind"),
        "text",
        f"CASE WHEN {came_of_age_sql('m.person_id')} THEN 'person' ELSE known.holder_kind END",
        "known",
    ),
    ("registration_number", N_("Registration no."), "text", "known.registration_number", "known"),
    ("postal_address", N_("Postal address"), "text", address_sql(), "known"),
    ("country", N_("Country"), "text", "known.country", "known"),
    ("electronic_address", N_("Electronic address"), "text", "email.value", "email"),
    ("electronic_purposes", N_("Notified for"), "text", "email.purposes", "email"),
    ("share_class", N_("Class"), "text", "c.code"),
    ("share_class_name", N_("Name of the class"), "text", "c.name"),
    ("certificate_numbers", N_("Certificates"), "text", "lots.certificates"),
    ("shares", N_("Shares"), "whole", "coalesce(lots.shares, 0)"),
    ("share_numbers", N_("Distinguishing numbers"), "text", "numbers.ranges", "numbers"),
    ("nominal", N_("Nominal"), "amount", amount_sql("terms.nominal_cents", "terms.currency"), "terms"),
    ("amount_paid", N_("Amount paid"), "amount", amount_sql("lots.paid", "lots.currency")),
    ("amount_unpaid", N_("Amount unpaid"), "amount", amount_sql("lots.owed - lots.paid", "lots.currency")),
    ("amount_agreed", N_("Amount agreed"), "amount", amount_sql("lots.owed", "lots.currency")),
    ("currency", N_("Currency"), "text", "lots.currency"),
    ("other_property", N_("Other property"), "text", "property.told", "known property"),
    ("date_acquired", N_("Acquired"), "day", "lots.since"),
    ("acquisition_basis", N_("Acquired by"), "text", "lots.bases"),
    ("restrictions", N_("Restrictions"), "text", "array_to_string(terms.legends, '; ')", "terms"),
    ("transferable", N_("Transfer"), "text", "terms.transferable", "terms"),
    ("votes", N_("Votes"), "text", "terms.votes_rule", "terms"),
    ("date_entered", N_("Entered"), "day", "m.entered_on"),
    ("entry_basis", N_("Entered by"), "text", "m.basis"),
    ("date_ceased", N_("Ceased"), "day", "ended.ceased_on"),
    ("cessation_basis", N_("Ceased by"), "text", "ended.basis"),
)

JOINS = {
    "known": same_sql("m.person_id") + known_sql("m.person_id"),
    "property": f"""
    LEFT JOIN LATERAL (
        SELECT string_agg(concat_ws(' ', l.kind, {amount_sql("owed.cents", "l.currency")}, l.currency), '; '
            ORDER BY l.id) AS told
        FROM loan l {owed_sql("l")}
        WHERE l.person_id = ANY (coalesce(same.ids, ARRAY[m.person_id])) AND l.starts_on <= :day
            AND l.recorded_at <= :known_at AND owed.cents > 0
    ) property ON true""",
    "email": email_sql("m.person_id"),
    "numbers": """
    LEFT JOIN LATERAL (
        SELECT string_agg(CASE WHEN low = high THEN low::text ELSE low || '–' || high END, ', ' ORDER BY low) AS ranges
        FROM (
            SELECT min(first_number) AS low, max(last_number) AS high FROM (
                SELECT first_number, last_number,
                    last_number - sum(last_number - first_number + 1) OVER (ORDER BY first_number) AS run
                FROM share_numbers s JOIN lot l ON l.id = s.lot_id
                WHERE l.membership_id = m.id AND l.share_class_id = c.id AND l.currency = lots.currency
                    AND l.allotted_on <= :day AND l.recorded_at <= :known_at
                    AND s.given_on <= :day AND s.recorded_at <= :known_at AND NOT EXISTS (
                        SELECT FROM lot_end WHERE lot_id = l.id AND ended_on <= :day AND recorded_at <= :known_at)
            ) placed GROUP BY run
        ) joined
    ) numbers ON true""",
    "terms": """
    LEFT JOIN LATERAL (
        SELECT * FROM share_class_terms t
        WHERE t.share_class_id = c.id AND t.valid_from <= :day AND t.written_at <= :known_at
        ORDER BY t.valid_from DESC, t.id DESC LIMIT 1
    ) terms ON true""",
}

# `chosen` holds the members of a page: their numbers are above one, and they are at most so many.
WITH = f"""
    WITH {CANONICAL}, chosen AS (
        SELECT id, person_id, number, entered_on, basis, recorded_at FROM membership
        WHERE number > :number ORDER BY number LIMIT :most
    ), lots AS (
        SELECT membership_id, share_class_id, currency, sum(shares) AS shares, sum(paid_cents) AS paid,
               sum(price_cents::numeric * shares) AS owed, min(coalesce(acquired_on, allotted_on)) AS since,
               string_agg(certificate_number::text, ' ' ORDER BY certificate_number) AS certificates,
               string_agg(DISTINCT basis, ', ') AS bases
        FROM lot WHERE allotted_on <= :day AND recorded_at <= :known_at AND NOT EXISTS (
            SELECT FROM lot_end WHERE lot_id = lot.id AND ended_on <= :day AND recorded_at <= :known_at)
            AND (:number = 0 OR membership_id IN (SELECT id FROM chosen))
        GROUP BY membership_id, share_class_id, currency
    )"""
FROM = """
    FROM chosen m
    LEFT JOIN lots ON lots.membership_id = m.id
    LEFT JOIN share_class c ON c.id = lots.share_class_id
    LEFT JOIN membership_end ended
        ON ended.membership_id = m.id AND ended.ceased_on <= :day AND ended.recorded_at <= :known_at"""
WHERE = "(lots.membership_id IS NOT NULL OR (m.entered_on <= :day AND m.recorded_at <= :known_at))"
ORDERS = {
    "number": "m.number, c.code, lots.currency",
    "name": "lower(known.legal_name), m.number, c.code, lots.currency",
}
