"""Append-only tables: the database itself refuses to change or remove their rows."""

from sqlalchemy import Table

from app.core.database import Base

FUNCTION = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused; record a correction as a new row', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$
"""
_MARK = "append_only"


def append_only(table: Table) -> None:
    """Mark a table whose rows never change; its migration must call `guard_sql`, and a proof checks it."""
    table.info[_MARK] = True


def guarded_tables() -> list[str]:
    """Names of the tables marked append-only, sorted."""
    return sorted(table.name for table in Base.metadata.tables.values() if table.info.get(_MARK))


def guard_sql(table: str) -> list[str]:
    """Statements that make a table refuse UPDATE, DELETE and TRUNCATE, also in replication mode and to its owner."""
    return [
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only",
    ]
