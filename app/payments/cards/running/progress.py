"""Progress of a run: what is charged, declined, waiting, and how long the rest takes."""

import time
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import clock
from app.core.money import Money
from app.payments.cards.declines import AUTHENTICATION
from app.payments.cards.running.models import ChargeRun
from app.payments.cards.running.states import STAGES, RunState, state_of

WINDOW = timedelta(seconds=60)
STANDS_TIMES = 20
"""A count that took a second stands for so many seconds: counting millions must not slow down charging them."""


@dataclass(frozen=True)
class Progress:
    """Where a run stands; `rest_seconds` is None where nobody can say.

    Of those declined, `recovered` were paid since by card and `asking` wait until their people confirm at their banks.
    """

    state: RunState
    total: int
    notices: int
    attempts: int
    succeeded: int
    declined: int
    asking: int
    recovered: int
    waiting: int
    charged: Money
    per_minute: int
    rest_seconds: int | None

    @property
    def done_permille(self) -> int:
        """How much of the run was tried, in thousandths."""
        return min(1000, 1000 * self.attempts // self.total) if self.total else 1000


_COUNT = text("""
    SELECT count(*) AS attempts, count(p.id) AS succeeded, coalesce(sum(p.amount_cents), 0) AS charged,
        count(*) FILTER (WHERE p.id IS NULL AND o.attempt_id IS NOT NULL) AS waiting
    FROM charge_attempt a LEFT JOIN card_payment p ON p.attempt_id = a.id
    LEFT JOIN open_attempt o ON o.attempt_id = a.id
    WHERE a.run_id = :run
""")
_DECLINED = text("""
    SELECT count(*) FILTER (WHERE paid) AS recovered, count(*) FILTER (WHERE asks AND NOT paid) AS asking FROM (
        SELECT EXISTS (SELECT FROM card_payment p WHERE p.instalment_id = a.instalment_id) AS paid, EXISTS (
            SELECT FROM charge_outcome o
            WHERE o.attempt_id = a.id AND (o.code = ANY(:asks) OR o.decline_code = ANY(:asks))
        ) AS asks
        FROM charge_attempt a WHERE a.run_id = :run
            AND NOT EXISTS (SELECT FROM card_payment p WHERE p.attempt_id = a.id)
    ) AS declined
""")
_NOTICES = text("SELECT count(*) FROM charge_notice WHERE run_id = :run")
_RECENT = text("""
    SELECT count(DISTINCT o.attempt_id) FROM charge_outcome o JOIN charge_attempt a ON a.id = o.attempt_id
    WHERE a.run_id = :run AND o.at > :since
""")

_counted: dict[int, tuple[float, Progress]] = {}
_lock = Lock()


def progress_of(session: Session, run: ChargeRun) -> Progress:
    """Where a run stands; counts of a long run may be some seconds old."""
    state = state_of(session, run.id)
    with _lock:
        until, known = _counted.get(run.id, (0.0, None))
    if known is not None and known.state == state and time.monotonic() < until:
        return known
    began = time.monotonic()
    found = _progress(session, run, state)
    took = time.monotonic() - began
    with _lock:
        _counted[run.id] = (time.monotonic() + (STANDS_TIMES * took if took > 0.1 else 0), found)
    return found


def _progress(session: Session, run: ChargeRun, state: RunState) -> Progress:
    counts = session.execute(_COUNT, {"run": run.id}).one()
    declined = session.execute(_DECLINED, {"run": run.id, "asks": list(AUTHENTICATION)}).one()
    notices = session.execute(_NOTICES, {"run": run.id}).scalar_one()
    recent = session.execute(_RECENT, {"run": run.id, "since": clock.now() - WINDOW}).scalar_one()
    left = max(0, notices - counts.attempts)
    rest = None if state not in STAGES or not recent else left * int(WINDOW.total_seconds()) // recent
    return Progress(
        state=state,
        total=run.total_count,
        notices=notices,
        attempts=counts.attempts,
        succeeded=counts.succeeded,
        declined=counts.attempts - counts.succeeded - counts.waiting,
        asking=declined.asking,
        recovered=declined.recovered,
        waiting=counts.waiting,
        charged=Money(int(counts.charged), run.currency),
        per_minute=recent,
        rest_seconds=rest,
    )
