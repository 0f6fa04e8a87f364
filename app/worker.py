"""The worker: one table from a job's name to its act; each job runs in its own transaction, at least once.

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

from app.ballots.calling import NOTICE_JOB as BALLOT_NOTICE_JOB
from app.ballots.delegations.using import use_delegations
from app.ballots.motions.lapsing import keep_motions
from app.ballots.motions.telling import STATEMENT_JOB as MOTION_STATEMENT_JOB
from app.ballots.motions.telling import tell_supporters
from app.ballots.opening import DELEGATIONS_JOB, keep_time
from app.ballots.opening import INVITE_JOB as BALLOT_INVITE_JOB
from app.ballots.records import RECORDS_JOB as BALLOT_RECORDS_JOB
from app.ballots.secret.keys import OPEN_JOB as OPEN_PAPERS_JOB
from app.ballots.secret.opening import open_papers
from app.ballots.telling import invite, send_notices
from app.conversion.after.reminding import remind_of_duties
from app.conversion.exchange.executing import EXECUTE_JOB, execute_due, execute_or_halt
from app.conversion.exchange.reckoning import RECKON_JOB, reckon_next
from app.conversion.plan import meeting as _plans  # noqa: F401  (an exchange waits for the plan that relies on it)
from app.conversion.plan.reminding import remind
from app.core.audit import seal_trail
from app.core.database import database_url, transaction
from app.core.limits import forget_windows
from app.core.origin import WORKER, coming_from
from app.core.rowseals import seal_rows_of_all
from app.distributions.redeeming.paying import STATEMENT_JOB as REDEMPTION_JOB
from app.distributions.telling import JOB as TELL_JOB
from app.distributions.telling import STATEMENT_JOB, tell_members
from app.documents import acknowledging  # noqa: F401  (gives the documents that letters attach)
from app.documents.agreeing import file_agreements
from app.documents.balloting.filing import file_ballot_records
from app.documents.bulk.filing import JOB as CERTIFY_JOB
from app.documents.bulk.filing import PART_JOB, certify, file_part
from app.documents.bulk.sealing import JOB as TIMESTAMP_ISSUE_JOB
from app.documents.bulk.sealing import timestamp_issue
from app.documents.completing import finish_seals, prove_seal
from app.documents.confirming.filing import JOB as CONFIRM_JOB
from app.documents.confirming.filing import file_confirmation
from app.documents.converting.members import JOB as MEMBER_STATEMENTS_JOB
from app.documents.converting.members import file_statements
from app.documents.distributing import tell_member
from app.documents.emptying import JOB as SHRED_JOB
from app.documents.emptying import shred
from app.documents.filing import MAKE_JOB as MAKE_LONG_JOB
from app.documents.filing import file_certificate, make_long_file
from app.documents.moving import file_act
from app.documents.paying import file_receipt, file_refund
from app.documents.paying_by_card import file_card_receipt, file_card_refund
from app.documents.redeeming import file_allocation_redemption
from app.documents.seals.revocation import JOB as PROOF_JOB
from app.documents.seals.timestamping import JOB as TIMESTAMP_JOB
from app.documents.seals.timestamping import timestamp
from app.documents.stating import file_call, file_charge, file_loan
from app.exports.registers.making import JOB as EXPORT_JOB
from app.exports.registers.making import forget_exports, make_export
from app.ledger.sealing import seal_entries
from app.letters.sending import send
from app.members.apitokens.answering import forget_answers
from app.members.people import reaching  # noqa: F401  (letters that jobs write go where it says)
from app.offers import charging  # noqa: F401  (says what charge runs may take for offers)
from app.offers.desk.reminders.reminding import JOB as REMIND_JOB
from app.offers.desk.reminders.reminding import remind_next
from app.offers.drafting import INVITE_JOB
from app.offers.paying import ways  # noqa: F401  (letters about cards lead to the pledge's page)
from app.offers.pledging.confirming import LIKENESS_JOB
from app.offers.pledging.inviting import invite_interested
from app.offers.pledging.likening import notice_likeness
from app.offers.pledging.secrets import forget_old_secrets
from app.offers.pledging.solidarity.returning import RETURN_JOB, return_next
from app.offers.result.counting import ANNOUNCE_JOB, tally_due, tell_of_early_closing
from app.offers.result.deciding import end_windows
from app.offers.result.settling import COLLECT_JOB, SETTLE_JOB, collect_next, settle_next
from app.offers.terms.changing import ASK_JOB, ask_to_reconfirm
from app.offers.terms.reconfirming import lapse_unconfirmed
from app.payments.cards.booking import FEE_JOB, RECEIPT_JOB
from app.payments.cards.evidence.sending import send_job as send_evidence_job
from app.payments.cards.evidence.sending import sweep_evidence
from app.payments.cards.evidence.submitting import SEND_JOB as SEND_EVIDENCE_JOB
from app.payments.cards.hearing.handling import handle_event
from app.payments.cards.hearing.taking import HANDLE_JOB, forget_payloads
from app.payments.cards.identity import checking  # noqa: F401  (hears of identity checks)
from app.payments.cards.identity.redacting import JOB as REDACT_JOB
from app.payments.cards.identity.redacting import redact_job, sweep_redactions
from app.payments.cards.payouts.explaining import sweep_payouts
from app.payments.cards.returning.asking import SEND_JOB
from app.payments.cards.returning.batching import BEGIN_JOB, begin_next
from app.payments.cards.returning.disputing import LOST_JOB
from app.payments.cards.returning.recording import PAPER_JOB
from app.payments.cards.returning.sending import send_job, sweep_refunds
from app.payments.cards.running.charging import tend
from app.payments.cards.running.noticing import announce_next
from app.payments.cards.running.preparing import NOTICE_JOB
from app.payments.cards.saving import DETACH_JOB, detach_job
from app.payments.cards.sending import RESOLVE_JOB, RETRY_JOB, book_fee_job, resolve_job, retry_job, sweep
from app.privacy.filing import MAKE_JOB, forget_files, make_file
from app.privacy.removing import finish_erasures
from app.proofs import prove_nightly
from app.reconciliation import urging  # noqa: F401  (nobody is urged while the bank is behind)
from app.reconciliation.mapping.keeping import forget_tables
from app.reconciliation.taking import MATCH_JOB
from app.reconciliation.watching import watch_folder
from app.reconciliation.working import match_all, match_next
from app.shares.acts.calling import credit_calls
from app.shares.acts.disputing import settle_lost
from app.shares.loans.lending import book_due_instalments

log = structlog.stdlib.get_logger("costake")

Act = Callable[..., object]


class Periodic(NamedTuple):
    """An act `act(session)` that runs when `cron` (minute hour day month weekday, UTC) says so."""

    name: str
    cron: str
    act: Act


class Failure(NamedTuple):
    """A job that failed and will be tried again, or was given up."""

    job: str
    error: Exception


JOBS: dict[str, Act] = {  # the whole table: name of the job -> act(session, **arguments)
    "letters.send": send,
    SETTLE_JOB: settle_next,
    COLLECT_JOB: collect_next,
    ANNOUNCE_JOB: tell_of_early_closing,
    ASK_JOB: ask_to_reconfirm,
    REMIND_JOB: remind_next,
    "documents.file_certificate": file_certificate,
    MAKE_LONG_JOB: make_long_file,
    CERTIFY_JOB: certify,
    CONFIRM_JOB: file_confirmation,
    PART_JOB: file_part,
    TIMESTAMP_ISSUE_JOB: timestamp_issue,
    TELL_JOB: tell_members,
    STATEMENT_JOB: tell_member,
    TIMESTAMP_JOB: timestamp,
    PROOF_JOB: prove_seal,
    MEMBER_STATEMENTS_JOB: file_statements,
    "documents.file_receipt": file_receipt,
    "documents.file_refund": file_refund,
    RECEIPT_JOB: file_card_receipt,
    PAPER_JOB: file_card_refund,
    "documents.file_subscription": file_agreements,
    "documents.file_act": file_act,
    REDEMPTION_JOB: file_allocation_redemption,
    "documents.file_call": file_call,
    "documents.file_charge": file_charge,
    "documents.file_loan": file_loan,
    MAKE_JOB: make_file,
    SHRED_JOB: shred,
    REDACT_JOB: redact_job,
    EXPORT_JOB: make_export,
    NOTICE_JOB: announce_next,
    LIKENESS_JOB: notice_likeness,
    INVITE_JOB: invite_interested,
    HANDLE_JOB: handle_event,
    RESOLVE_JOB: resolve_job,
    RETRY_JOB: retry_job,
    FEE_JOB: book_fee_job,
    DETACH_JOB: detach_job,
    SEND_JOB: send_job,
    BEGIN_JOB: begin_next,
    SEND_EVIDENCE_JOB: send_evidence_job,
    LOST_JOB: settle_lost,
    RETURN_JOB: return_next,
    BALLOT_NOTICE_JOB: send_notices,
    BALLOT_INVITE_JOB: invite,
    DELEGATIONS_JOB: use_delegations,
    MOTION_STATEMENT_JOB: tell_supporters,
    OPEN_PAPERS_JOB: open_papers,
    BALLOT_RECORDS_JOB: file_ballot_records,
    RECKON_JOB: reckon_next,
    EXECUTE_JOB: execute_or_halt,
    MATCH_JOB: match_next,
}
PERIODIC: list[Periodic] = [
    Periodic("cards.sweep", "* * * * *", sweep),
    Periodic("cards.sweep_refunds", "*/10 * * * *", sweep_refunds),
    Periodic("cards.sweep_evidence", "*/10 * * * *", sweep_evidence),
    Periodic("cards.sweep_redactions", "*/10 * * * *", sweep_redactions),
    Periodic("cards.sweep_payouts", "23 * * * *", sweep_payouts),
    Periodic("cards.forget_payloads", "47 * * * *", forget_payloads),
    Periodic("offers.lapse_unconfirmed", "* * * * *", lapse_unconfirmed),
    Periodic("offers.tally_due", "* * * * *", tally_due),
    Periodic("offers.end_windows", "* * * * *", end_windows),
    Periodic("ballots.keep_time", "* * * * *", keep_time),
    Periodic("motions.keep", "* * * * *", keep_motions),
    Periodic("pledging.forget", "37 * * * *", forget_old_secrets),
    Periodic("shares.credit_calls", "* * * * *", credit_calls),
    Periodic("bank.watch", "*/5 * * * *", watch_folder),
    Periodic("bank.forget_tables", "29 * * * *", forget_tables),
    Periodic("bank.match_all", "*/15 * * * *", match_all),
    Periodic("documents.finish_seals", "53 * * * *", finish_seals),
    Periodic("loans.book_due", "3 * * * *", book_due_instalments),
    Periodic("conversion.execute_due", "* * * * *", execute_due),
    Periodic("conversion.remind", "41 7 * * *", remind),
    Periodic("conversion.remind_of_duties", "43 7 * * *", remind_of_duties),
    Periodic("audit.seal", "* * * * *", seal_trail),
    Periodic("privacy.forget_files", "7 * * * *", forget_files),
    Periodic("exports.forget", "13 * * * *", forget_exports),
    Periodic("privacy.finish", "11 3 * * *", finish_erasures),
    Periodic("ledger.seal", "*/5 * * * *", seal_entries),
    Periodic("rows.seal", "*/5 * * * *", seal_rows_of_all),
    Periodic("api.forget", "27 * * * *", forget_answers),
    Periodic("books.prove", "41 2 * * *", prove_nightly),
    Periodic("limits.forget", "17 * * * *", forget_windows),
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
