"""The books on pages, for treasurers and auditors: the trial balance of a period, and its files."""

import tempfile
from datetime import date
from typing import Annotated, BinaryIO, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from app.core import audit, clock
from app.core.language import translator
from app.exports.books.asking import Period, days_booked, heading_of, titles, trial_balance
from app.exports.books.files import ENDINGS, FORMS, MEDIA, write_books
from app.exports.writing import pieces_of
from app.ledger.years import fiscal_year, fiscal_years
from app.members.access import SignedInViewer, holding
from app.members.roles import Role
from app.web.database import Snapshot, Tx
from app.web.days import read_day
from app.web.language import language_of
from app.web.pages import page

router = APIRouter(prefix="/desk/books")
Reader = Annotated[SignedInViewer, Depends(holding(Role.TREASURER, Role.AUDITOR))]
"""Whoever keeps the books or reads them."""


def _period(since: str, until: str) -> Period:
    """A period as typed into the address; without days, the fiscal year up to its end or today."""
    last = read_day(until)
    first: date | None = None
    if since != "all":
        first = read_day(since) if since else fiscal_year(last).begins_on
    return Period(first, last)


@router.get("")
def show(request: Request, session: Snapshot, viewer: Reader, since: str = "", until: str = "") -> Response:
    """The trial balance of a period, and its files."""
    period = _period(since, until)
    days = days_booked(session)
    years = fiscal_years(days[0], max(days[1], clock.today())) if days else [fiscal_year(clock.today())]
    title = titles(session, translator(language_of(request)))
    sums = trial_balance(session, period)
    rows = [(heading_of(each.kind).value, title(each.kind, each.subject), each) for each in sums]
    return page(request, "exports/books.html", period=period, years=years, forms=FORMS, rows=rows)


@router.get("/file")
def download(
    request: Request, session: Tx, snapshot: Snapshot, viewer: Reader, form: str, since: str = "", until: str = ""
) -> Response:
    """The books of a period as a file; each export is noted."""
    period = _period(since, until)
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  (closed when it is sent)
    write_books(snapshot, period, form, file, language=language_of(request))
    first = period.since.isoformat() if period.since else ""
    days = {"since": first, "until": period.until.isoformat()}
    audit.record(session, audit.Tag.BOOKS_EXPORTED, "books", by=viewer.person_id, format=form, **days)
    name = "-".join(["books", *([first] if first else []), period.until.isoformat()])
    return StreamingResponse(
        pieces_of(file),
        media_type=MEDIA[form],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{ENDINGS[form]}"',
            "Content-Length": str(file.tell()),
            "Cache-Control": "private, no-store",
        },
    )
