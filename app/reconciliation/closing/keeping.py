"""Keeping the items of a close as they stood when it was signed: what is matched later changes no closed month."""

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import vault
from app.ledger.closing import PeriodClosing
from app.reconciliation.closing.models import PeriodItems
from app.reconciliation.closing.reckoning import Item, begun_after, every_item, items
from app.reconciliation.closing.sections import SECTIONS, Section


def keep_items(session: Session, closing: PeriodClosing, since: date | None) -> PeriodItems:
    """Put every item of a period, section by section, into the vault as it stands now: CSV, compressed."""
    count, packed = 0, io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as stream,
        io.TextIOWrapper(stream, "utf-8", newline="") as text,
    ):
        rows = csv.writer(text, lineterminator="\n")
        for section in SECTIONS:
            for bucket, item in every_item(session, section, since, closing.until):
                rows.writerow((section.name, bucket, *item))
                count += 1
    row = PeriodItems(period_closing_id=closing.id, items=count, sha256=vault.put(packed.getvalue()))
    session.add(row)
    session.flush()
    return row


def read_items(row: PeriodItems) -> Iterator[tuple[str, str, Item]]:
    """What was kept: the section and the bucket of each item. Raises `Damaged` where the vault has lost it."""
    packed = io.BytesIO(vault.get(row.sha256))
    with gzip.open(packed, "rt", encoding="utf-8", newline="") as text:
        for section, bucket, key, name, day, unit, cents in csv.reader(text):
            yield section, bucket, Item(key, name, date.fromisoformat(day), unit, int(cents))


def kept_of(session: Session, until: date) -> PeriodItems | None:
    """What was kept of the period that ends on a day; None when it is open, or was closed before items were kept."""
    return session.scalars(select(PeriodItems).join(PeriodClosing).where(PeriodClosing.until == until)).first()


def items_as_signed(session: Session, section: Section, until: date) -> Iterator[tuple[str, Item]]:
    """The items of a section with their buckets: of a closed period as they stood then, of an open one as they are."""
    kept = kept_of(session, until)
    if kept is None:
        return every_item(session, section, begun_after(session, until), until)
    return ((bucket, item) for place, bucket, item in read_items(kept) if place == section.name)


def bucket_as_signed(session: Session, section: Section, bucket: str, until: date) -> Iterator[Item]:
    """The items of one bucket by day, as `items_as_signed` gives those of all."""
    if kept_of(session, until) is None:
        return items(session, section, bucket, begun_after(session, until), until)
    return (item for name, item in items_as_signed(session, section, until) if name == bucket)
