"""The transaction of a request: it commits before the answer is sent, so that nobody is told of what did not happen."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Path
from sqlalchemy.orm import Session

from app.core import database


def _transaction() -> Iterator[Session]:
    with database.transaction() as session:
        yield session


def _snapshot() -> Iterator[Session]:
    with database.reading() as session:
        yield session


Tx = Annotated[Session, Depends(_transaction, scope="function")]
"""A session that commits when the route returns and rolls back when it raises."""

Snapshot = Annotated[Session, Depends(_snapshot, scope="function")]
"""One consistent picture of the database, in which nothing can be written."""

Id = Annotated[int, Path(ge=0, lt=2**63)]
"""A row's number in an address; one that no row can have is as unknown as one that none has."""
