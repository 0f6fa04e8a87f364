"""Whether the database's guards stand: their triggers and functions, word for word as the code has them."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import appendonly, redaction
from app.core.appendonly import guarded_tables, redactable_columns
from app.core.database import Base
from app.ledger import guards


class Guard(NamedTuple):
    """A trigger by table and name, with its definition as PostgreSQL words it, and the body of its function."""

    table: str
    name: str
    definition: str
    body: str


def wanted_guards() -> list[Guard]:
    """Every guard that must stand."""
    return [guard for table in guarded_tables() for guard in _append_only(table)] + [
        Guard(
            "entry",
            "entry_balances",
            "CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON entry DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION entry_balances()",
            _body(guards.ENTRY_BALANCES),
        ),
        Guard("entry", "period_is_open", guards.PERIOD_TRIGGER, _body(guards.PERIOD_IS_OPEN)),
        Guard(
            "posting",
            "postings_arrive",
            "CREATE TRIGGER postings_arrive AFTER INSERT ON posting REFERENCING NEW TABLE AS arrived "
            "FOR EACH STATEMENT EXECUTE FUNCTION postings_arrive()",
            _body(guards.POSTINGS_ARRIVE),
        ),
    ]


def fallen_guards(session: Session) -> list[str]:
    """What is missing, switched off or altered, and what stands there besides and could undo it; one line each."""
    wanted = {(guard.table, guard.name): guard for guard in wanted_guards()}
    found = set()
    wrong = []
    for row in session.execute(text(_TRIGGERS), {"tables": list(Base.metadata.tables)}):
        place = (row.table_name, row.trigger_name)
        found.add(place)
        if place not in wanted:
            wrong.append(f"{row.table_name}: the trigger {row.trigger_name} is none of ours")
        elif not row.always:
            wrong.append(f"{row.table_name}: the guard {row.trigger_name} is switched off")
        elif row.definition != wanted[place].definition:
            wrong.append(f"{row.table_name}: the guard {row.trigger_name} was made anew: {row.definition}")
        elif not row.plain or row.body != wanted[place].body:
            wrong.append(f"{row.table_name}: the function behind the guard {row.trigger_name} was altered")
    wrong += [f"{table}: the guard {name} is missing" for table, name in sorted(wanted.keys() - found)]
    others = session.execute(text(_BESIDES), {"tables": list(Base.metadata.tables)})
    return wrong + [f"{table}: {what}" for table, what in others]


def _append_only(table: str) -> Iterator[Guard]:
    refuse = _body(appendonly.FUNCTION)
    columns = redactable_columns(table)
    if not columns:
        events = "BEFORE DELETE OR UPDATE OR TRUNCATE"
        yield Guard(
            table, "append_only", _trigger("append_only", events, table, "STATEMENT", "refuse_change()"), refuse
        )
        return
    arguments = ", ".join(f"'{column}'" for column in columns)
    call = f"refuse_change_but_redaction({arguments})"
    events = "BEFORE DELETE OR UPDATE"
    yield Guard(table, "append_only", _trigger("append_only", events, table, "ROW", call), _body(redaction.FUNCTION))
    whole = "append_only_whole"
    yield Guard(table, whole, _trigger(whole, "BEFORE TRUNCATE", table, "STATEMENT", "refuse_change()"), refuse)


def _trigger(name: str, events: str, table: str, each: str, call: str) -> str:
    return f"CREATE TRIGGER {name} {events} ON {table} FOR EACH {each} EXECUTE FUNCTION {call}"


def _body(function: str) -> str:
    return function.split("$$")[1]


_TRIGGERS = """
SELECT c.relname AS table_name, t.tgname AS trigger_name, t.tgenabled = 'A' AS always,
    pg_get_triggerdef(t.oid, true) AS definition, p.prosrc AS body,
    l.lanname = 'plpgsql' AND NOT p.prosecdef AND p.proconfig IS NULL AS plain
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_language l ON l.oid = p.prolang
WHERE NOT t.tgisinternal AND c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relname = ANY(:tables)
ORDER BY 1, 2
"""
_BESIDES = """
WITH ours AS (
    SELECT oid, relname, relkind, relrowsecurity FROM pg_class
    WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relname = ANY(:tables)
)
SELECT relname, 'is not a plain table' FROM ours WHERE relkind <> 'r'
UNION ALL SELECT relname, 'hides rows from some' FROM ours WHERE relrowsecurity
UNION ALL SELECT relname, 'the rule ' || rulename || ' is none of ours' FROM ours JOIN pg_rewrite ON ev_class = ours.oid
    WHERE rulename <> '_RETURN'
UNION ALL SELECT DISTINCT relname, 'a foreign key is switched off' FROM ours JOIN pg_trigger ON tgrelid = ours.oid
    WHERE tgisinternal AND tgenabled = 'D'
UNION ALL SELECT relname, 'the rule ' || conname || ' was never checked' FROM ours JOIN pg_constraint
    ON conrelid = ours.oid WHERE NOT convalidated
"""
