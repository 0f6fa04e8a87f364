"""The general ledger as a workbook: the trial balance, every account with its running balance, and the journal."""

from typing import Any, BinaryIO

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.language import translator
from app.exports.books.asking import AT_ONCE, Period, Sum, Titles, heading_of, stood_before, titles, trial_balance
from app.exports.workbooks import Sheet, open_book

BALANCE = (
    N_("Heading"), N_("Account"), N_("Unit"), N_("Opening balance"), N_("Debit"), N_("Credit"), N_("Closing balance"),
)  # fmt: skip
LEDGER = (
    N_("Account"), N_("Subject"), N_("Unit"), N_("Date"), N_("Entry"), N_("Nature"), N_("Cause"), N_("Debit"),
    N_("Credit"), N_("Balance"),
)  # fmt: skip
_MOVED = text("""
    SELECT a.kind, a.subject, p.unit, e.effective_on, e.id, e.nature, e.key, p.amount
    FROM entry e JOIN posting p ON p.entry_id = e.id JOIN account a ON a.id = p.account_id
    WHERE e.effective_on BETWEEN :since AND :until AND a.kind = :kind AND p.unit = :unit
    ORDER BY a.subject, e.effective_on, e.id, p.id
""")


def write_workbook(session: Session, period: Period, file: BinaryIO, language: str) -> int:
    """Write the workbook with translated headings, a row at a time; how many postings the ledger has."""
    say = translator(language)
    book, formats = open_book(file)
    sums, title = trial_balance(session, period), titles(session, say)
    sheet = Sheet(book, say(N_("Trial balance")), tuple(map(say, BALANCE)), formats)
    for each in sums:
        amounts = [(size, each.unit) for size in (each.opening, each.debit, each.credit, each.closing)]
        sheet.put(say(heading_of(each.kind).value), title(each.kind, each.subject), each.unit, *amounts)
    sheet = Sheet(book, say(N_("General ledger")), tuple(map(say, LEDGER)), formats)
    lines = _ledger(session, period, sums, sheet, title, say)
    book.close()
    return lines


def _ledger(session: Session, period: Period, sums: list[Sum], sheet: Sheet, title_of: Titles, say: Any) -> int:
    """Every account of every kind: what stood before, and each posting with what stands after it."""
    stood = {(leg.kind, leg.unit, leg.subject): leg.amount for leg in stood_before(session, period)}
    lines = 0
    for kind, unit in dict.fromkeys((each.kind, each.unit) for each in sums):
        moved = {name: period.places[name] for name in ("since", "until")} | {"kind": kind, "unit": unit}
        before = {place[2]: size for place, size in stood.items() if place[:2] == (kind, unit)}
        stands: dict[str, int] = {}
        for row in session.execute(_MOVED, moved, execution_options={"yield_per": AT_ONCE}):
            if row.subject not in stands:
                stands[row.subject] = before.pop(row.subject, 0)
                _brought(sheet, title_of(kind, row.subject), row.subject, unit, period, stands[row.subject], say)
            stands[row.subject] += row.amount
            sides = ((row.amount, unit), "") if row.amount > 0 else ("", (-row.amount, unit))
            facts = (row.effective_on, row.id, row.nature, row.key)
            stood_at = (stands[row.subject], unit)
            sheet.put(title_of(kind, row.subject), row.subject, unit, *facts, *sides, stood_at)
            lines += 1
        for subject, size in before.items():
            _brought(sheet, title_of(kind, subject), subject, unit, period, size, say)
    return lines


def _brought(sheet: Sheet, title: str, subject: str, unit: str, period: Period, size: int, say: Any) -> None:
    if size and period.since is not None:
        sheet.put(title, subject, unit, period.since, "", say(N_("Opening balance")), "", "", "", (size, unit))
