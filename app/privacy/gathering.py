"""Gathering everything that is kept of one person, table by table, without secrets."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary, inspect, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.cipher import SealedBytes
from app.core.sealing import TransactionId
from app.core.settings import settings
from app.members.models import Person
from app.members.people.resolving import same_person
from app.privacy.parts import PARTS, Part


def gather(session: Session, person: Person) -> dict[str, Any]:
    """Everything about a person as JSON values: `parts` is a list of `{title, table, rows}`, titles in English.

    Moments and dates are ISO 8601, amounts whole minor units beside their currency. Keys, cookies and hashes are left
    out: they are secrets, or say nothing.
    """
    parts = [
        {"title": part.title, "table": part.table.__tablename__, "rows": _rows(session, part, person.id)}
        for part in PARTS
    ]
    return {
        "about": f"person:{person.id}",
        "organization": settings().organization,
        "made_at": clock.now().replace(microsecond=0).isoformat(),
        "parts": [part for part in parts if part["rows"]],
    }


def _rows(session: Session, part: Part, person_id: int) -> list[dict[str, Any]]:
    table = part.table.__table__
    columns = [column for column in table.columns if column.name not in part.hidden and not _secret(column.type)]
    found = select(*columns).where(part.rows(same_person(person_id))).order_by(*inspect(part.table).primary_key)
    names = [column.name for column in columns]
    return [{name: _plain(value) for name, value in zip(names, row, strict=True)} for row in session.execute(found)]


def _secret(kind: Any) -> bool:
    """Bytes are hashes, keys and sealed files, never something to read; a transaction's number says nothing."""
    return isinstance(kind, LargeBinary | SealedBytes | TransactionId)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value
