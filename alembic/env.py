"""Runs the migrations against the configured database; the same steps build the running and the test database."""

from alembic import context
from sqlalchemy import Connection, text

from app.core.database import engine
from app.tables import metadata

FOREIGN_PREFIXES = ("procrastinate_",)  # the job library's own tables, created by its own schema


def _ours(name: str | None, kind: str, parents: object) -> bool:
    return not (kind == "table" and name is not None and name.startswith(FOREIGN_PREFIXES))


def _run(connection: Connection) -> None:
    connection.execute(text("SET lock_timeout = '10s'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=_ours,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if context.config.attributes.get("connection") is not None:
    _run(context.config.attributes["connection"])
else:
    with engine().connect() as fresh:
        _run(fresh)
