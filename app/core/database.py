"""The database: one engine, one base for tables, one place that commits."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Engine, MetaData, String, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from app.core.settings import settings


class Moment(TypeDecorator[datetime]):
    """A point in time: aware when given, stored as timestamptz, read back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse a naive moment: a programmer's error."""
        assert value is None or value.tzinfo is not None, "a moment needs a zone"
        return value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Read in UTC whatever the server's zone."""
        return value.astimezone(UTC) if value is not None else None


class Base(DeclarativeBase):
    """Base of every table; whole numbers are bigint, moments are UTC, names of constraints are predictable."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {int: BigInteger, datetime: Moment, str: String}


def database_url() -> str:
    """The address of the configured server, or of the private one, which is started when needed."""
    url = settings().database_url
    if url is None:
        from app.core.postgres import private_server

        url = private_server(settings().var / "postgres")
    return url


@cache
def engine() -> Engine:
    """The engine of this process."""
    url = database_url()
    rest = url.partition("://")[2]
    return create_engine(
        f"postgresql+psycopg://{rest}",
        pool_size=20,
        max_overflow=20,
        pool_pre_ping=True,
        hide_parameters=True,  # values of rows never reach a log
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True),
        connect_args={"options": "-c timezone=UTC"},
    )


def new_session() -> Session:
    """A session on the engine; nothing is reloaded after commit."""
    return Session(engine(), expire_on_commit=False)


@contextmanager
def transaction() -> Iterator[Session]:
    """The one place that commits: everything inside happens together, or not at all."""
    with new_session() as session, session.begin():
        yield session


def one_at_a_time(session: Session, name: str) -> None:
    """Wait for every other transaction that said the same name, and keep later ones waiting until this one ends.

    For acts that first look whether something exists and then write it: a bank line, a form's key, an address.
    """
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


@contextmanager
def reading() -> Iterator[Session]:
    """One consistent snapshot for a report, in which nothing can be written."""
    with new_session() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
        yield session
