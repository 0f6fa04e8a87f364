"""Sealing the journal in blocks: each seal's hash covers its entries and the seal before it.

A changed, added or removed row in a sealed block cannot be hidden without changing every later seal; whoever
keeps a copy of one seal can therefore check the whole journal up to it. Sealing runs after the fact, so that
posting stays fast.
"""

import hashlib
from collections.abc import Iterator

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import clock
from app.ledger.models import Seal

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('journal seal'))"
_SETTLED = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
_BLOCK = """
    SELECT id, key, booked_at AT TIME ZONE 'UTC' AS booked_at, booked_by, content_sha256 FROM entry
    WHERE xact >= CAST(:since AS xid8) AND xact < CAST(:before AS xid8) ORDER BY id
"""


def seal_entries(session: Session) -> Seal | None:
    """Seal every entry whose transaction is over and that is not sealed yet; None when there is none."""
    session.execute(text(_LOCK))
    last = session.scalars(select(Seal).order_by(Seal.id.desc()).limit(1)).first()
    before = session.execute(text(_SETTLED)).scalar_one()
    count, digest = block_sha256(session, last, before)
    if count == 0:
        return None
    seal = Seal(sealed_at=clock.now(), before_xact=before, entry_count=count, sha256=digest)
    session.add(seal)
    session.flush()
    return seal


def block_sha256(session: Session, previous: Seal | None, before_xact: str) -> tuple[int, bytes]:
    """How many entries lie between a seal and a transaction id, and the hash over them and that seal."""
    digest = hashlib.sha256(previous.sha256 if previous else b"")
    count = 0
    for line in _lines(session, previous.before_xact if previous else "0", before_xact):
        digest.update(line)
        count += 1
    return count, digest.digest()


def _lines(session: Session, since: str, before: str) -> Iterator[bytes]:
    rows = session.execute(text(_BLOCK), {"since": since, "before": before}, execution_options={"yield_per": 10_000})
    for row in rows:
        said = f"{row.id}|{row.key}|{row.booked_at.isoformat()}|{row.booked_by}|{bytes(row.content_sha256).hex()}\n"
        yield said.encode()
