"""The register of loans and bonds to the organization: who lent what, on which terms, and what is owed on the day."""

from app.core.errors import N_
from app.exports.registers.columns import amount_sql, columns
from app.members.people.asof import CANONICAL, address_sql, known_sql, same_sql


def owed_sql(loan: str) -> str:
    """The lateral join `owed` with the principal that the books owe on a loan at the end of the day, in minor units."""
    return f"""
    LEFT JOIN LATERAL (
        SELECT -coalesce(sum(p.amount), 0) AS cents FROM posting p JOIN account a ON a.id = p.account_id
        JOIN entry e ON e.id = p.entry_id
        WHERE a.kind = 'loans_payable' AND a.subject = {loan}.source AND p.unit = {loan}.currency
            AND e.effective_on <= :day AND e.booked_at <= :known_at
    ) owed ON true"""


COLUMNS = columns(
    ("loan_number", N_("No."), "whole", "l.id"),
    ("kind", N_("Kind"), "text", "l.kind"),
    ("member_number", N_("Member no."), "text", "lender.numbers", "lender"),
    ("legal_name", N_("Legal name"), "text", "known.legal_name", "known"),
    ("postal_address", N_("Postal address"), "text", address_sql(), "known"),
    ("country", N_("Country"), "text", "known.country", "known"),
    ("principal", N_("Principal"), "amount", amount_sql("l.principal_cents", "l.currency")),
    ("owed", N_("Owed"), "amount", amount_sql("owed.cents", "l.currency"), "owed"),
    ("currency", N_("Currency"), "text", "l.currency"),
    ("rate", N_("Interest a year"), "text", "trim_scale(l.rate_ppm::numeric / 10000)::text || ' %'"),
    ("date_taken", N_("Taken up"), "day", "l.starts_on"),
    ("date_last_due", N_("Last instalment"), "day", "(SELECT max(due_on) FROM loan_instalment WHERE loan_id = l.id)"),
    ("converts_into", N_("Converts into"), "text", "c.code"),
    ("conversion_price", N_("At a price of"), "amount", amount_sql("l.conversion_price_cents", "l.currency")),
    ("reason", N_("Reason"), "text", "l.reason"),
)
JOINS = {
    "known": same_sql("l.person_id") + known_sql("l.person_id"),
    "owed": owed_sql("l"),
    "lender": """
    LEFT JOIN LATERAL (
        SELECT string_agg(number::text, ' ' ORDER BY number) AS numbers FROM membership
        WHERE person_id = l.person_id AND entered_on <= :day AND recorded_at <= :known_at
    ) lender ON true""",
}
WITH = f"WITH {CANONICAL}"
FROM = """
    FROM loan l LEFT JOIN share_class c ON c.id = l.conversion_class_id"""
WHERE = (
    "l.starts_on <= :day AND l.recorded_at <= :known_at AND l.id > :number "
    "AND (CAST(:most AS bigint) IS NULL OR l.id <= CAST(:number AS bigint) + CAST(:most AS bigint))"
)
ORDERS = {"number": "l.id"}
