"""Jobs: work that follows an act, committed together with its reason and done by the worker at least once."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import procrastinate
from procrastinate import SyncPsycopgConnector
from sqlalchemy.orm import Session

Act = Callable[..., object]
"""What a job does: `act(session, **arguments)`."""


class Periodic(NamedTuple):
    """An act `act(session)` that runs when `cron` (minute hour day month weekday, UTC) says so."""

    name: str
    cron: str
    act: Act


# Deferring uses the session's own connection, so this application is never opened; the worker opens its own.
_deferrer = procrastinate.App(connector=SyncPsycopgConnector())


def defer(session: Session, job: str, **arguments: Any) -> None:
    """Put a job in the queue when, and only when, the session's transaction commits.

    `job` is a name in the worker's table of jobs. Jobs run at least once, in any order: an act called by a job
    must be harmless when repeated.
    """
    connection = session.connection().connection.driver_connection
    _deferrer.configure_task(job, allow_unknown=True, connection=connection).defer(**arguments)


def defer_many(session: Session, job: str, each: Sequence[dict[str, Any]], *, patient: bool = False) -> None:
    """Put one job in the queue for each set of arguments, as `defer` does one; `patient` ones wait for all others."""
    if each:
        connection = session.connection().connection.driver_connection
        task = _deferrer.configure_task(job, allow_unknown=True, connection=connection, priority=-1 if patient else 0)
        task.batch_defer(*each)
