"""Keying: keeping the keys by which a person can be found, whenever something about them is recorded."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.members.people.likeness import Traits, keys_of
from app.members.people.models import PersonKey


def keep_keys(session: Session, person_id: int, traits: Traits) -> None:
    """Keep the keys of what was just recorded; those that are kept already stay."""
    rows = [{"key": key, "person_id": person_id} for key in sorted(keys_of(traits))]
    if rows:
        session.execute(insert(PersonKey).values(rows).on_conflict_do_nothing())
