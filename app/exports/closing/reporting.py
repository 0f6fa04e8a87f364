"""Reporting a close: of a month that may be closed as it stands now, of a closed one as it was signed."""

import hashlib
from datetime import date
from itertools import islice
from typing import Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, NotFound
from app.core.language import translator
from app.core.settings import settings
from app.documents.rendering import canonical, render
from app.exports.workbooks import Sheet, open_book
from app.ledger.closing import PeriodClosing
from app.reconciliation.closing.keeping import items_as_signed
from app.reconciliation.closing.models import PeriodReconciliation
from app.reconciliation.closing.reckoning import begun_after, items, reckon
from app.reconciliation.closing.sections import SECTIONS
from app.reconciliation.closing.signing import months_open

ITEMS_MOST = 200  # of one bucket that remains, in the PDF; the workbook has all
SUMMARY = (N_("Section"), N_("Bucket"), N_("Remains"), N_("Items"), N_("Unit"), N_("Sum"), N_("Explanation"))
ITEMS = (N_("Bucket"), N_("Date"), N_("Item"), N_("Unit"), N_("Amount"))
SHEETS = {
    "attempts": N_("Charges"),
    "lines": N_("Processor’s balance"),
    "payouts": N_("Payouts"),
    "bank": N_("Bank lines"),
    "books": N_("Bank in the books"),
}


def report_facts(session: Session, until: date) -> dict[str, Any]:
    """What a report says: `facts` of the reckoning, `explanations`, and for a signed close `signed` with its hash."""
    kept = session.scalars(select(PeriodReconciliation).join(PeriodClosing).where(PeriodClosing.until == until)).first()
    if kept is not None:
        signed = {"sha256": kept.facts_sha256, "at": kept.closing.closed_at.isoformat(), "reason": kept.closing.reason}
        return {"facts": kept.facts, "explanations": kept.explanations, "signed": signed}
    if until not in months_open(session):
        raise NotFound
    return {"facts": reckon(session, until).facts(), "explanations": {}, "signed": None}


def write_pdf(session: Session, until: date, file: BinaryIO, language: str) -> None:
    """Write the report as a tagged PDF/A-3 that carries its facts."""
    said = report_facts(session, until)
    facts = said | {
        "organization": settings().organization,
        "organization_seat": settings().organization_seat,
        "sections": _sections(session, said, until),
        "issued_at": clock.now().replace(microsecond=0).isoformat(),
    }
    digest = hashlib.sha256(canonical(facts)).hexdigest()
    made = clock.now().replace(microsecond=0)
    file.write(render("reconciliation", facts, language, issued_at=made, digest=digest))


def write_workbook(session: Session, until: date, file: BinaryIO, language: str) -> None:
    """Write a workbook: the buckets first, then a sheet for each section with every item.

    Of a month that is open they are as they stand now, of a closed one as they stood when it was closed.
    """
    say = translator(language)
    said = report_facts(session, until)
    book, formats = open_book(file)
    sheet = Sheet(book, say(N_("Buckets")), tuple(map(say, SUMMARY)), formats)
    for section in _sections(session, said | {"signed": True}, until):
        for bucket in section["buckets"]:
            words, remains = bucket["explanation"], say(N_("remains")) if bucket["remains"] else ""
            for unit, cents in sorted(bucket["sums"].items()) or [("", None)]:
                amount = (cents, unit) if cents is not None else ""
                sheet.put(say(section["title"]), say(bucket["title"]), remains, bucket["count"], unit, amount, words)
    for compared in SECTIONS:
        sheet = Sheet(book, say(SHEETS[compared.name]), tuple(map(say, ITEMS)), formats)
        for name, item in items_as_signed(session, compared, until):
            amount = (item.cents, item.unit) if item.unit else ""
            sheet.put(say(compared.bucket(name).title), item.day, item.name, item.unit, amount)
    book.close()


def _sections(session: Session, said: dict[str, Any], until: date) -> list[dict[str, Any]]:
    """The sections with their buckets in order; of what remains in a month that is not closed, the items too."""
    since = begun_after(session, until)
    found = []
    for section in SECTIONS:
        buckets = []
        for each in section.buckets:
            filled = said["facts"]["sections"].get(section.name, {}).get(each.name)
            if filled is None:
                continue
            rows: list[dict[str, Any]] = []
            if each.remains and not said["signed"]:
                rows = [
                    {"name": item.name, "day": item.day.isoformat(), "unit": item.unit, "cents": item.cents}
                    for item in islice(items(session, section, each.name, since, until), ITEMS_MOST)
                ]
            explanation = said["explanations"].get(f"{section.name}.{each.name}", "")
            shown = {"title": each.title, "remains": each.remains, "items": rows, "explanation": explanation}
            buckets.append(filled | shown)
        found.append({"title": section.title, "buckets": buckets})
    return found
