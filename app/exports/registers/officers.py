"""The register of officers: who holds or held which office, from when and until when."""

from app.core.errors import N_
from app.exports.registers.columns import columns
from app.members.people.asof import CANONICAL, address_sql, email_sql, known_sql, same_sql

COLUMNS = columns(
    ("officer_number", N_("No."), "whole", "o.id"),
    ("office", N_("Office"), "text", "o.office"),
    ("legal_name", N_("Legal name"), "text", "known.legal_name", "known"),
    ("postal_address", N_("Postal address"), "text", address_sql(), "known"),
    ("country", N_("Country"), "text", "known.country", "known"),
    ("electronic_address", N_("Electronic address"), "text", "email.value", "email"),
    ("electronic_purposes", N_("Notified for"), "text", "email.purposes", "email"),
    ("date_entered", N_("Entered office"), "day", "o.entered_on"),
    ("date_left", N_("Left office"), "day", "gone.left_on"),
    ("reason_left", N_("Reason for leaving"), "text", "gone.reason"),
)
JOINS = {"known": same_sql("o.person_id") + known_sql("o.person_id"), "email": email_sql("o.person_id")}
WITH = f"WITH {CANONICAL}"
FROM = """
    FROM officer o LEFT JOIN officer_end gone
        ON gone.officer_id = o.id AND gone.left_on <= :day AND gone.recorded_at <= :known_at"""
WHERE = (
    "o.entered_on <= :day AND o.recorded_at <= :known_at AND o.id > :number "
    "AND (CAST(:most AS bigint) IS NULL OR o.id <= CAST(:number AS bigint) + CAST(:most AS bigint))"
)
ORDERS = {"number": "o.id"}
