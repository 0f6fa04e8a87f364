"""States of a run: it announces, waits for its day, tries a few, tries more, and charges the rest; or it is paused."""

from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.settings import settings
from app.payments.cards.running.models import ChargeRun, ChargeRunMove


class RunState(StrEnum):
    """Where a run stands."""

    ANNOUNCING = N_("announcing")
    WAITING = N_("waiting for its day")
    FIRST = N_("first trial")
    SECOND = N_("second trial")
    REST = N_("charging the rest")
    PAUSED = N_("paused")
    ENDED = N_("ended")


STAGES = (RunState.FIRST, RunState.SECOND, RunState.REST)


class NoSuchRun(Refusal):
    """The run does not exist."""

    message = N_("There is no such charge run.")
    status = 404


class NotCharging(Refusal):
    """Only what goes on can be paused."""

    message = N_("This run is not charging; it cannot be paused.")
    status = 409


class NotPaused(Refusal):
    """Only what was paused can go on."""

    message = N_("This run is not paused.")
    status = 409


class RunOver(Refusal):
    """The run has ended."""

    message = N_("This run has ended.")
    status = 409


class RunReasonMissing(Refusal):
    """A run is paused, resumed and ended with a reason."""

    message = N_("Say why; it is kept with the run.")
    field = "reason"


def locked_run(session: Session, run_id: int) -> ChargeRun:
    """The run under lock: whoever judges its state takes this first."""
    run = session.scalars(select(ChargeRun).where(ChargeRun.id == run_id).with_for_update(key_share=True)).first()
    if run is None:
        raise NoSuchRun
    return run


def moves_of(session: Session, run_id: int) -> list[ChargeRunMove]:
    """Every move of a run, the oldest first."""
    return list(session.scalars(select(ChargeRunMove).where(ChargeRunMove.run_id == run_id).order_by(ChargeRunMove.id)))


def state_of(session: Session, run_id: int) -> RunState:
    """Where a run stands now."""
    last = session.scalars(
        select(ChargeRunMove.to_state).where(ChargeRunMove.run_id == run_id).order_by(ChargeRunMove.id.desc()).limit(1)
    ).one()
    return RunState(last)


def move(session: Session, run: ChargeRun, to: RunState, *, by: int | None, reason: str) -> None:
    """Note a change of state; the run is locked by the caller."""
    session.add(ChargeRunMove(run_id=run.id, to_state=to, reason=reason, at=clock.now(), by=by))
    session.flush()
    audit.record(session, audit.Tag.CHARGE_RUN_MOVED, f"charge_run:{run.id}", by=by, reason=reason, to_state=to.value)


def pause(session: Session, run_id: int, *, by: int | None, reason: str) -> ChargeRun:
    """Charge no more from now on; what has left for the processor is still answered."""
    run = locked_run(session, run_id)
    if not reason.strip():
        raise RunReasonMissing
    if state_of(session, run_id) not in (RunState.WAITING, *STAGES):
        raise NotCharging
    move(session, run, RunState.PAUSED, by=by, reason=reason.strip())
    return run


def resume(session: Session, run_id: int, *, by: int | None, reason: str) -> ChargeRun:
    """Go on where a run was paused; what it is judged by begins anew."""
    run = locked_run(session, run_id)
    if not reason.strip():
        raise RunReasonMissing
    if state_of(session, run_id) != RunState.PAUSED:
        raise NotPaused
    before = [each.to_state for each in moves_of(session, run_id) if each.to_state != RunState.PAUSED][-1]
    move(session, run, RunState(before), by=by, reason=reason.strip())
    return run


def end(session: Session, run_id: int, *, by: int | None, reason: str) -> ChargeRun:
    """End a run for good; what it has not charged is not charged by it."""
    run = locked_run(session, run_id)
    if not reason.strip():
        raise RunReasonMissing
    if state_of(session, run_id) == RunState.ENDED:
        raise RunOver
    move(session, run, RunState.ENDED, by=by, reason=reason.strip())
    return run


def judged_since(session: Session, run_id: int) -> datetime | None:
    """Since when a run is judged: since it last went on after a pause, as somebody has seen what came before."""
    moves = moves_of(session, run_id)
    resumed = [after.at for before, after in pairwise(moves) if before.to_state == RunState.PAUSED]
    return resumed[-1] if resumed else None


def cap_of(state: RunState) -> int | None:
    """How many attempts a run may have begun in a state; None is without end."""
    first, second = settings().charge_trials
    return {RunState.FIRST: first, RunState.SECOND: first + second}.get(state)
