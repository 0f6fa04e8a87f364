"""Append-only tables: the database itself refuses to change or remove their rows.

Each row keeps the transaction that wrote it, so that it can be sealed once that is over; see `app.core.rowseals`.
"""

from collections.abc import Sequence

from sqlalchemy import Column, Table, text

from app.core.database import Base
from app.core.sealing import TransactionId

FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused; record a correction as a new row', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$
"""
_MARK = "append_only"
_SEALED = "sealed_columns"
_REDACTABLE = "redactable_columns"


def append_only(table: Table, *, redactable: Sequence[str] = (), sealed: bool = True) -> None:
    """Mark a table whose rows never change; its migration must call `guard_sql`, and a proof checks it.

    Its rows are sealed by their transaction, but for the `redactable` columns, which `redaction_sql` lets be emptied.
    A table that is not `sealed` must be covered by the hashes of another.
    """
    table.info[_MARK] = True
    table.info[_REDACTABLE] = tuple(redactable)
    if sealed:
        table.info[_SEALED] = [c.name for c in table.columns if c.name != "xact" and c.name not in redactable]
        if "xact" not in table.columns:  # of the database's concern only, so no mapped class knows it
            now = text("pg_current_xact_id()")
            table.append_column(Column("xact", TransactionId, server_default=now, nullable=False, index=True))


def guarded_tables() -> list[str]:
    """Names of the tables marked append-only, sorted."""
    return sorted(table.name for table in Base.metadata.tables.values() if table.info.get(_MARK))


def redactable_columns(table: str) -> tuple[str, ...]:
    """The columns of an append-only table that may be emptied when a person's data is erased."""
    return tuple(Base.metadata.tables[table].info[_REDACTABLE])


def sealed_columns() -> dict[str, list[str]]:
    """What is sealed of each append-only table: every column but the transaction and what may be emptied."""
    tables = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    return {table.name: list(table.info[_SEALED]) for table in tables if _SEALED in table.info}


def guard_sql(table: str) -> list[str]:
    """Statements that make a table refuse UPDATE, DELETE and TRUNCATE, also in replication mode and to its owner."""
    return [
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only",
    ]
