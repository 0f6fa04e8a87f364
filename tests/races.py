"""Races: acts at the same moment, each in a thread and a transaction of its own."""

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.database import reading, transaction
from app.core.errors import Refusal

Act = Callable[[Session], Any]
PATIENCE_SECONDS = 30

_WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid = :pid AND wait_event_type = 'Lock'
"""


class _Runner(threading.Thread):
    """One act in its own transaction, after `start_when` let it; its result, or the refusal."""

    def __init__(self, act: Act, barrier: threading.Barrier | None = None) -> None:
        super().__init__(daemon=True)
        self.pid, self.outcome, self.error = 0, None, None
        self._act, self._barrier, self._context = act, barrier, copy_context()

    def run(self) -> None:
        self._context.run(self._perform)

    def _perform(self) -> None:
        try:
            with transaction() as session:
                self.pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
                if self._barrier is not None:
                    self._barrier.wait(PATIENCE_SECONDS)
                self.outcome = self._act(session)
        except Refusal as refusal:
            self.outcome = refusal
        except BaseException as error:
            self.error = error

    def result(self) -> Any:
        self.join(PATIENCE_SECONDS)
        assert not self.is_alive(), "the act never ended"
        if self.error is not None:
            raise self.error
        return self.outcome


def at_once(*acts: Act) -> list[Any]:
    """Start all acts at the same moment; what each returned, or the refusal that it met."""
    barrier = threading.Barrier(len(acts))
    runners = [_Runner(act, barrier) for act in acts]
    for runner in runners:
        runner.start()
    return [runner.result() for runner in runners]


def overlapping(first: Act, second: Act) -> tuple[Any, Any]:
    """Start `second` when `first` has acted but not committed, and commit once `second` waits for it or has ended.

    What each returned, or the refusal that `second` met.
    """
    runner = _Runner(second)
    with transaction() as session:
        outcome = first(session)
        session.flush()
        runner.start()
        while not _waits_or_ended(runner):
            runner.join(0.01)
    return outcome, runner.result()


def _waits_or_ended(runner: _Runner) -> bool:
    if not runner.is_alive():
        return True
    with reading() as session:
        return bool(runner.pid and session.execute(text(_WAITING), {"pid": runner.pid}).scalar_one())
