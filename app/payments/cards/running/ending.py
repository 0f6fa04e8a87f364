"""Ending: a run that goes wrong pauses, a trial is judged before the next stage, and a run that is done ends."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import clock
from app.core.database import transaction
from app.core.errors import N_
from app.core.settings import settings
from app.payments.cards.running.judging import figures_of, verdict
from app.payments.cards.running.models import ChargeRun
from app.payments.cards.running.states import STAGES, RunState, cap_of, locked_run, move, state_of

LATE = timedelta(days=30)
"""A notice that has not left so long after the day of the charge keeps no run open."""

# Attempts of a run of which nothing final and nothing waiting for a person or a bank is known.
_IN_DOUBT = text("""
    SELECT EXISTS (
        SELECT FROM open_attempt o JOIN charge_attempt a ON a.id = o.attempt_id
        LEFT JOIN LATERAL (
            SELECT outcome FROM charge_outcome WHERE attempt_id = a.id ORDER BY seq DESC LIMIT 1
        ) AS last ON true
        WHERE a.run_id = :run AND coalesce(last.outcome, 'no answer') = 'no answer'
    )
""")
_BEGUN = text("SELECT count(*) FROM (SELECT FROM charge_attempt WHERE run_id = :run LIMIT :cap) AS begun")
# Notices that left, but not long enough ago, or that still wait to leave.
_TO_COME = text("""
    SELECT EXISTS (
        SELECT FROM charge_notice n JOIN instalment i ON i.id = n.instalment_id
        LEFT JOIN letter_sent s ON s.letter_id = n.letter_id
        LEFT JOIN letter_posted p ON p.letter_id = n.letter_id
        WHERE n.run_id = :run
            AND NOT EXISTS (SELECT FROM charge_attempt a WHERE a.instalment_id = n.instalment_id)
            AND NOT EXISTS (
                SELECT FROM payment_request_end e WHERE e.payment_request_id = i.payment_request_id
            )
            AND NOT (coalesce(s.sent_at < :told_before, false) OR coalesce(p.posted_on <= :told_on, false))
    )
""")


def told_by(today: date) -> dict[str, object]:
    """Until when a notice must have left for a charge on a day: `told_on` its last day, `told_before` the end of it."""
    told_on = today - timedelta(days=settings().charge_notice_days)
    return {"told_on": told_on, "told_before": datetime.combine(told_on + timedelta(days=1), time(), UTC)}


def judge(run_id: int) -> bool:
    """Pause a run that goes wrong; whether it still charges."""
    with transaction() as session:
        if state_of(session, run_id) not in STAGES:
            return False
        reason = verdict(figures_of(session, run_id))
        if reason is None:
            return True
        run = locked_run(session, run_id)
        if state_of(session, run_id) in STAGES:
            move(session, run, RunState.PAUSED, by=None, reason=reason)
    return False


def advance(run_id: int) -> bool:
    """Take a run that has nothing to claim to its next stage, or end it; whether there is more to claim now."""
    with transaction() as session:
        run = locked_run(session, run_id)
        state = state_of(session, run_id)
        if state not in STAGES or session.execute(_IN_DOUBT, {"run": run_id}).scalar_one():
            return False
        cap = cap_of(state)
        if cap is not None and session.execute(_BEGUN, {"run": run_id, "cap": cap}).scalar_one() >= cap:
            reason = verdict(figures_of(session, run_id))
            if reason is not None:
                move(session, run, RunState.PAUSED, by=None, reason=reason)
                return False
            move(session, run, STAGES[STAGES.index(state) + 1], by=None, reason=N_("the trial went well"))
            return True
        _end_when_done(session, run)
        return False


def _end_when_done(session: Session, run: ChargeRun) -> None:
    today = clock.today()
    waits = session.execute(_TO_COME, {"run": run.id, **told_by(today)}).scalar_one()
    if not waits or today > run.charge_on + LATE:
        move(session, run, RunState.ENDED, by=None, reason=N_("everything was tried that can be charged"))
