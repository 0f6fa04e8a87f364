"""Charging: a run goes on in this process, many requests at once, recorded together; it ends when asked to or done.

One thread claims attempts and records answers, in transactions of many; a pool of threads waits for the processor.
Everything between is bounded, so the memory of a process does not grow with the run. A process that dies leaves
attempts without an outcome, which are sent again with their own keys by whoever looks after them.
"""

import queue
import random
import threading
import time
from collections.abc import Callable
from contextvars import copy_context

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.database import transaction
from app.core.errors import N_
from app.core.settings import settings
from app.payments.cards import stripe
from app.payments.cards.answers import Busy, KeyRefused, NoAnswer, Rejected
from app.payments.cards.running.claiming import Attempt, claim, forsaken
from app.payments.cards.running.ending import advance, judge
from app.payments.cards.running.models import ChargeRun
from app.payments.cards.running.pacing import Pace
from app.payments.cards.running.preparing import open_runs
from app.payments.cards.running.purposes import zone_of
from app.payments.cards.running.recording import Answer, record_answers
from app.payments.cards.running.states import STAGES, RunState, locked_run, move, pause, state_of
from app.payments.cards.sending import resolve

log = structlog.stdlib.get_logger("costake")

ENDPOINT = "POST /v1/payment_intents"
GATHER_SECONDS = 0.25
"""Answers of so long are recorded together."""
CLAIMED_TIMES = 2
"""Attempts claimed, in sizes of the pool: some wait while answers are recorded, and are still sent on a pause."""
JUDGE_SECONDS = 2.0
BUSY_TURNS, BUSY_SECONDS = 6, 0.5
REST_SECONDS = 3.0

Send = Callable[[Attempt], Answer | None]
"""Sends an attempt: what came of it, None when that is recorded already."""


class _Pool:
    """Threads that send attempts and hand over the answers."""

    def __init__(self, size: int, send: Send) -> None:
        self.size, self.under_way, self._send = size, 0, send
        self._waiting: queue.SimpleQueue[Attempt | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Answer | BaseException | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []

    def give(self, attempts: list[Attempt]) -> None:
        """Have attempts sent; as many threads begin as are needed."""
        self.under_way += len(attempts)
        while len(self._threads) < min(self.under_way, self.size):
            name = f"charge {len(self._threads) + 1}"
            made = threading.Thread(target=copy_context().run, args=(self._work,), name=name, daemon=True)
            self._threads.append(made)
            made.start()
        for each in attempts:
            self._waiting.put(each)

    def take(self) -> list[Answer]:
        """The answers that came meanwhile; waits a moment, so that they come together. Raises what a thread met."""
        found: list[Answer | None] = []
        until = time.monotonic() + GATHER_SECONDS
        while len(found) < self.under_way and (left := until - time.monotonic()) > 0:
            try:
                answer = self._answers.get(timeout=left)
            except queue.Empty:
                break
            if isinstance(answer, BaseException):
                raise answer
            found.append(answer)
        self.under_way -= len(found)
        return [answer for answer in found if answer is not None]

    def close(self) -> None:
        """Let the threads go."""
        for _ in self._threads:
            self._waiting.put(None)

    def _work(self) -> None:
        while (attempt := self._waiting.get()) is not None:
            try:
                self._answers.put(self._send(attempt))
            except BaseException as error:
                self._answers.put(error)


class _Walk:
    """How far this process has walked a run: from notice to notice, round and round while something is found."""

    def __init__(self, run_id: int) -> None:
        self.run_id, self.goes_on = run_id, True
        self._after, self._found, self._judged_at = 0, False, 0.0

    def claim(self, session: Session, most: int) -> list[Attempt]:
        """The next attempts to send."""
        attempts = forsaken(session, self.run_id, most)
        if len(attempts) < most:
            claimed = claim(session, session.get_one(ChargeRun, self.run_id), self._after, most - len(attempts))
            attempts += claimed.attempts
            self._found = self._found or bool(attempts)
            if claimed.last is None:  # at the end: once more from the beginning, for what was locked on the way
                self.goes_on, self._after, self._found = self._found, 0, False
            else:
                self._after = claimed.last
        return attempts

    def judge(self) -> None:
        """Look now and then whether the run was paused, or must be."""
        if time.monotonic() - self._judged_at > JUDGE_SECONDS:
            self._judged_at = time.monotonic()
            self.goes_on = judge(self.run_id) and self.goes_on


def tend(stop: threading.Event) -> None:
    """Charge every run whose day has come, until asked to stop; a lost database is waited for."""
    while not stop.is_set():
        try:
            charged = sum(charge(run_id, stop) for run_id in due_runs())
        except OperationalError as error:
            log.warning("charge run interrupted", exc_info=error)
            charged = 0
        if not charged:
            stop.wait(REST_SECONDS)


def due_runs() -> list[int]:
    """The runs that charge now; those whose day has come begin."""
    with transaction() as session:
        return [run.id for run, state in open_runs(session) if _charges(session, run, state)]


def _charges(session: Session, run: ChargeRun, state: RunState) -> bool:
    if state == RunState.WAITING and run.charge_on <= clock.today(zone_of(session, run.purpose)):
        locked_run(session, run.id)
        state = state_of(session, run.id)
        if state == RunState.WAITING:
            state = RunState.FIRST
            move(session, run, state, by=None, reason=N_("the day has come"))
    return state in STAGES


def paced() -> Send:
    """Send attempts at a pace; what the processor does not take for now goes again, later and with the same key.

    What may have been sent before is looked up first: a key that the processor kept with an error would be in vain,
    and one that it has lost would charge twice.
    """
    pace, looking = Pace(ENDPOINT), Pace("GET /v1/payment_intents")

    def send(attempt: Attempt) -> Answer | None:
        for turn in range(BUSY_TURNS):
            (looking if attempt.again else pace).wait()
            try:
                if attempt.again:
                    resolve(attempt.id)
                    return None
                return Answer(attempt.id, stripe.charge(attempt.id, attempt.params))
            except Busy:
                time.sleep(BUSY_SECONDS * 2**turn * random.uniform(0.5, 1))  # noqa: S311  (spreads, hides nothing)
            except NoAnswer:
                return Answer(attempt.id, None)
            except Rejected as refusal:
                return Answer(attempt.id, None, refusal.code)
        return Answer(attempt.id, None)

    return send


def charge(run_id: int, stop: threading.Event, send: Send | None = None) -> int:
    """Charge what a run has to charge now, until nothing is left, it pauses, or `stop`; how many answers came."""
    pool = _Pool(settings().charge_threads, send or paced())
    answered = 0
    try:
        while True:
            answered += _charge_stage(run_id, stop, pool)
            if stop.is_set() or not advance(run_id):
                return answered
    except KeyRefused as error:
        log.error("charge run paused", run=run_id, reason=str(error))
        with transaction() as session:
            pause(session, run_id, by=None, reason=N_("the processor refuses our key"))
        return answered
    finally:
        pool.close()


def _charge_stage(run_id: int, stop: threading.Event, pool: _Pool) -> int:
    walk, answered = _Walk(run_id), 0
    while True:
        answers = pool.take()
        answered += len(answers)
        if not stop.is_set():
            walk.judge()
        room = CLAIMED_TIMES * pool.size - pool.under_way
        if walk.goes_on and room >= pool.size // 2 and not stop.is_set():
            with transaction() as session:
                attempts = walk.claim(session, room)
            pool.give(attempts)
        if answers:
            with transaction() as session:
                record_answers(session, answers)
        if not pool.under_way and (stop.is_set() or not walk.goes_on):
            return answered
