"""Dating a pledge: the days of its instalments, and until when it can be cancelled, reflected on and withdrawn."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.money import Money
from app.law import windows
from app.law.profiles import Profile
from app.offers.ending import closes_at
from app.offers.models import OfferState, OfferTerms, PayWhen, Pledge, PledgeMove, PledgeState
from app.offers.pledging.judging import law_of
from app.payments.models import Instalment
from app.payments.requesting import held, instalments_of, schedule

LINK_LASTS = timedelta(days=7)
"""So long the link of a letter confirms what was sent with a form."""
TIME_TO_PAY = timedelta(days=14)
"""After so long the first of several payments is due; a single one is due when the offer ends."""


@dataclass(frozen=True)
class Windows:
    """Until when a pledge can be withdrawn, each a moment or None; `zone` is that in which people are told of it.

    `cancel_until` ends the right to cancel before the deadline; within `reflect_until` nothing needs to be said, even
    if the offer closes meanwhile.
    """

    cancel_until: datetime | None
    reflect_until: datetime | None
    zone: str


def last_day(terms: OfferTerms) -> date:
    """The last day on which an instalment may be due, in the offer's zone: money is collected until then."""
    end = terms.deadline_at + timedelta(days=terms.collecting_days)
    return end.astimezone(ZoneInfo(terms.zone)).date()


def days_of(terms: OfferTerms, count: int, start: date) -> list[date]:
    """On which days so many payments are due for a pledge of a day; one payment has until the deadline."""
    if count == 1:
        return [terms.deadline_at.astimezone(ZoneInfo(terms.zone)).date()]
    first = min(start + TIME_TO_PAY, last_day(terms))
    return [months_after(first, number * terms.instalment_months) for number in range(count)]


def parts_of(terms: OfferTerms, amount: Money, count: int, start: date) -> list[tuple[date, Money]]:
    """The payments of an amount: each with its day; they sum to the amount."""
    return list(zip(days_of(terms, count, start), amount.split([1] * count), strict=True))


def parts_possible(terms: OfferTerms, start: date, amount: Money | None = None) -> int:
    """How many payments (of an amount) the terms offer that all fall due in time, none of nothing; at least one."""
    most = max(min(terms.instalments_max, terms.instalments_max if amount is None else amount.minor), 1)
    while most > 1 and days_of(terms, most, start)[-1] > last_day(terms):
        most -= 1
    return most


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def schedule_parts(session: Session, pledge: Pledge, start: date) -> list[Instalment]:
    """Say when the payments of a confirmed pledge are due; said once, later calls give the same."""
    assert pledge.request is not None, "a pledge to be paid has a request"
    return schedule(session, pledge.request, parts_of(pledge.terms, pledge.amount, pledge.instalments, start))


def schedule_at_once(session: Session, pledge: Pledge) -> None:
    """Schedule a pledge that is paid from now on; one that is paid when the target is reached waits for that."""
    if pledge.terms.pay_when == PayWhen.AT_ONCE:
        schedule_parts(session, pledge, clock.today(pledge.terms.zone))


def parts_paid(session: Session, pledge: Pledge) -> list[tuple[Instalment, Money]]:
    """The payments of a pledge in order, each with how much of it has arrived: money fills them one by one."""
    if pledge.request is None:
        return []
    left = held(session, pledge.request)
    if pledge.state == PledgeState.ALLOTTED:
        left = pledge.amount
    found = []
    for part in instalments_of(session, pledge.request):
        paid = Money(min(left.minor, part.amount_cents), part.currency)
        left = left - paid
        found.append((part, paid))
    return found


def confirmed_at(session: Session, pledge: Pledge) -> datetime | None:
    """When a pledge was confirmed."""
    return session.scalars(
        select(PledgeMove.at)
        .where(PledgeMove.pledge_id == pledge.id, PledgeMove.to_state == PledgeState.CONFIRMED)
        .order_by(PledgeMove.id)
        .limit(1)
    ).first()


def windows_of(session: Session, pledge: Pledge) -> Windows:
    """The windows of a confirmed pledge by the law of its offer."""
    law, since = law_of(session, pledge.terms), confirmed_at(session, pledge) or clock.now()
    return windows_by(law, pledge.terms, since, closes_at(session, pledge.offer))


def windows_by(law: Profile | None, terms: OfferTerms, since: datetime, closes: datetime) -> Windows:
    """The windows that a law opens for a pledge confirmed at a moment, in an offer that closes at another."""
    cancel = reflect = None
    if law is not None and "cancel" in law.values:
        cancel = datetime.fromisoformat(str(windows.cancellation(law, closes, since).answers["until"]))
    if law is not None and "reflection" in law.values:
        reflect = datetime.fromisoformat(str(windows.reflection(law, since, since).answers["until"]))
    return Windows(cancel, reflect, law.zone if law is not None else terms.zone)


def reflecting(session: Session, pledge: Pledge) -> bool:
    """Whether the time in which a pledge may be withdrawn freely has not passed: it must not be settled before."""
    until = windows_of(session, pledge).reflect_until
    return until is not None and clock.now() < until


def may_withdraw(session: Session, pledge: Pledge) -> bool:
    """Whether its supporter may withdraw a pledge now."""
    if pledge.state != PledgeState.CONFIRMED:
        return False
    state, open_windows = pledge.offer.state, windows_of(session, pledge)
    if open_windows.reflect_until is not None and clock.now() < open_windows.reflect_until:
        return state in (OfferState.OPEN, OfferState.TALLYING, OfferState.COLLECTING, OfferState.SHORT)
    over = open_windows.cancel_until is not None and clock.now() > open_windows.cancel_until
    return state == OfferState.OPEN and not over
