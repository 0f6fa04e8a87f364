"""Judging a run: it pauses by itself when too many charges are declined, fail without an answer, or are disputed."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.settings import settings
from app.payments.cards.models import CardPayment, ChargeAttempt, ChargeOutcome, Outcome
from app.payments.cards.returning.models import Dispute
from app.payments.cards.running.states import judged_since

LATEST = 500
"""How many of the latest outcomes a run is judged by."""
BAD = (Outcome.DECLINED, Outcome.REQUIRES_ACTION, Outcome.CANCELED)


@dataclass(frozen=True)
class Figures:
    """What a run is judged by: among its latest outcomes those declined and those without an answer; its disputes."""

    outcomes: int
    declined: int
    unanswered: int
    payments: int
    disputed: int


def verdict(figures: Figures) -> str | None:
    """Why a run must pause; None when it may go on. Too few outcomes say nothing."""
    limits = settings()
    if figures.outcomes >= limits.charge_judged_from:
        if _beyond(figures.declined, figures.outcomes, limits.charge_declined_percent_max):
            return N_("too many charges are declined")
        if _beyond(figures.unanswered, figures.outcomes, limits.charge_unanswered_percent_max):
            return N_("too many charges have no answer")
    enough = figures.payments >= limits.charge_judged_from
    if enough and _beyond(figures.disputed, figures.payments, limits.charge_disputed_percent_max):
        return N_("too many payments are disputed")
    return None


def figures_of(session: Session, run_id: int) -> Figures:
    """What a run is judged by now: since a person last let it go on, and by no more than its latest outcomes."""
    since = judged_since(session, run_id)
    latest = (
        select(ChargeOutcome.outcome)
        .join(ChargeAttempt, ChargeAttempt.id == ChargeOutcome.attempt_id)
        .where(ChargeAttempt.run_id == run_id)
        .order_by(ChargeOutcome.at.desc())
        .limit(LATEST)
    )
    disputes = (
        select(func.count(Dispute.id))
        .join(CardPayment, CardPayment.id == Dispute.card_payment_id)
        .join(ChargeAttempt, ChargeAttempt.id == CardPayment.attempt_id)
        .where(ChargeAttempt.run_id == run_id)
    )
    if since is not None:
        latest, disputes = latest.where(ChargeOutcome.at > since), disputes.where(Dispute.opened_at > since)
    found, disputed = list(session.scalars(latest)), session.execute(disputes).scalar_one()
    return Figures(
        outcomes=len(found),
        declined=sum(outcome in BAD for outcome in found),
        unanswered=found.count(Outcome.UNKNOWN),
        payments=_attempts(session, run_id) if disputed else 0,
        disputed=disputed,
    )


def _attempts(session: Session, run_id: int) -> int:
    return session.execute(select(func.count()).where(ChargeAttempt.run_id == run_id)).scalar_one()


def _beyond(part: int, whole: int, percent: int) -> bool:
    return part * 100 > whole * percent
