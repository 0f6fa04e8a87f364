"""The register of members as of any date: a line a holder and class, streamed, totals checked against the books."""

import csv
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, TextIO

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.cells import plain
from app.core.errors import N_, Refusal
from app.core.money import Money


class RegisterDisagrees(Refusal):
    """The register and the books do not agree: nobody should rely on the export."""

    message = N_(
        "The register and the books do not agree for class {code}: {lines} against {books}. Run costake prove."
    )
    status = 500


@dataclass(frozen=True)
class Line:
    """One holder of one class; amounts in major units of `currency`, dates in ISO 8601, empty when there is none.

    A member without shares has one line without a class. `holder_type` is a kind of `app.members.people.kinds`.
    """

    member_number: int
    legal_name: str
    holder_type: str
    registration_number: str
    postal_address: str
    country: str
    share_class: str
    certificate_numbers: str
    shares: int
    amount_paid: str
    currency: str
    date_entered: str
    date_ceased: str


COLUMNS = [field.name for field in fields(Line)]
START = (0, "")  # before the first member's first class

# Lots say what was received and paid; the books say what is held. Both are cut at the same day, and at the moment
# until which something was known. Records that were merged by then are one person, whose latest particulars count.
_LINES = """
    WITH RECURSIVE merged AS (
        SELECT survivor_id, absorbed_id FROM person_merge WHERE merged_at <= :known_at AND NOT EXISTS (
            SELECT FROM person_unmerge WHERE merge_id = person_merge.id AND undone_at <= :known_at)
    ), up AS (
        SELECT absorbed_id AS person_id, survivor_id FROM merged
        UNION SELECT up.person_id, merged.survivor_id FROM up JOIN merged ON merged.absorbed_id = up.survivor_id
    ), canonical AS (
        SELECT person_id, survivor_id FROM up WHERE survivor_id NOT IN (SELECT absorbed_id FROM merged)
    ), wholes AS (
        SELECT array_agg(person_id) || survivor_id AS ids FROM canonical GROUP BY survivor_id
    ), same AS (
        SELECT unnest(ids) AS person_id, ids FROM wholes
    ), lots AS (
        SELECT membership_id, share_class_id, currency, sum(paid_cents) AS paid,
               string_agg(certificate_number::text, ' ' ORDER BY certificate_number) AS certificates
        FROM lot WHERE allotted_on <= :day AND recorded_at <= :known_at AND NOT EXISTS (
            SELECT FROM lot_end WHERE lot_id = lot.id AND ended_on <= :day AND recorded_at <= :known_at)
        GROUP BY membership_id, share_class_id, currency
    ), books AS (
        SELECT a.subject, p.unit, sum(p.amount) AS shares
        FROM posting p JOIN account a ON a.id = p.account_id JOIN entry e ON e.id = p.entry_id
        WHERE a.kind = 'holder' AND e.effective_on <= :day AND e.booked_at <= :known_at GROUP BY a.subject, p.unit
    )
    SELECT m.number, known.*, c.code, lots.certificates, coalesce(books.shares, 0) AS shares, lots.paid, lots.currency,
           m.entered_on, ended.ceased_on,
           known.holder_kind = 'minor' AND EXISTS (
               SELECT FROM representation r WHERE r.holder_id = ANY (coalesce(same.ids, ARRAY[m.person_id]))
               AND r.capacity = 'guardian' AND r.valid_until <= :day AND r.recorded_at <= :known_at
           ) AND NOT EXISTS (
               SELECT FROM representation r WHERE r.holder_id = ANY (coalesce(same.ids, ARRAY[m.person_id]))
               AND r.capacity = 'guardian' AND r.recorded_at <= :known_at AND coalesce(r.valid_until > :day, true)
           ) AS came_of_age
    FROM membership m
    LEFT JOIN same ON same.person_id = m.person_id
    LEFT JOIN lots ON lots.membership_id = m.id
    LEFT JOIN share_class c ON c.id = lots.share_class_id
    LEFT JOIN books ON books.subject = 'member:' || m.number AND books.unit = 'SHARE:' || c.code
    LEFT JOIN membership_end ended
        ON ended.membership_id = m.id AND ended.ceased_on <= :day AND ended.recorded_at <= :known_at
    LEFT JOIN LATERAL (
        SELECT legal_name, holder_kind, registration_number, street_lines, postal_code, locality, region, country
        FROM particulars WHERE person_id = ANY (coalesce(same.ids, ARRAY[m.person_id]))
            AND valid_from <= :day AND recorded_at <= :known_at
        ORDER BY valid_from DESC, id DESC LIMIT 1
    ) known ON true
    WHERE (lots.membership_id IS NOT NULL OR (m.entered_on <= :day AND m.recorded_at <= :known_at))
        AND (m.number, coalesce(c.code, '')) > (:number, :code)
    ORDER BY m.number, c.code
"""
_BOOKS = """
    SELECT substr(p.unit, 7) AS code, sum(p.amount) FROM posting p
    JOIN account a ON a.id = p.account_id JOIN entry e ON e.id = p.entry_id
    WHERE a.kind = 'holder' AND e.effective_on <= :day AND e.booked_at <= :known_at GROUP BY p.unit
"""


def register_lines(
    session: Session, as_of: date, after: tuple[int, str] = START, *, known_at: datetime | None = None
) -> Iterator[Line]:
    """The lines of the register at the end of a day; after the last, raises `RegisterDisagrees` if totals differ.

    `after` is the member's number and the share class of the last line that is known already; totals are those of a
    whole register only, so that they are compared only without it. With `known_at` it is the register of that day as
    it stood at that moment, before whatever was recorded later.
    """
    totals: dict[str, int] = {}
    cut = {"day": as_of, "known_at": known_at or datetime.max.replace(tzinfo=UTC)}
    asked = {**cut, "number": after[0], "code": after[1]}
    for row in session.execute(text(_LINES), asked, execution_options={"yield_per": 5_000}):
        if row.code is not None:
            totals[row.code] = totals.get(row.code, 0) + int(row.shares)
        yield _line(row)
    for code, books in session.execute(text(_BOOKS), cut) if after == START else ():
        if totals.get(code, 0) != int(books):
            raise RegisterDisagrees(code=code, lines=totals.get(code, 0), books=int(books))


def _line(row: Any) -> Line:
    place = " ".join(part for part in (row.postal_code, row.locality) if part)
    return Line(
        member_number=row.number,
        legal_name=row.legal_name or "",
        holder_type="person" if row.came_of_age else row.holder_kind or "",
        registration_number=row.registration_number or "",
        postal_address=", ".join(part for part in (*(row.street_lines or []), place, row.region) if part),
        country=row.country or "",
        share_class=row.code or "",
        certificate_numbers=row.certificates or "",
        shares=int(row.shares),
        amount_paid=str(Money(int(row.paid), row.currency).decimal()) if row.currency else "",
        currency=row.currency or "",
        date_entered=row.entered_on.isoformat(),
        date_ceased=row.ceased_on.isoformat() if row.ceased_on else "",
    )


def write_csv(session: Session, as_of: date, file: TextIO, *, known_at: datetime | None = None) -> int:
    """Write the register as CSV (RFC 4180, header first); how many lines. Formulas for spreadsheets are defused."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    for line in register_lines(session, as_of, known_at=known_at):
        writer.writerow([plain(value) for value in astuple(line)])
        count += 1
    return count
