"""Resealing: after a new field key is put first, every sealed value is encrypted under it, batch by batch."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Column, LargeBinary, bindparam, func, literal, select, type_coerce, update
from sqlalchemy.orm import Session

from app.core import cipher
from app.core.appendonly import guarded_tables
from app.core.cipher import SealedBytes, SealedText
from app.core.database import Base

BATCH = 500


def sealed_columns() -> Sequence[Column[Any]]:
    """Every sealed column of every table that is loaded (import `app.tables` for all), by name."""
    found = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedText | SealedBytes):
                assert column.type.place == str(column), f"{column} calls itself {column.type.place}"
                assert table.name not in guarded_tables(), f"{column}: an append-only table cannot be sealed anew"
                found.append(column)
    return sorted(found, key=str)


def reseal_some(session: Session, column: Column[Any], batch: int = BATCH) -> int:
    """Seal up to `batch` values of a column under the newest key; how many. Zero: none is left under an older one.

    What is done shows in the value itself, so that a rotation that was interrupted goes on where it stopped.
    """
    table = column.table
    raw = type_coerce(column, LargeBinary)
    keys = list(table.primary_key.columns)
    older = func.substr(raw, 1, cipher.HEAD_BYTES) != literal(cipher.newest_head(), LargeBinary)
    rows = session.execute(
        select(*keys, raw).where(column.is_not(None), older).order_by(*keys).limit(batch).with_for_update()
    ).all()
    place = str(column)
    for *values, sealed in rows:
        fresh = cipher.seal_bytes(place, cipher.unseal_bytes(place, bytes(sealed)))
        matches = [key == value for key, value in zip(keys, values, strict=True)]
        session.execute(
            update(table).where(*matches).values({column: bindparam("fresh", fresh, LargeBinary)})  # already sealed
        )
    return len(rows)


def values_by_key(session: Session, column: Column[Any]) -> dict[str, int]:
    """How many values of a column are sealed by each key, by the key's id."""
    head = func.substr(type_coerce(column, LargeBinary), 1, cipher.HEAD_BYTES)
    rows = session.execute(select(head, func.count()).where(column.is_not(None)).group_by(head).order_by(head)).all()
    return {
        name: sum(int(count) for _, count in group)
        for name, group in groupby(rows, key=lambda row: cipher.key_name(bytes(row[0])))
    }
