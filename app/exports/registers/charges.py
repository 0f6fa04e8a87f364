"""The register of charges: shares that stand as security, for whom, from when and until when."""

from app.core.errors import N_
from app.exports.registers.columns import columns
from app.members.people.asof import CANONICAL, address_sql, known_sql, same_sql

COLUMNS = columns(
    ("charge_number", N_("No."), "whole", "g.id"),
    ("member_number", N_("Member no."), "whole", "m.number"),
    ("legal_name", N_("Legal name"), "text", "known.legal_name", "known"),
    ("postal_address", N_("Postal address"), "text", address_sql(), "known"),
    ("share_class", N_("Class"), "text", "c.code"),
    ("shares", N_("Shares"), "whole", "g.shares"),
    ("creditor", N_("Creditor"), "text", "g.creditor"),
    ("debt", N_("Debt"), "text", "g.debt"),
    ("date_charged", N_("Charged since"), "day", "g.charged_on"),
    ("date_released", N_("Released on"), "day", "gone.released_on"),
)
JOINS = {"known": same_sql("m.person_id") + known_sql("m.person_id")}
WITH = f"WITH {CANONICAL}"
FROM = """
    FROM share_charge g JOIN membership m ON m.id = g.membership_id JOIN share_class c ON c.id = g.share_class_id
    LEFT JOIN share_charge_end gone
        ON gone.charge_id = g.id AND gone.released_on <= :day AND gone.recorded_at <= :known_at"""
WHERE = (
    "g.charged_on <= :day AND g.recorded_at <= :known_at AND g.id > :number "
    "AND (CAST(:most AS bigint) IS NULL OR g.id <= CAST(:number AS bigint) + CAST(:most AS bigint))"
)
ORDERS = {"number": "g.id"}
