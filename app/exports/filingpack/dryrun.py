"""The dry run of an exchange as a file: what every member has before and after, as CSV or PDF."""

from typing import Any, BinaryIO

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.conversion.exchange.models import Exchange
from app.conversion.exchange.showing import COLUMNS, diff, diff_lines
from app.core.errors import N_
from app.core.settings import settings
from app.exports.registers.writing.pdfs import set_in_parts

TITLE = N_("Exchange of shares: what every member has before and after")
_TITLES = {
    "member_number": N_("Member number"),
    "old_class": N_("Old class"),
    "old_certificates": N_("Old certificates"),
    "old_shares": N_("Old shares"),
    "old_paid_cents": N_("Paid on them"),
    "new_class": N_("New class"),
    "new_shares": N_("New shares"),
    "new_paid_cents": N_("Counts as paid"),
    "cash_cents": N_("Cash"),
    "reserve_cents": N_("To the reserve"),
    "loan_cents": N_("Becomes a loan"),
    "currency": N_("Currency"),
}
_COUNT = text(
    "SELECT count(*) FROM (SELECT DISTINCT membership_id, terms_id, currency FROM exchange_line "
    "WHERE exchange_id = :exchange) line"
)


def count_list(session: Session, exchange: Exchange) -> int:
    """How many lines the list has."""
    return int(session.scalar(_COUNT, {"exchange": exchange.id}) or 0)


def write_list(session: Session, exchange: Exchange, form: str, file: BinaryIO, *, language: str = "en") -> int:
    """Write the list as `csv` or `pdf`; how many lines. Amounts are whole minor units. Raises `TooLongForPdf`."""
    if form == "csv":
        lines = -1  # the first line names the columns
        for line in diff_lines(session, exchange.id):
            file.write(line.encode())
            lines += 1
        return lines
    count = count_list(session, exchange)
    facts: dict[str, Any] = {
        "organization": settings().organization,
        "organization_seat": settings().organization_seat,
        "title": TITLE,
        "law": exchange.title,
        "as_of": exchange.effective_on.isoformat(),
        "known_at": None,
        "count": count,
        "columns": [
            {"name": name, "title": _TITLES[name], "kind": "whole" if name.endswith(("_shares", "_cents")) else "text"}
            for name in COLUMNS
        ],
    }
    return set_in_parts(facts, map(tuple, diff(session, exchange.id)), count, file, language)
