"""Reminding: an organizer starts it, the worker writes the letters in batches, judging everyone again then."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.letters.models import Letter
from app.letters.writing import write
from app.offers.desk.models import Reminder, ReminderKind, ReminderRun
from app.offers.desk.reminders.judging import (
    Verdict,
    candidates,
    manners_of,
    payments_behind,
    verdict,
)
from app.offers.drafting import find_offer
from app.offers.models import Offer, OfferState, Pledge
from app.offers.pledging.judging import takes_pledges
from app.offers.tallying import paid_on

JOB = "offers.remind"
AT_ONCE = 200
SAMPLE = 10
LETTERS = {ReminderKind.CONFIRM: "remind-confirm", ReminderKind.PAY: "remind-pay"}


class NothingToRemind(Refusal):
    """The offer is at a point where there is nothing to urge anybody to."""

    message = N_("This offer takes no pledges and no payments now. Nobody is reminded.")
    status = 409


class NobodyToRemind(Refusal):
    """There is nobody who may be reminded."""

    message = N_("There is nobody who may be reminded now.")
    status = 409


class ReminderReasonMissing(Refusal):
    """For the record."""

    message = N_("Say why, for the record.")
    field = "reason"


@dataclass(frozen=True)
class Outlook:
    """Who would be reminded and who not, and why: how many of each verdict, and the first pledges of each."""

    kind: ReminderKind
    counts: dict[Verdict, int]
    samples: dict[Verdict, list[Pledge]]

    @property
    def reminded(self) -> int:
        """How many would get a letter."""
        return self.counts.get(Verdict.REMIND, 0)


def outlook(session: Session, offer: Offer, kind: ReminderKind) -> Outlook:
    """What starting reminders now would do."""
    judged = verdict(kind, manners_of(session, offer), clock.now(), clock.today(offer.terms.zone)).label("verdict")
    found = select(Pledge.id, judged).where(candidates(offer, kind)).cte("judged")
    counts = {
        Verdict[name]: count
        for name, count in session.execute(select(found.c.verdict, func.count()).group_by(found.c.verdict))
    }
    samples = {}
    for each in counts:
        ids = select(found.c.id).where(found.c.verdict == each.name).order_by(found.c.id.desc()).limit(SAMPLE)
        samples[each] = list(session.scalars(select(Pledge).where(Pledge.id.in_(ids)).order_by(Pledge.id.desc())))
    return Outlook(kind, {each: counts[each] for each in reversed(Verdict) if each in counts}, samples)


def start_reminders(session: Session, slug: str, kind: ReminderKind, *, by: int, reason: str) -> ReminderRun:
    """Have everyone reminded who may be; the job `offers.remind` writes the letters."""
    offer = find_offer(session, slug)
    _refuse_wrong_time(session, offer, kind)
    if not reason.strip():
        raise ReminderReasonMissing
    many = outlook(session, offer, kind).reminded
    if not many:
        raise NobodyToRemind
    run = ReminderRun(
        offer_id=offer.id, kind=kind.value, reason=reason.strip()[:500], started_at=clock.now(), started_by=by
    )
    session.add(run)
    session.flush()
    audit.record(
        session,
        audit.Tag.REMINDERS_STARTED,
        f"offer:{offer.id}",
        by=by,
        reason=run.reason,
        kind=kind.value,
        people=many,
    )
    jobs.defer(session, JOB, run_id=run.id)
    return run


def remind_next(session: Session, run_id: int) -> None:
    """Write the next letters of a run, then put itself in the queue again until nobody is left."""
    run = session.get_one(ReminderRun, run_id)
    offer, kind = session.get_one(Offer, run.offer_id), ReminderKind(run.kind)
    one_at_a_time(session, f"reminders of offer {offer.id}")
    try:
        _refuse_wrong_time(session, offer, kind)
    except Refusal:  # the offer closed meanwhile: the rest of the run has lost its reason
        return
    judged = verdict(kind, manners_of(session, offer), clock.now(), clock.today(offer.terms.zone))
    done = select(Reminder.pledge_id).where(Reminder.run_id == run.id)
    pledges = session.scalars(
        select(Pledge)
        .where(candidates(offer, kind), judged == Verdict.REMIND.name, Pledge.id.not_in(done))
        .order_by(Pledge.id)
        .limit(AT_ONCE)
        .with_for_update(of=Pledge)
    ).all()
    for pledge in pledges:
        letter = _letter(session, kind, pledge)
        session.add(Reminder(run_id=run.id, pledge_id=pledge.id, letter_id=letter.id, written_at=clock.now()))
    session.flush()
    if len(pledges) == AT_ONCE:
        jobs.defer(session, JOB, run_id=run.id)


def runs_of(session: Session, offer: Offer) -> list[tuple[ReminderRun, int]]:
    """The latest runs of an offer, each with how many letters it has written."""
    written = select(func.count(Reminder.id)).where(Reminder.run_id == ReminderRun.id).correlate(ReminderRun)
    rows = session.execute(
        select(ReminderRun, written.scalar_subquery())
        .where(ReminderRun.offer_id == offer.id)
        .order_by(ReminderRun.id.desc())
        .limit(20)
    )
    return [(run, count) for run, count in rows]


def wrong_time(session: Session, offer: Offer, kind: ReminderKind) -> Refusal | None:
    """Why nobody is reminded of this now, or None."""
    if kind == ReminderKind.CONFIRM and not takes_pledges(offer):
        return NothingToRemind()
    if kind == ReminderKind.PAY and offer.state not in (OfferState.OPEN, OfferState.COLLECTING):
        return NothingToRemind()
    return payments_behind(session) if kind == ReminderKind.PAY else None


def _refuse_wrong_time(session: Session, offer: Offer, kind: ReminderKind) -> None:
    if refusal := wrong_time(session, offer, kind):
        raise refusal


def _letter(session: Session, kind: ReminderKind, pledge: Pledge) -> Letter:
    terms = pledge.terms
    facts: dict[str, Any] = {
        "offer_title": terms.title,
        "shares": pledge.shares,
        "amount_minor": pledge.amount_cents,
        "currency": pledge.currency,
    }
    if kind == ReminderKind.CONFIRM:
        return write(session, LETTERS[kind], pledge.email, pledge.language, link_id=pledge.id, **facts)
    assert pledge.person is not None and pledge.request is not None, "a confirmed pledge has both"
    return write(
        session,
        LETTERS[kind],
        pledge.person.email,
        pledge.person.language,
        person_id=pledge.person.id,
        reference=pledge.request.reference,
        paid_minor=paid_on(session, pledge).minor,
        pay_by=terms.deadline_at.isoformat(),
        zone=terms.zone,
        path=f"/pledges/{pledge.public_id}",
        **facts,
    )
