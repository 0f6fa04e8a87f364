"""Sealing rows in blocks: each seal's hash covers its rows and the seal before it.

A changed, added or removed row in a sealed block cannot be hidden without changing every later seal; whoever keeps
a copy of one seal can therefore check every row up to it. Sealing runs after the fact, so that writing stays fast:
a chain through each row would let only one act at a time be written.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, text
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column
from sqlalchemy.types import UserDefinedType

from app.core import clock
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal

SETTLED = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"


class NumbersBeganAnew(Refusal):
    """The last seal lies ahead of the database's transactions: a dump was loaded into another cluster."""

    message = N_(
        "This database was loaded into another PostgreSQL cluster, whose transaction numbers began anew, so nothing "
        "can be sealed. Stop Costake and the cluster, run “pg_resetwal --epoch={epoch}” on the cluster's data "
        "directory, and start both again."
    )
    status = 409


class TransactionId(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id (xid8), as the text of a whole number."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """The column type in DDL."""
        return "xid8"


ischema_names["xid8"] = TransactionId  # so that the schema check can read the column back


class BlockSeal:
    """What the table of a chain's seals keeps: up to which transaction, how many rows, and the hash over them."""

    id: Mapped[int] = mapped_column(primary_key=True)
    sealed_at: Mapped[datetime]
    before_xact: Mapped[str] = mapped_column(TransactionId)
    entry_count: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(BYTEA)


@dataclass(frozen=True)
class Chain:
    """A table that is sealed: its seals, the rows with `xact` (default `pg_current_xact_id()`), and a row's line.

    `rows` is ordered by id and never changes; `line` must tell every two different rows apart.
    """

    seals: type[Any]
    rows: Select[*tuple[Any, ...]]
    xact: InstrumentedAttribute[str]
    line: Callable[[Row[*tuple[Any, ...]]], bytes]


def settled_before(session: Session, last: str) -> str:
    """The transaction before which all are over; refused when the last seal's already lies behind it.

    A cluster's numbers only grow, so rows that are written after such a reload would slip into blocks that are sealed.
    A greater epoch (the upper half of a number) puts all new numbers above the old: the chain goes on as it was.
    """
    before = str(session.execute(text(SETTLED)).scalar_one())
    if int(before) < int(last):
        raise NumbersBeganAnew(epoch=(int(last) >> 32) + 1)
    return before


def seal_rows(session: Session, chain: Chain) -> Any:
    """Seal every row whose transaction is over and that is not sealed yet; None when there is none."""
    one_at_a_time(session, f"seal {chain.seals.__tablename__}")
    last = session.scalars(select(chain.seals).order_by(chain.seals.id.desc()).limit(1)).first()
    before = settled_before(session, last.before_xact if last else "0")
    count, digest = block_sha256(session, chain, last, before)
    if count == 0:
        return None
    seal = chain.seals(sealed_at=clock.now(), before_xact=before, entry_count=count, sha256=digest)
    session.add(seal)
    session.flush()
    return seal


def block_sha256(session: Session, chain: Chain, previous: Any, before_xact: str) -> tuple[int, bytes]:
    """How many rows lie between a seal and a transaction id, and the hash over them and that seal."""
    digest = hashlib.sha256(previous.sha256 if previous else b"")
    count = 0
    since = previous.before_xact if previous else "0"
    block = chain.rows.where(chain.xact >= since, chain.xact < before_xact)
    for row in session.execute(block, execution_options={"yield_per": 10_000}):
        digest.update(chain.line(row))
        count += 1
    return count, digest.digest()


def broken_seals(session: Session, chain: Chain) -> tuple[str, list[str]]:
    """Check every seal: a figure such as `3 seals over 41 entries`, and one line for each seal that does not hold."""
    seals = session.scalars(select(chain.seals).order_by(chain.seals.id)).all()
    wrong, sealed = [], 0
    for previous, seal in zip([None, *seals], seals, strict=False):
        found, digest = block_sha256(session, chain, previous, seal.before_xact)
        sealed += found
        if (found, digest) != (seal.entry_count, bytes(seal.sha256)):
            wrong.append(f"seal {seal.id} does not match its {seal.entry_count} entries")
    return f"{len(seals)} seals over {sealed} entries", wrong


def as_line(row: Row[*tuple[Any, ...]]) -> bytes:
    """Every value of a row as one line of JSON: moments in ISO 8601, bytes in hex."""
    return json.dumps(list(row), ensure_ascii=False, sort_keys=True, default=_said).encode() + b"\n"


def _said(value: Any) -> str:
    return value.hex() if isinstance(value, bytes | memoryview) else str(value.isoformat())
