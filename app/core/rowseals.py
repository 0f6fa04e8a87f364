"""Row seals: every append-only table is sealed in blocks, all tables in one chain with one hash at its head.

A block holds the rows of the transactions between two seals. Rows written by a transaction are all there or none, and
no row of a transaction older than every running one can still appear, so a block never changes once it is sealed.
The hash at the head covers every sealed row: whoever keeps a copy of it elsewhere can later check them all.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock
from app.core.appendonly import append_only, sealed_columns
from app.core.database import Base, Moment, one_at_a_time
from app.core.sealing import TransactionId, settled_before


class RowSeal(Base):
    """A block of rows: of each table that has any its columns, their number and hash, chained to the seal before."""

    __tablename__ = "row_seal"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime]
    before_xact: Mapped[str] = mapped_column(TransactionId)
    tables: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[bytes] = mapped_column(BYTEA)


append_only(RowSeal.__table__, sealed=False)  # type: ignore[arg-type]  # a mapped class's table is a Table


@dataclass(frozen=True)
class Block:
    """What a table holds of one block: how many rows, and the hash over them in the order of their key."""

    rows: int
    sha256: str


_EMPTY = Block(0, "")


def seal_sha256(before: bytes, number: int, sealed_at: datetime, before_xact: str, tables: dict[str, Any]) -> bytes:
    """The hash of a seal: over the one before it and canonical JSON of everything it says."""
    said = [number, sealed_at.isoformat(), before_xact, tables]
    return hashlib.sha256(
        before + json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).digest()


def first_seal(sealed_at: datetime) -> dict[str, Any]:
    """The columns of the chain's beginning, which its migration writes: it seals nothing yet."""
    sha256 = seal_sha256(b"", 1, sealed_at, "0", {})
    return {"id": 1, "sealed_at": sealed_at, "before_xact": "0", "tables": {}, "sha256": sha256}


def seal_rows_of_all(session: Session) -> RowSeal | None:
    """Seal every row whose transaction is over and that is not sealed yet; None when there is none."""
    one_at_a_time(session, "row_seal")
    last = head(session)
    before = settled_before(session, last.before_xact)
    found = read_blocks(session, sealed_columns(), [last.before_xact, before])
    tables = {
        name: {"columns": sealed_columns()[name], "rows": blocks[1].rows, "sha256": blocks[1].sha256}
        for name, blocks in sorted(found.items())
        if blocks
    }
    if not tables:
        return None
    at = clock.now()
    sha256 = seal_sha256(last.sha256, last.id + 1, at, before, tables)
    seal = RowSeal(id=last.id + 1, sealed_at=at, before_xact=before, tables=tables, sha256=sha256)
    session.add(seal)
    session.flush()
    return seal


def head(session: Session) -> RowSeal:
    """The last seal of the chain."""
    return session.scalars(select(RowSeal).order_by(RowSeal.id.desc()).limit(1)).one()


def is_in_chain(session: Session, sha256: str) -> bool:
    """Whether a hash that was the head once is in the chain still; a head that was kept elsewhere must be."""
    found = select(RowSeal.id).where(func.encode(RowSeal.sha256, "hex") == sha256.strip().lower())
    return session.scalars(found).first() is not None


def broken_chain(seals: Sequence[RowSeal]) -> list[str]:
    """What is wrong with the seals themselves: the beginning, a number, an order, or a hash."""
    if not seals or (seals[0].id, seals[0].before_xact, seals[0].tables) != (1, "0", {}):
        return ["the chain of seals has lost its beginning"]
    wrong: list[str] = []
    before = b""
    for number, seal in enumerate(seals, 1):
        if seal.id != number:
            return [*wrong, f"seal {number} is missing"]
        if bytes(seal.sha256) != seal_sha256(before, seal.id, seal.sealed_at, seal.before_xact, seal.tables):
            wrong.append(f"seal {seal.id} is not what was sealed")
        if number > 1 and int(seal.before_xact) <= int(seals[number - 2].before_xact):
            return [*wrong, f"seal {seal.id} does not follow the one before it"]
        before = bytes(seal.sha256)
    return wrong


