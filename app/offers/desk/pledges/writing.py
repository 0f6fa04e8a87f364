"""Pledges as CSV for the desk, with the filters of the list, line by line however many there are."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

from app.core import clock
from app.core.cells import plain
from app.core.database import reading
from app.core.money import Money
from app.offers.desk.pledges.finding import Asked
from app.offers.desk.pledges.listing import every_row
from app.offers.drafting import find_offer
from app.offers.models import Pledge

COLUMNS = (
    "pledge_number", "made_at", "state", "kind", "holder_kind", "legal_name", "street", "postal_code", "locality",
    "region", "country", "email", "telephone", "language", "shares", "price", "amount", "paid", "currency",
    "reference", "pay_by", "instalments",
)  # fmt: skip
LINES_AT_ONCE = 500


def csv_lines(slug: str, asked: Asked) -> Iterator[str]:
    """Pieces of the file: RFC 4180, a header first, moments in UTC, money in major units; formulas are defused.

    It reads one snapshot of its own, so that it may be taken slowly, after the request that asked for it is over.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    with reading() as session:
        for number, (pledge, paid) in enumerate(every_row(session, find_offer(session, slug), asked), start=1):
            writer.writerow([plain(value) for value in _cells(pledge, paid)])
            if number % LINES_AT_ONCE == 0:
                yield _taken(file)
    yield _taken(file)


def file_name(slug: str) -> str:
    """The name under which the file is saved."""
    return f"pledges-{slug}-{clock.today().isoformat()}.csv"


def _taken(file: io.StringIO) -> str:
    text = file.getvalue()
    file.seek(0)
    file.truncate()
    return text


def _cells(pledge: Pledge, paid: Money) -> list[object]:
    hidden = pledge.person is not None and pledge.person.restricted
    typed = (
        pledge.legal_name, " / ".join(pledge.street_lines), pledge.postal_code, pledge.locality, pledge.region,
        pledge.country, pledge.email, pledge.telephone,
    )  # fmt: skip
    return [
        pledge.id,
        _moment(pledge.made_at),
        str(pledge.state),
        pledge.kind,
        pledge.holder_kind,
        *([""] * len(typed) if hidden else typed),
        pledge.language,
        pledge.shares,
        str(pledge.price.decimal()),
        str(pledge.amount.decimal()),
        str(paid.decimal()),
        pledge.currency,
        pledge.request.reference if pledge.request else "",
        pledge.pay_by,
        pledge.instalments,
    ]


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
