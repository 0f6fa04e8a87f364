"""Redaction: the one change that some append-only tables allow, emptying named columns of a restricted person's rows.

The database itself judges it: everything else of the row must stay as it is, and the person must be restricted.
"""

from collections.abc import Sequence

# A letter to an address of somebody who was not known yet belongs to whoever is known by that address; what is kept of
# a pledge belongs to whoever made it.
FUNCTION = """
CREATE FUNCTION refuse_change_but_redaction() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        after := to_jsonb(NEW);
        IF before - TG_ARGV = after - TG_ARGV
            AND NOT EXISTS (
                SELECT FROM jsonb_each(after) WHERE key = ANY (TG_ARGV)
                AND value NOT IN ('""', '{}', '[]') AND value IS DISTINCT FROM before -> key
            )
            AND EXISTS (
                SELECT FROM restriction JOIN person ON person.id = restriction.person_id
                WHERE person.id = (before ->> 'person_id')::bigint
                OR (before ->> 'person_id' IS NULL AND lower(person.email) = lower(before ->> 'to_address'))
                OR EXISTS (
                    SELECT FROM pledge WHERE pledge.id = (before ->> 'pledge_id')::bigint
                    AND (pledge.person_id = person.id OR lower(pledge.email) = lower(person.email))
                )
            )
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused; record a correction as a new row', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$
"""


def redaction_sql(table: str, columns: Sequence[str]) -> list[str]:
    """Statements that replace a table's guard by one that lets these columns of restricted persons be emptied."""
    return [
        f"DROP TRIGGER append_only ON {table}",
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_change_but_redaction({', '.join(columns)})",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only",
        f"CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_whole",
    ]
