"""Sealing the journal in blocks, after the fact, so that posting stays fast; see `app.core.sealing`."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.core.sealing import Chain, seal_rows
from app.ledger.models import Entry, Seal


def _line(row: Row[*tuple[Any, ...]]) -> bytes:
    moment = row.booked_at.replace(tzinfo=None).isoformat()
    return f"{row.id}|{row.key}|{moment}|{row.booked_by}|{bytes(row.content_sha256).hex()}\n".encode()


JOURNAL = Chain(
    seals=Seal,
    rows=select(Entry.id, Entry.key, Entry.booked_at, Entry.booked_by, Entry.content_sha256).order_by(Entry.id),
    xact=Entry.xact,
    line=_line,
)


def seal_entries(session: Session) -> Seal | None:
    """Seal every entry whose transaction is over and that is not sealed yet; None when there is none."""
    made: Seal | None = seal_rows(session, JOURNAL)
    return made
