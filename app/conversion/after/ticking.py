"""Ticking duties by evidence: when the year ends, what was done, and a mistake taken back by a row of its own."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.ballots.drafting import find_ballot
from app.ballots.models import BallotState
from app.ballots.result.certifying import certificate_of, result_of
from app.conversion.after.counting import Due, due_between
from app.conversion.after.models import DutyEvidence, DutyYear
from app.conversion.plan.gating import began_on
from app.conversion.plan.meeting import DESK, FileMissing, NotCertified, NotInFuture, WrongKind, standings
from app.conversion.plan.models import Conversion
from app.conversion.plan.starting import find_conversion
from app.core import audit, clock
from app.core.contents import Kind
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.core.uploads import Reader, SentFile, register_subject, take_upload
from app.distributions.models import Distribution, DistributionEnd
from app.law.duties import Duty, duties_of
from app.law.plans import plan_of
from app.law.plans.steps import Evidence
from app.members.models import Person

SUBJECT = "duty-evidence"
AHEAD = timedelta(days=500)


class NotYetCooperative(Refusal):
    """Duties begin with the new form."""

    message = N_("The duties of the co-operative begin when its conversion has taken effect.")
    status = 409


class YearEndMissing(Refusal):
    """Days are counted from the year's end."""

    message = N_("Say first on which day the financial year ends.")
    status = 409
    field = "month"


class NoSuchDay(Refusal):
    """The day is in no year."""

    message = N_("There is no such day in a year.")
    field = "day"


class TickedAlready(Refusal):
    """A duty is ticked once."""

    message = N_("This duty is done for this period. Take the evidence back first, if that was wrong.")
    status = 409


class NotDeclared(Refusal):
    """The distribution does not stand."""

    message = N_("Choose a distribution that is declared and was not reversed.")
    status = 409
    field = "distribution"


@dataclass(frozen=True)
class Done:
    """Evidence of a duty as somebody gives it."""

    kind: Evidence
    happened_on: date
    statement: str = ""
    file: SentFile | None = None
    ballot: str = ""
    distribution_id: int | None = None


def set_year_end(session: Session, slug: str, month: int, day: int, *, by: int, reason: str) -> DutyYear:
    """Say on which day the financial year ends; from then on duties are counted from it."""
    conversion = _locked(session, slug)
    began(session, conversion)
    try:
        date(2024, month, day)  # a leap year
    except ValueError as error:
        raise NoSuchDay from error
    row = DutyYear(conversion_id=conversion.id, month=month, day=day, reason=reason, set_at=clock.now(), set_by=by)
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.DUTY_YEAR_SET, f"conversion:{slug}", by=by, reason=reason)
    return row


def tick(session: Session, slug: str, key: str, period_end: date, done: Done, *, by: Person) -> DutyEvidence:
    """Record what was done of a duty for a period; raises why the evidence does not tick it."""
    conversion = _locked(session, slug)
    duty = next((each.duty for each in due(session, conversion) if _is(each, key, period_end)), None)
    if duty is None:
        raise NotFound
    if (key, period_end) in ticked(session, conversion):
        raise TickedAlready
    if done.kind not in duty.meets:
        raise WrongKind(kind=done.kind)
    if done.happened_on > clock.today(conversion.zone):
        raise NotInFuture(day=done.happened_on)
    row = DutyEvidence(
        conversion_id=conversion.id,
        key=key,
        period_end=period_end,
        kind=done.kind.name,
        happened_on=done.happened_on,
        statement=done.statement.strip(),
        recorded_at=clock.now(),
        recorded_by=by.id,
    )
    _prove(session, conversion, done, row, by)
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.DUTY_DONE, f"conversion:{slug}", by=by.id, duty=key, sha256=row.sha256)
    return row


def take_back(session: Session, slug: str, evidence_id: int, *, by: int, reason: str) -> DutyEvidence:
    """Take evidence back: the duty is open again, and what was recorded stays readable."""
    conversion = _locked(session, slug)
    wrong = next((each for each in ticked(session, conversion).values() if each.id == evidence_id), None)
    if wrong is None:
        raise NotFound
    row = DutyEvidence(
        conversion_id=conversion.id,
        key=wrong.key,
        period_end=wrong.period_end,
        kind=wrong.kind,
        happened_on=clock.today(conversion.zone),
        statement=reason,
        takes_back_id=wrong.id,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.DUTY_REOPENED, f"conversion:{slug}", by=by, reason=reason, duty=wrong.key)
    return row


def due(session: Session, conversion: Conversion) -> list[Due]:
    """Every duty of the co-operative until well after a year from now; raises what is not known yet."""
    since, year = began(session, conversion), year_of(session, conversion)
    if year is None:
        raise YearEndMissing
    return due_between(law_of(conversion), (year.month, year.day), since, clock.today(conversion.zone) + AHEAD)


def ticked(session: Session, conversion: Conversion) -> dict[tuple[str, date], DutyEvidence]:
    """The evidence that stands, by duty and period."""
    later = aliased(DutyEvidence)
    rows = select(DutyEvidence).where(
        DutyEvidence.conversion_id == conversion.id,
        DutyEvidence.takes_back_id.is_(None),
        ~exists().where(later.takes_back_id == DutyEvidence.id),
    )
    return {(row.key, row.period_end): row for row in session.scalars(rows)}


def law_of(conversion: Conversion) -> tuple[Duty, ...]:
    """The duties of the form that the company became; none once it is a company again."""
    plan = plan_of(conversion.law)
    return () if plan.goes_back else duties_of(plan.target or conversion.law)


def year_of(session: Session, conversion: Conversion) -> DutyYear | None:
    """When its financial year ends, None while nobody said."""
    rows = select(DutyYear).where(DutyYear.conversion_id == conversion.id).order_by(DutyYear.id.desc())
    return session.scalars(rows.limit(1)).first()


def began(session: Session, conversion: Conversion) -> date:
    """The day from which it is a co-operative; raises `NotYetCooperative`."""
    day = began_on(standings(session, conversion))
    if day is None:
        raise NotYetCooperative
    return day


def _is(each: Due, key: str, period_end: date) -> bool:
    return (each.duty.key, each.period_end) == (key, period_end)


def _locked(session: Session, slug: str) -> Conversion:
    one_at_a_time(session, f"conversion {slug}")
    return find_conversion(session, slug)


def _prove(session: Session, conversion: Conversion, done: Done, row: DutyEvidence, by: Person) -> None:
    """Hold evidence against what it names, and keep its hash."""
    if done.kind is Evidence.FILE:
        if done.file is None or not done.file.content:
            raise FileMissing
        upload = take_upload(session, done.file, kinds=(Kind.PDF,), subject=f"{SUBJECT}:{conversion.id}", by=by.id)
        row.upload_id, row.sha256 = upload.id, upload.sha256
    elif done.kind is Evidence.BALLOT:
        ballot = find_ballot(session, done.ballot)
        if ballot.state != BallotState.CERTIFIED or certificate_of(session, ballot) is None:
            raise NotCertified
        row.ballot, row.sha256 = ballot.slug, result_of(session, ballot).sha256
    elif done.kind is Evidence.DISTRIBUTION:
        found = session.get(Distribution, done.distribution_id or 0)
        if found is None or session.get(DistributionEnd, found.id) is not None:
            raise NotDeclared
        row.distribution_id, row.sha256 = found.id, found.list_sha256


def _may_read(session: Session, id_: str, reader: Reader) -> bool:
    """The desk reads what was filed with the registrar or the tax authority."""
    return bool(reader.roles & DESK)


register_subject(SUBJECT, _may_read, noted=False)
