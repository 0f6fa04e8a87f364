"""Bulk: many rows of one table in one statement, for imports; the rules of the database hold for them as ever."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.database import Base

Each = TypeVar("Each")


def batched(rows: Sequence[Each], many: int) -> Iterator[Sequence[Each]]:
    """Rows in order, so many at a time."""
    for first in range(0, len(rows), many):
        yield rows[first : first + many]


def new_ids(session: Session, table: type[Base], count: int) -> list[int]:
    """Ids for rows that are to be written, so that other rows may name them already."""
    statement = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
    return list(session.scalars(statement, {"table": table.__tablename__, "count": count}))


def write_rows(
    session: Session, table: type[Base], rows: Sequence[dict[str, Any]], *, skip_known: bool = False
) -> None:
    """Write rows of the same columns; with `skip_known` those whose key is there already are left as they are.

    Values are what JSON holds, and dates and moments; columns that are not named get their default.
    """
    if not rows:
        return
    names = ", ".join(f'"{table.__table__.columns[name].name}"' for name in rows[0])
    place = f'"{table.__tablename__}"'
    statement = (
        f"INSERT INTO {place} ({names}) "  # noqa: S608  (names of our own tables and columns)
        f"SELECT {names} FROM json_populate_recordset(CAST(NULL AS {place}), CAST(:rows AS json)) "
        + ("ON CONFLICT DO NOTHING" if skip_known else "")
    )
    session.execute(text(statement), {"rows": json.dumps(list(rows), default=str, ensure_ascii=False)})
