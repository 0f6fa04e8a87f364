"""The worker: one table from a job's name to its act, put together from the rooms; each job is one transaction.

A job that fails is tried again, ever later, and kept when it failed for good. A job whose worker was killed is
taken up again at once: each worker holds a lock in the database, which drops it with the worker's connection.
"""

import asyncio
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import procrastinate
import psycopg
import structlog
from procrastinate.job_context import JobContext
from procrastinate.manager import JobManager
from structlog.contextvars import bound_contextvars

from app.ballots import jobs as ballots
from app.conversion import jobs as conversion
from app.core.audit import seal_trail
from app.core.database import database_url, transaction
from app.core.jobs import Act, Periodic
from app.core.limits import forget_windows
from app.core.origin import WORKER, coming_from
from app.core.rowseals import seal_rows_of_all
from app.distributions import jobs as distributions
from app.documents import jobs as documents
from app.exports import jobs as exports
from app.ledger import jobs as ledger
from app.letters import jobs as letters
from app.members import jobs as members
from app.offers import jobs as offers
from app.payments import jobs as payments
from app.payments.cards.running.charging import tend
from app.privacy import jobs as privacy
from app.proofs import prove_nightly
from app.reconciliation import jobs as reconciliation
from app.shares import jobs as shares

log = structlog.stdlib.get_logger("costake")


class Failure(NamedTuple):
    """A job that failed and will be tried again, or was given up."""

    job: str
    error: Exception


_TABLES = (  # of each room that has work
    letters.JOBS, payments.JOBS, shares.JOBS, offers.JOBS, ballots.JOBS, distributions.JOBS, conversion.JOBS,
    documents.JOBS, reconciliation.JOBS, exports.JOBS, privacy.JOBS,
)  # fmt: skip
JOBS: dict[str, Act] = {name: act for table in _TABLES for name, act in table.items()}
assert len(JOBS) == sum(map(len, _TABLES)), "a job's name is one room's"
PERIODIC: list[Periodic] = [
    *members.PERIODIC,
    *ledger.PERIODIC,
    *payments.PERIODIC,
    *shares.PERIODIC,
    *offers.PERIODIC,
    *ballots.PERIODIC,
    *conversion.PERIODIC,
    *documents.PERIODIC,
    *reconciliation.PERIODIC,
    *exports.PERIODIC,
    *privacy.PERIODIC,
    Periodic("audit.seal", "* * * * *", seal_trail),
    Periodic("rows.seal", "*/5 * * * *", seal_rows_of_all),
    Periodic("limits.forget", "17 * * * *", forget_windows),
    Periodic("books.prove", "41 2 * * *", prove_nightly),
]

# Waits 3, 9, 27 … 19683 seconds: a mail server that is down for a night loses no letter.
RETRY = procrastinate.RetryStrategy(max_attempts=9, exponential_wait=3)
POLL_SECONDS = 2.0  # new jobs are announced at once; this is for those whose time has come
GRACE_SECONDS = 10.0
_LOCKS = 0x436F5374  # class of the locks that say which workers live; any number would do

_RESCUE = """
UPDATE procrastinate_jobs SET worker_id = NULL, attempts = attempts + 1, scheduled_at = now(),
    status = CASE WHEN attempts >= %(attempts_max)s THEN 'failed' ELSE 'todo' END::procrastinate_job_status
WHERE status = 'doing' AND NOT EXISTS (
    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE datname = current_database() AND locktype = 'advisory' AND classid::bigint = %(locks)s
        AND objid::bigint = procrastinate_jobs.worker_id AND granted)
RETURNING task_name, id
"""


