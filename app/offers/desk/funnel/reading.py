"""Reading the funnel: how many saw, began, confirmed and paid on each day, and what part went on to the next step."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.offers.desk.models import FunnelCount, Stage
from app.offers.models import Offer, Pledge, PledgeMove, PledgeState

SPANS = (7, 30, 90)
STAGES = ("seen", "started", "confirmed", "paid")
TITLES = {
    "seen": N_("Saw the page"),
    "started": N_("Began the form"),
    "confirmed": N_("Confirmed"),
    "paid": N_("Paid in full"),
}

# A pledge is paid on the day of the entry with which what is held for it reaches its amount.
_PAID = text("""
    WITH touched AS (
        SELECT DISTINCT p.account_id, g.amount_cents, g.currency FROM entry e
        JOIN posting p ON p.entry_id = e.id JOIN account a ON a.id = p.account_id AND a.kind = 'subscriptions_held'
        JOIN pledge g ON a.subject = 'request:' || g.payment_request_id AND g.offer_id = :offer_id
        WHERE e.effective_on >= :since
    ), running AS (
        SELECT e.effective_on AS day, t.amount_cents, p.account_id,
            -sum(p.amount) OVER (PARTITION BY p.account_id ORDER BY p.id) AS held, -p.amount AS change
        FROM touched t JOIN posting p ON p.account_id = t.account_id AND p.unit = t.currency
        JOIN entry e ON e.id = p.entry_id
    ), reached AS (
        SELECT account_id, min(day) AS day FROM running
        WHERE held >= amount_cents AND held - change < amount_cents GROUP BY account_id
    )
    SELECT day, count(*) FROM reached WHERE day >= :since GROUP BY day
""")


@dataclass(frozen=True)
class Day:
    """How often each stage was reached on a day (UTC)."""

    on: date
    counts: dict[str, int]


@dataclass(frozen=True)
class Funnel:
    """The days of a span, oldest first, and the sums of each stage."""

    days: list[Day]
    sums: dict[str, int]

    def part(self, stage: str) -> Fraction | None:
        """What part of those at the stage before went on to this one; None where nobody was there."""
        before = self.sums[STAGES[STAGES.index(stage) - 1]] if stage != STAGES[0] else 0
        return Fraction(self.sums[stage], before) if before else None


def funnel(session: Session, offer: Offer, span: int) -> Funnel:
    """The funnel of an offer over the last days, today included."""
    today = clock.today()
    since = today - timedelta(days=span - 1)
    found = {"confirmed": _confirmed(session, offer, since), "paid": _paid(session, offer, since)}
    found |= {stage.value: _counted(session, offer, stage, since) for stage in Stage}
    days = [since + timedelta(days=number) for number in range(span)]
    rows = [Day(day, {stage: found[stage].get(day, 0) for stage in STAGES}) for day in days]
    return Funnel(rows, {stage: sum(row.counts[stage] for row in rows) for stage in STAGES})


def _counted(session: Session, offer: Offer, stage: Stage, since: date) -> dict[date, int]:
    rows = session.execute(
        select(FunnelCount.day, func.sum(FunnelCount.count))
        .where(FunnelCount.offer_id == offer.id, FunnelCount.stage == stage.value, FunnelCount.day >= since)
        .group_by(FunnelCount.day)
    )
    return {day: int(many) for day, many in rows}


def _confirmed(session: Session, offer: Offer, since: date) -> dict[date, int]:
    day, start = func.date(PledgeMove.at), datetime.combine(since, time(), UTC)
    rows = session.execute(
        select(day, func.count())
        .join(Pledge, Pledge.id == PledgeMove.pledge_id)
        .where(Pledge.offer_id == offer.id, PledgeMove.to_state == PledgeState.CONFIRMED, PledgeMove.at >= start)
        .group_by(day)
    )
    return {on: int(many) for on, many in rows}


def _paid(session: Session, offer: Offer, since: date) -> dict[date, int]:
    return {day: int(many) for day, many in session.execute(_PAID, {"offer_id": offer.id, "since": since})}
