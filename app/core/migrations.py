"""Brings the database to this version's tables, once, whoever starts first."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg

from app.core.database import database_url
from app.core.errors import N_, Refusal
from app.core.settings import ROOT

_LOCK = 0x436F7374616B65  # one migration at a time on a database; any number would do
_LINE = re.compile(r"^(down_revision|revision)\b[^=\n]*=(.*)$", re.MULTILINE)
_NAME = re.compile(r"[\"']([^\"']+)[\"']")


class NewerDatabase(Refusal):
    """The database was made by a later version, whose tables this one does not know."""

    message = N_(
        "The database belongs to a newer version of Costake ({revision}). Install that version or a later one."
    )
    status = 503


class Unreachable(Refusal):
    """The configured server does not answer, or lets us not in."""

    message = N_("The database cannot be reached: {reason}")
    status = 503


def is_current() -> bool:
    """Whether the database has exactly this version's tables. Reads file names and one row: some milliseconds."""
    steps = dict(_steps())
    replaced = {name for before in steps.values() for name in before}
    applied = _applied()
    for revision in applied - steps.keys():
        raise NewerDatabase(revision=revision)
    return applied == steps.keys() - replaced


def upgrade() -> bool:
    """Run the missing migrations, after those that another process is running; whether there were any."""
    if is_current():
        return False
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import text

    from app.core.database import engine

    with engine().connect() as connection:
        connection.detach()  # what the migrations set on it ends with it
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
        connection.commit()
        if is_current():
            return False
        config = Config(toml_file=ROOT / "pyproject.toml")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True


def _steps() -> Iterator[tuple[str, list[str]]]:
    """Each migration's name with the names of those before it, read off the files' heads."""
    for path in sorted(Path(ROOT / "alembic" / "versions").glob("*.py")):
        named = {key: _NAME.findall(value) for key, value in _LINE.findall(path.read_text())}
        yield named["revision"][0], named.get("down_revision", [])


def _applied() -> set[str]:
    try:
        with psycopg.connect(database_url()) as connection:
            if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
                return set()
            return {name for (name,) in connection.execute("SELECT version_num FROM alembic_version")}
    except psycopg.OperationalError as error:
        raise Unreachable(reason=str(error).strip()) from None
