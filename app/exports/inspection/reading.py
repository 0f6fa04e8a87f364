"""Inspecting the register: present members as today's register has them, in the columns that the law opens to members.

Amounts are left out where the law says so; where no law is set, as little is shown as a register of names can.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.core.errors import N_

AT_ONCE = 100


class View(NamedTuple):
    """What members see: columns, and the law that opens them (empty: none was set)."""

    columns: tuple[str, ...]
    law: str


TITLES = {
    "number": N_("No."),
    "legal_name": N_("Legal name"),
    "address": N_("Postal address"),
    "entered_on": N_("Entered"),
    "shares": N_("Shares"),
}
_NAMES = ("number", "legal_name", "entered_on")
VIEWS = {
    "": View(_NAMES, ""),
    "de": View(
        ("number", "legal_name", "address", "entered_on", "shares"),
        N_("Germany: section 31 of the Genossenschaftsgesetz"),
    ),
    "fr": View(_NAMES, ""),
    "uk": View(
        ("number", "legal_name", "address", "entered_on"),
        N_("United Kingdom: Co-operative and Community Benefit Societies Act 2014, which leaves out share amounts"),
    ),
    "us": View(_NAMES, ""),
}

_MEMBERS = """
    SELECT m.number, known.legal_name, m.entered_on,
           concat_ws(', ', array_to_string(known.street_lines, ', '),
                     nullif(concat_ws(' ', nullif(known.postal_code, ''), known.locality), ''),
                     nullif(known.region, ''), known.country) AS address,
           (SELECT coalesce(sum(p.amount), 0) FROM posting p JOIN account a ON a.id = p.account_id
            JOIN entry e ON e.id = p.entry_id
            WHERE a.kind = 'holder' AND a.subject = 'member:' || m.number AND e.effective_on <= :day) AS shares
    FROM membership m
    LEFT JOIN membership_end ended ON ended.membership_id = m.id AND ended.ceased_on <= :day
    LEFT JOIN LATERAL (
        SELECT * FROM particulars
        WHERE person_id = m.person_id AND valid_from <= :day ORDER BY valid_from DESC, id DESC LIMIT 1
    ) known ON true
    WHERE m.entered_on <= :day AND ended.membership_id IS NULL AND m.number > :after
    ORDER BY m.number LIMIT :most
"""


def members_inspected(
    session: Session, day: date, after: int = 0, most: int = AT_ONCE
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Present members on a day with numbers above `after`; which of their columns may be shown says `VIEWS`."""
    return session.execute(text(_MEMBERS), {"day": day, "after": after, "most": most}).all()
