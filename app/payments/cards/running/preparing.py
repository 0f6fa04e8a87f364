"""Preparing a run: two people approve what is charged when; then everybody is told, and the day is waited for."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.core.settings import settings
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words, day, money, whole
from app.members.models import Person
from app.members.roles import Role
from app.payments.cards.running.dues import due_by
from app.payments.cards.running.models import ChargeRun, ChargeRunMove
from app.payments.cards.running.purposes import title_of, zone_of
from app.payments.cards.running.states import RunState, move

START = "charge-run:start"
NOTICE_JOB = "cards.announce"
ROLES = (Role.ORGANIZER, Role.TREASURER)
AHEAD_MAX = timedelta(days=180)


class TooSoon(Refusal):
    """Everybody is told in time before a card is charged."""

    message = N_("Everybody is told {days} days ahead: choose {earliest} or a later day.")
    field = "charge_on"


class TooFarAhead(Refusal):
    """A notice must not be forgotten when its day comes."""

    message = N_("That is too far ahead: choose {latest} or an earlier day.")
    field = "charge_on"


class NothingToCharge(Refusal):
    """No payment that is due has a card or account to charge."""

    message = N_("Nothing is due that has a card or account to charge.")
    status = 409


class RunGoesOn(Refusal):
    """One run at a time."""

    message = N_("There is a run for this that has not ended.")
    status = 409


class DueChanged(Refusal):
    """What was approved is not what would be charged."""

    message = N_("What is due is no longer what was proposed: {count} payments, {amount} in all. Propose it again.")
    status = 409


@dataclass(frozen=True)
class Due:
    """What a run would charge: how many payments, and how much in all."""

    count: int
    amount: Money


def due_of(session: Session, purpose: str, charge_on: date) -> Due | None:
    """What a run would charge on a day; None when there is nothing."""
    rows = due_by(session, purpose, charge_on).subquery()
    found = session.execute(
        select(rows.c.currency, func.count(), func.sum(rows.c.amount_cents)).group_by(rows.c.currency)
    ).all()
    assert len(found) <= 1, "a purpose has one currency"
    return Due(found[0][1], Money(int(found[0][2]), found[0][0])) if found else None


def earliest(session: Session, purpose: str) -> date:
    """The first day on which a run that is approved today may charge."""
    return clock.today(zone_of(session, purpose)) + timedelta(days=settings().charge_notice_days + 1)


def propose_run(session: Session, purpose: str, charge_on: date, *, by: Person, reason: str) -> Proposal:
    """Propose to announce and make a charge run; approved, it must still be for about the same sum."""
    due = _checked(session, purpose, charge_on)
    payload = {
        "purpose": purpose, "charge_on": charge_on.isoformat(), "count": due.count, "amount_cents": due.amount.minor,
        "currency": due.amount.currency, "reason": reason,
    }  # fmt: skip
    return propose(session, START, subject=purpose, payload=payload, by=by, reason=reason)


def prepare_run(
    session: Session,
    purpose: str,
    charge_on: date,
    *,
    by: int | None,
    reason: str,
    proposal: Proposal | None = None,
    at_most: Money | None = None,
) -> ChargeRun:
    """Begin a run: its notices are written by the job `cards.announce`, and it charges from `charge_on`.

    `at_most` is what two people approved: less may be charged, since people withdraw meanwhile, but not more.
    """
    one_at_a_time(session, f"charge run of {purpose}")
    due = _checked(session, purpose, charge_on)
    if at_most is not None and due.amount > at_most:
        raise DueChanged(count=due.count, amount=due.amount)
    run = ChargeRun(
        purpose=purpose,
        total_count=due.count,
        amount_cents=due.amount.minor,
        currency=due.amount.currency,
        charge_on=charge_on,
        proposal_id=proposal.id if proposal else None,
        proposed_by=proposal.proposed_by if proposal else None,
        approved_by=by,
        created_at=clock.now(),
    )
    session.add(run)
    session.flush()
    audit.record(
        session, audit.Tag.CHARGE_RUN_PREPARED, f"charge_run:{run.id}", by=by, reason=reason, count=due.count,
        amount_cents=due.amount.minor, charge_on=charge_on.isoformat(),
    )  # fmt: skip
    move(session, run, RunState.ANNOUNCING, by=by, reason=reason)
    jobs.defer(session, NOTICE_JOB, run_id=run.id, after=0)
    return run


def runs_of(session: Session, purpose: str) -> list[ChargeRun]:
    """The runs for a purpose, the newest first."""
    return list(session.scalars(select(ChargeRun).where(ChargeRun.purpose == purpose).order_by(ChargeRun.id.desc())))


def open_runs(session: Session) -> list[tuple[ChargeRun, RunState]]:
    """Every run that has not ended, with its state, the oldest first."""
    last = (
        select(ChargeRunMove.run_id, func.max(ChargeRunMove.id).label("id")).group_by(ChargeRunMove.run_id).subquery()
    )
    rows = session.execute(
        select(ChargeRun, ChargeRunMove.to_state)
        .join(last, last.c.run_id == ChargeRun.id)
        .join(ChargeRunMove, ChargeRunMove.id == last.c.id)
        .where(ChargeRunMove.to_state != RunState.ENDED)
        .order_by(ChargeRun.id)
    )
    return [(run, RunState(state)) for run, state in rows]


def _checked(session: Session, purpose: str, charge_on: date) -> Due:
    title_of(session, purpose)
    if any(run.purpose == purpose for run, _ in open_runs(session)):
        raise RunGoesOn
    first = earliest(session, purpose)
    if charge_on < first:
        raise TooSoon(days=settings().charge_notice_days, earliest=first)
    if charge_on > first + AHEAD_MAX:
        raise TooFarAhead(latest=first + AHEAD_MAX)
    due = due_of(session, purpose, charge_on)
    if due is None:
        raise NothingToCharge
    return due


def _start(session: Session, payload: dict[str, Any], by: int) -> None:
    proposal = session.scalars(
        select(Proposal)
        .where(Proposal.act == START, Proposal.subject == payload["purpose"])
        .order_by(Proposal.id.desc())
        .limit(1)
    ).one()
    prepare_run(
        session, payload["purpose"], date.fromisoformat(payload["charge_on"]), by=by, reason=payload["reason"],
        proposal=proposal, at_most=Money(payload["amount_cents"], payload["currency"]),
    )  # fmt: skip


def _purpose(told: Told) -> Words:
    return title_of(told.session, told.value)


_VALUES = (
    Value("purpose", N_("For"), _purpose),
    Value("charge_on", N_("Charged on"), day),
    Value("count", N_("Payments"), whole),
    Value("amount_cents", N_("In all"), money),
)
register(TwoPersonAct(START, N_("Announce and make a charge run"), ROLES, _start, values=_VALUES, unsaid=("currency",)))
