"""`costake law adapt`, `confirm` and `own`: an organization's own copies of profiles, and what counsel said."""

import json
import tomllib
from pathlib import Path
from typing import Any

import click

from app.core.errors import N_, Refusal
from app.law.profiles import Profile
from app.law.written import as_json


class NotDepartures(Refusal):
    """The file is not a table of keys and what replaces their values."""

    message = N_("{file} holds no departures: it is TOML or JSON with keys of the profile and what replaces them.")


class UnknownDecider(Refusal):
    """Nobody is known by the address of who decided."""

    message = N_("Nobody is known by the address {email}. Decisions are recorded with the person who made them.")


by_option = click.option("--by", "email", required=True, help="E-mail address of the person who decided it.")


def read_departures(file: Path) -> dict[str, Any]:
    """Departures from a file: `{"approvals.members.threshold": {"fraction": "4/5"}}`."""
    try:
        text = file.read_text(encoding="utf-8")
        found = json.loads(text) if file.suffix == ".json" else tomllib.loads(text)
    except (OSError, UnicodeDecodeError, ValueError):
        raise NotDepartures(file=file.name) from None
    if not isinstance(found, dict) or not found:
        raise NotDepartures(file=file.name)
    return found


def adapt(base: str, file: Path, reason: str, email: str) -> Profile:
    """Record an own copy of a profile; the copy."""
    from app.core.database import transaction
    from app.law.adapting import adapt as record

    with transaction() as session:
        return record(session, base, read_departures(file), reason=reason, by=_person(session, email))


def confirm(profile_id: str, key: str, counsel: str, note: str, email: str, *, confirms: bool) -> None:
    """Record what counsel says of a value."""
    from app.core.database import transaction
    from app.law.adapting import record_counsel

    with transaction() as session:
        by = _person(session, email)
        record_counsel(session, profile_id, key, counsel=counsel, note=note, by=by, confirms=confirms)


def kept(profile_id: str) -> Profile:
    """The profile or own copy of an id, with what counsel confirmed."""
    from app.core.database import reading
    from app.law.adapting import law_for

    with reading() as session:
        return law_for(session, profile_id)


def own_copies() -> list[dict[str, Any]]:
    """Every own copy, in the order of deciding."""
    from sqlalchemy import select

    from app.core.database import reading
    from app.law.models import LawAdaptation

    with reading() as session:
        rows = session.scalars(select(LawAdaptation).order_by(LawAdaptation.id)).all()
    return [
        {
            "id": f"{row.base_id}@{row.id}",
            "decided_at": row.decided_at.isoformat(),
            "decided_by": row.decided_by,
            "reason": row.reason,
            "departures": row.departures,
        }
        for row in rows
    ]


def print_own_copies(as_json_: bool) -> None:
    """Print every own copy, for people or as JSON."""
    copies = own_copies()
    if as_json_:
        click.echo(as_json(copies))
        return
    for copy in copies:
        click.echo(f"{copy['id']:<30} {copy['decided_at'][:10]}  {', '.join(copy['departures'])}: {copy['reason']}")
    if not copies:
        click.echo("No profile is adapted. Begin with: costake law adapt PROFILE FILE --reason … --by …")


def _person(session: Any, email: str) -> int:
    from app.members.persons import find_person, normal_email

    person = find_person(session, normal_email(email))
    if person is None:
        raise UnknownDecider(email=email[:80])
    return person.id