class _Manager(JobManager):
    """The library's keeper of jobs, with a lock that shows which workers live."""

    lifeline: psycopg.AsyncConnection[Any] | None = None
    worker: int = 0

    async def register_worker(self) -> int:
        """Enter the worker, hold its lock before it takes a job, and rescue what dead workers left."""
        self.worker = await super().register_worker()
        await self.rescue()
        return self.worker

    async def rescue(self) -> None:
        """Put jobs of workers that no longer live back in the queue; give those up that kill their workers."""
        if self.lifeline is None or self.lifeline.closed:
            self.lifeline = await psycopg.AsyncConnection.connect(_conninfo(), autocommit=True)
            await self.lifeline.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCKS, self.worker])
        arguments = {"attempts_max": RETRY.max_attempts, "locks": _LOCKS}
        for name, number in await (await self.lifeline.execute(_RESCUE, arguments)).fetchall():
            log.warning("job rescued", job=name, number=number)

    async def watch(self) -> None:
        """Rescue every few seconds, and hold the lock anew when the database was restarted."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self.rescue()
            except psycopg.OperationalError as error:
                log.warning("database lost", exc_info=error)

    async def let_go(self) -> None:
        """Release the lock."""
        if self.lifeline is not None:
            await self.lifeline.close()


def run_forever() -> None:
    """Do jobs until asked to stop (SIGTERM or Ctrl-C); the job at hand is finished first."""
    with _charging():
        asyncio.run(_work(until_idle=False))


@contextmanager
def _charging() -> Iterator[None]:
    """Charge runs in a thread of their own beside the jobs, which they neither wait for nor keep waiting."""
    stop = threading.Event()
    thread = threading.Thread(target=_tend, args=(stop,), name="charge runs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(GRACE_SECONDS)  # what has no answer by then is looked up by the next worker


def _tend(stop: threading.Event) -> None:
    with coming_from(WORKER):
        tend(stop)


def run_until_idle() -> list[Failure]:
    """Do the jobs that are due, and those that they bring about; the failures, each to be tried again later."""
    return asyncio.run(_work(until_idle=True))


async def _work(*, until_idle: bool) -> list[Failure]:
    connector = procrastinate.PsycopgConnector(conninfo=_conninfo(), min_size=1, max_size=4)
    application = procrastinate.App(connector=connector)
    manager = application.job_manager = _Manager(connector)
    _register(application, periodic=not until_idle)
    failures: list[Failure] = []
    async with application.open_async():
        watching = asyncio.create_task(manager.watch())
        try:
            working = application.run_worker_async(
                concurrency=1,  # the library that lays out documents is not made for threads
                wait=not until_idle,
                listen_notify=not until_idle,
                install_signal_handlers=False,
                fetch_job_polling_interval=POLL_SECONDS,
                shutdown_graceful_timeout=GRACE_SECONDS,
                delete_jobs="successful",
                worker_middleware=[_observer(failures)],
            )
            await (working if until_idle else _until_asked_to_stop(working))
        finally:
            watching.cancel()
            await manager.let_go()
    return failures


async def _until_asked_to_stop(working: Coroutine[Any, Any, None]) -> None:
    """Work until the first signal; further ones change nothing, so that the job at hand is finished."""
    task = asyncio.ensure_future(working)
    for number in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:
            asyncio.get_running_loop().add_signal_handler(number, lambda: task.cancelling() or task.cancel())
    with suppress(asyncio.CancelledError):
        await task


def _register(application: procrastinate.App, *, periodic: bool) -> None:
    for name, act in JOBS.items():
        application.task(name=name, retry=RETRY)(_perform(act))
    for name, cron, act in PERIODIC:
        timed = application.task(name=name, retry=RETRY, pass_context=False)(_perform_at(act))
        if periodic:
            application.periodic(cron=cron)(timed)


def _perform(act: Act) -> Act:
    def perform(**arguments: Any) -> None:
        with coming_from(WORKER), transaction() as session:
            act(session, **arguments)

    return perform


def _perform_at(act: Act) -> Callable[[int], None]:
    def perform(timestamp: int) -> None:
        with coming_from(WORKER), transaction() as session:
            act(session)

    return perform


def _observer(failures: list[Failure]) -> Any:
    """Logs each job by name and number, without its arguments, and collects what failed."""

    async def observe(call_next: Callable[[], Awaitable[Any]], context: JobContext, worker: Any) -> Any:
        job, started = context.job, time.perf_counter()
        with bound_contextvars(job=job.task_name, number=job.id, attempt=job.attempts + 1):
            try:
                result = await call_next()
            except Exception as error:
                failures.append(Failure(job.task_name, error))
                log.exception("job failed")
                raise
            log.info("job done", ms=round((time.perf_counter() - started) * 1000, 1))
            return result

    return observe


def _conninfo() -> str:
    return "postgresql://" + database_url().partition("://")[2]
