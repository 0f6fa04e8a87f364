"""Who a person was: which records are one, and their particulars as valid on a day and known at a moment, as SQL.

Records that were merged by then are one person, whose latest particulars count.
"""

CANONICAL = """
    RECURSIVE merged AS (
        SELECT survivor_id, absorbed_id FROM person_merge WHERE merged_at <= :known_at AND NOT EXISTS (
            SELECT FROM person_unmerge WHERE merge_id = person_merge.id AND undone_at <= :known_at)
    ), up AS (
        SELECT absorbed_id AS person_id, survivor_id FROM merged
        UNION SELECT up.person_id, merged.survivor_id FROM up JOIN merged ON merged.absorbed_id = up.survivor_id
    ), canonical AS (
        SELECT person_id, survivor_id FROM up WHERE survivor_id NOT IN (SELECT absorbed_id FROM merged)
    ), wholes AS (
        SELECT array_agg(person_id) || survivor_id AS ids FROM canonical GROUP BY survivor_id
    ), same AS (
        SELECT unnest(ids) AS person_id, ids FROM wholes
    )"""
"""Common table expressions that begin a statement: `same` has, for each merged record, the ids of all that are one."""

_ADDRESS = (
    "concat_ws(', ', nullif(array_to_string({name}.street_lines, ', '), ''), "
    "nullif(concat_ws(' ', nullif({name}.postal_code, ''), nullif({name}.locality, '')), ''), "
    "nullif({name}.region, ''))"
)


def same_sql(person: str, name: str = "same") -> str:
    """The join that finds the records that are one with a person."""
    return f"LEFT JOIN same {name} ON {name}.person_id = {person}"


def known_sql(person: str, name: str = "known", same: str = "same") -> str:
    """The join that finds a person's particulars on the day."""
    return f"""
    LEFT JOIN LATERAL (
        SELECT legal_name, holder_kind, registration_number, street_lines, postal_code, locality, region, country
        FROM particulars WHERE person_id = ANY (coalesce({same}.ids, ARRAY[{person}]))
            AND valid_from <= :day AND recorded_at <= :known_at
        ORDER BY valid_from DESC, id DESC LIMIT 1
    ) {name} ON true"""


def email_sql(person: str, name: str = "email", same: str = "same") -> str:
    """The join that finds the electronic address that a person notified, and what for."""
    return f"""
    LEFT JOIN LATERAL (
        SELECT value, array_to_string(purposes, ', ') AS purposes FROM contact
        WHERE kind = 'email' AND person_id = ANY (coalesce({same}.ids, ARRAY[{person}]))
            AND valid_from <= :day AND recorded_at <= :known_at
        ORDER BY valid_from DESC, id DESC LIMIT 1
    ) {name} ON true"""


def address_sql(name: str = "known") -> str:
    """The postal address in one line, without the country."""
    return _ADDRESS.format(name=name)


def came_of_age_sql(person: str) -> str:
    """Whether a minor's guardians have ended and none stands on the day."""
    one = f"r.holder_id = ANY (coalesce(same.ids, ARRAY[{person}])) AND r.capacity = 'guardian'"
    return f"""(known.holder_kind = 'minor' AND EXISTS (
        SELECT FROM representation r WHERE {one} AND r.valid_until <= :day AND r.recorded_at <= :known_at
    ) AND NOT EXISTS (
        SELECT FROM representation r WHERE {one} AND r.recorded_at <= :known_at
        AND coalesce(r.valid_until > :day, true)))"""
