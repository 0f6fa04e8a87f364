"""Signing a close: one person explains what remains and proposes, another one approves exactly that."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, InvalidInput, Refusal
from app.core.language import day
from app.ledger.closing import ClosedAlready, ClosesTheFuture, close_period, closed_until, hold_entries
from app.ledger.models import Entry
from app.members.approvals.about import About, tell_of
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words
from app.members.models import Person
from app.members.roles import Role
from app.reconciliation.closing.keeping import keep_items
from app.reconciliation.closing.models import PeriodReconciliation
from app.reconciliation.closing.reckoning import Reckoning, fingerprint, reckon
from app.reconciliation.closing.sections import SECTIONS
from app.reconciliation.models import BankLine

ACT = "books.close"
ROLES = (Role.TREASURER, Role.ORGANIZER)
WORDS_LEAST = 10


class NotTheEndOfAMonth(Refusal):
    """Books are closed month by month."""

    message = N_("{until} is not the last day of a month. Close whole months.")
    field = "until"


class Unexplained(Refusal):
    """What remains needs words."""

    message = N_("Explain what remains in a sentence: what it is, and when it will be settled.")


class ChangedSince(Refusal):
    """Between proposal and approval something was booked or matched."""

    message = N_(
        "The items have changed since the close was proposed. Refuse the proposal, look at them, and propose it anew."
    )
    status = 409


def months_open(session: Session) -> list[date]:
    """The last days of months that are over and not closed, the earliest first."""
    before = closed_until(session)
    first = before + timedelta(days=1) if before else _first_day(session)
    found: list[date] = []
    while first is not None and (end := end_of_month(first)) < clock.today():
        found.append(end)
        first = end + timedelta(days=1)
    return found


def end_of_month(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def place_of(section: str, bucket: str) -> str:
    """How a bucket is named in explanations."""
    return f"{section}.{bucket}"


def field_of(section: str, bucket: str) -> str:
    """How the field of a bucket's explanation is named in forms."""
    return f"explain_{section}_{bucket}"


def propose_close(
    session: Session, until: date, explanations: Mapping[str, str], *, by: Person, reason: str
) -> Proposal:
    """Propose to close a month; `explanations` by `section.bucket` say what remains in each bucket that is left.

    Raises `NotTheEndOfAMonth`, `ClosedAlready`, `ClosesTheFuture`, and for each that has no words `Unexplained`.
    """
    _refuse_day(session, until)
    reckoning = reckon(session, until)
    said = _said(reckoning, explanations)
    payload = {
        "until": until.isoformat(),
        "explanations": said,
        "sha256": fingerprint(reckoning.facts()),
        "proposed_by": by.id,
        "reason": reason.strip(),
    }
    return propose(session, ACT, subject=f"period:{until}", payload=payload, by=by, reason=reason)


def closes(session: Session) -> list[PeriodReconciliation]:
    """Every close that was signed with its reckoning, the latest first."""
    wanted = select(PeriodReconciliation).order_by(PeriodReconciliation.period_closing_id.desc())
    return list(session.scalars(wanted))


def _refuse_day(session: Session, until: date) -> None:
    if until != end_of_month(until):
        raise NotTheEndOfAMonth(until=until)
    before = closed_until(session)
    if before is not None and until <= before:
        raise ClosedAlready(until=before)
    if until >= clock.today():
        raise ClosesTheFuture(until=until)


def _said(reckoning: Reckoning, explanations: Mapping[str, str]) -> dict[str, str]:
    said: dict[str, str] = {}
    missing: dict[str, str | Refusal] = {}
    for section, filled in reckoning.remaining:
        place = place_of(section.name, filled.bucket.name)
        said[place] = explanations.get(place, "").strip()
        if len(said[place]) < WORDS_LEAST:
            missing[field_of(section.name, filled.bucket.name)] = Unexplained()
    if missing:
        raise InvalidInput(missing)
    return said


def _first_day(session: Session) -> date | None:
    days = session.execute(
        select(
            select(func.min(Entry.effective_on)).scalar_subquery(),
            select(func.min(BankLine.booked_on)).scalar_subquery(),
        )
    ).one()
    return min((day for day in days if day is not None), default=None)


def _close(session: Session, payload: dict[str, Any], by: int) -> None:
    until = date.fromisoformat(payload["until"])
    _refuse_day(session, until)
    hold_entries(session)
    reckoning = reckon(session, until)
    facts = reckoning.facts()
    if fingerprint(facts) != payload["sha256"]:
        raise ChangedSince
    row = close_period(session, until, by=by, proposed_by=payload["proposed_by"], reason=payload["reason"])
    kept = PeriodReconciliation(
        period_closing_id=row.id,
        facts=facts,
        facts_sha256=payload["sha256"],
        explanations=payload["explanations"],
        reckoned_at=clock.now(),
    )
    session.add(kept)
    session.flush()
    assert keep_items(session, row, reckoning.since).items == reckoning.count, "each item was counted in its bucket"
    audit.record(session, audit.Tag.PERIOD_CLOSED, f"period:{until}", by=by, reason=payload["reason"])


def _about(_session: Session, until: str, lang: str) -> About | None:
    return About(day(date.fromisoformat(until), lang), f"/desk/closing?until={until}")


tell_of("period", _about)


def _explained(told: Told) -> Words:
    titles = {place_of(section.name, bucket.name): bucket.title for section in SECTIONS for bucket in section.buckets}
    return [f"{told.label(titles[place])}: {words}" for place, words in told.value.items()]


_VALUES = (
    Value("explanations", N_("What remains, explained"), _explained),
    Value("sha256", N_("Hash of the reckoning")),
)
register(TwoPersonAct(ACT, N_("Close the books of a month"), ROLES, _close, values=_VALUES, unsaid=("until",)))