def broken_blocks(session: Session, seals: Sequence[RowSeal]) -> list[str]:
    """Compare the rows with the seals of an unbroken chain: one line for each block that differs."""
    bounds = [seal.before_xact for seal in seals]
    known = sealed_columns()
    read: dict[tuple[str, tuple[str, ...]], dict[int, Block]] = {
        (name, tuple(known[name])): blocks for name, blocks in read_blocks(session, known, bounds).items()
    }
    wrong = []
    for number, seal in enumerate(seals):
        for name in sorted(known.keys() | seal.tables.keys()):
            said = seal.tables.get(name)
            columns = tuple(said["columns"]) if said else tuple(known[name])
            if (name, columns) not in read:  # sealed before the table had all its columns
                read[name, columns] = _read_older(session, name, columns, bounds)
            found = read[name, columns].get(number, _EMPTY)
            if found != (Block(said["rows"], said["sha256"]) if said else _EMPTY):
                wrong.append(f"{name}: rows sealed by seal {seal.id} are not as they were")
    return wrong


def waiting_since(session: Session, last: RowSeal, cutoff: datetime) -> list[str]:
    """Tables with settled rows after the last seal although they were there at the cutoff, one line each."""
    if last.sealed_at > cutoff:
        return []
    counts = " UNION ALL ".join(_waiting_sql(name) for name in sealed_columns() if _moments(name))
    found = session.execute(text(counts), {"since": last.before_xact, "cutoff": cutoff})
    return [f"{name}: {rows} rows wait to be sealed since {cutoff:%Y-%m-%d} or longer" for name, rows in found if rows]


def read_blocks(
    session: Session, tables: Mapping[str, Sequence[str]], bounds: Sequence[str]
) -> dict[str, dict[int, Block]]:
    """Of each table its blocks between rising transactions: block 1 lies between the first two bounds."""
    if len(bounds) < 2:  # nothing lies between one bound
        return {name: {} for name in tables}
    session.execute(text(_AS_SEALED))
    statement = " UNION ALL ".join(_block_sql(name, columns) for name, columns in tables.items())
    found: dict[str, dict[int, Block]] = {name: {} for name in tables}
    for name, number, rows, sha256 in session.execute(text(statement), {"bounds": list(bounds)}):
        found[name][number] = Block(rows, bytes(sha256).hex())
    return found


# How PostgreSQL writes moments and bytes depends on settings; JSON has one way for everything else.
_AS_SEALED = "SELECT set_config('timezone', 'UTC', true), set_config('bytea_output', 'hex', true)"


def _block_sql(name: str, columns: Iterable[str]) -> str:
    values = ", ".join(_quote(column) for column in columns)
    keys = ", ".join(_quote(column.name) for column in Base.metadata.tables[name].primary_key)
    return f"""
        SELECT '{name}', width_bucket(xact, CAST(:bounds AS xid8[])) AS block, count(*), sha256(string_agg(
            sha256(convert_to(jsonb_build_array({values})::text, 'UTF8')), ''::bytea ORDER BY {keys}
        )) FROM {_quote(name)}
        WHERE xact >= (CAST(:bounds AS xid8[]))[1]
            AND xact < (CAST(:bounds AS xid8[]))[array_length(CAST(:bounds AS xid8[]), 1)] GROUP BY block
    """  # noqa: S608  (names of our own tables and of columns that they have)


def _waiting_sql(name: str) -> str:
    return f"""
        SELECT '{name}', count(*) FROM {_quote(name)} WHERE xact >= CAST(:since AS xid8)
            AND xact < pg_snapshot_xmin(pg_current_snapshot()) AND least({", ".join(_moments(name))}) < :cutoff
    """  # noqa: S608  (names of our own tables and columns)


def _read_older(session: Session, name: str, columns: Sequence[str], bounds: Sequence[str]) -> dict[int, Block]:
    """The blocks of a table by columns that a seal names; none when it never had them, which the caller finds."""
    table = Base.metadata.tables.get(name)
    if table is None or name not in sealed_columns() or not set(columns) <= set(table.columns.keys()):
        return {}
    return read_blocks(session, {name: columns}, bounds)[name]


def _moments(name: str) -> list[str]:
    columns = Base.metadata.tables[name].columns
    return [_quote(column.name) for column in columns if isinstance(column.type, Moment) and not column.nullable]


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
