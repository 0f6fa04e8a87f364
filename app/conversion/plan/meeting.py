"""Meeting a step by evidence, planning its day, contesting what met it: rows only, so that nothing is ever undone."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.drafting import find_ballot
from app.ballots.models import BallotNotice, BallotState
from app.ballots.result.certifying import certificate_of, result_of
from app.conversion.exchange.drafting import find_exchange
from app.conversion.exchange.executing import gate
from app.conversion.exchange.judging import refuse_obstructed
from app.conversion.exchange.models import Exchange, ExchangeExecution
from app.conversion.exchange.reckoning import latest_reckoning
from app.conversion.plan.checks import refuse_failed
from app.conversion.plan.gating import Standing, why_not
from app.conversion.plan.models import Conversion, ConversionContest, ConversionDay, ConversionEvidence, ConversionStep
from app.core import audit, clock
from app.core.contents import Kind
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.core.uploads import Reader, SentFile, register_subject, take_upload
from app.law.plans import step_from
from app.law.plans.steps import Evidence
from app.members.models import Person

SUBJECT = "conversion-step"
DESK = frozenset({"organizer", "treasurer", "secretary", "auditor"})


class MetAlready(Refusal):
    """The step is met; whoever disagrees contests it."""

    message = N_("This step is met already. Contest it first, if that was wrong.")
    status = 409


class NotInFuture(Refusal):
    """Evidence is of what happened."""

    message = N_("{day} lies ahead. Record what has happened.")
    field = "happened_on"


class FileMissing(Refusal):
    """A document is a file."""

    message = N_("Choose the file: a PDF.")
    field = "file"


class DocumentMissing(Refusal):
    """A document is filed by its own act."""

    message = N_("File the document on the page of the filing pack: that meets this step.")
    field = "kind"


class StatementMissing(Refusal):
    """A decision says who decided what."""

    message = N_("Say who decided, and what.")
    field = "statement"


class NotCertified(Refusal):
    """Two tellers have not signed the result."""

    message = N_("The result of this ballot is not certified by two tellers yet.")
    status = 409
    field = "ballot"


class NotCalled(Refusal):
    """The ballot has no notice."""

    message = N_("No notice of this ballot has been given yet.")
    status = 409
    field = "ballot"


class NotCarried(Refusal):
    """The vote failed."""

    message = N_("This ballot did not carry: {why}. A second call, or a new ballot, may.")
    status = 409
    field = "ballot"


class NotInEffect(Refusal):
    """The exchange is not carried out."""

    message = N_("This exchange of shares is not in effect yet.")
    status = 409
    field = "exchange"


class WrongKind(Refusal):
    """The step asks for other evidence."""

    message = N_("This step is not met by {kind}.")
    field = "kind"


@dataclass(frozen=True)
class Offered:
    """Evidence as somebody gives it; what its kind needs is in one of the fields.

    A `document` filed here comes from the act that files it, with its code and the SHA-256 of its file.
    """

    kind: Evidence
    happened_on: date
    statement: str = ""
    file: SentFile | None = None
    published: bool = False
    ballot: str = ""
    exchange_id: int | None = None
    document: str = ""
    sha256: str = ""


def meet(session: Session, slug: str, key: str, what: Offered, *, by: Person) -> ConversionEvidence:
    """Meet a step; raises why it is not open, or why the evidence does not meet it."""
    conversion, row = locked_step(session, slug, key)
    all_ = standings(session, conversion)
    standing = all_[key]
    if standing.met_on is not None:
        raise MetAlready
    if what.kind not in standing.step.kind.meets:
        raise WrongKind(kind=what.kind)
    notice = _notice(session, what.ballot) if what.kind is Evidence.CALLED else None
    if notice is not None:
        what = replace(what, happened_on=notice.given_on, sha256=notice.texts_sha256)
    if what.happened_on > clock.today(conversion.zone):
        raise NotInFuture(day=what.happened_on)
    refused = why_not(standing.step, all_, what.happened_on)
    if refused is not None:
        raise refused
    if key == "notice":
        refuse_failed(session, conversion, all_)
    made = ConversionEvidence(
        step_id=row.id,
        kind=what.kind.name,
        happened_on=what.happened_on,
        statement=what.statement.strip(),
        published=what.published,
        recorded_at=clock.now(),
        recorded_by=by.id,
    )
    _prove(session, row, what, made, by)
    session.add(made)
    session.flush()
    audit.record(
        session, audit.Tag.CONVERSION_STEP_MET, f"conversion:{slug}", by=by.id, step=key, kind=made.kind,
        sha256=made.sha256,
    )  # fmt: skip
    return made


def plan_day(session: Session, slug: str, key: str, day: date, *, by: int, reason: str) -> ConversionDay:
    """Say on which day a step is meant to be met; clocks count from it until it is."""
    _, row = locked_step(session, slug, key)
    made = ConversionDay(step_id=row.id, day=day, reason=reason, set_at=clock.now(), set_by=by)
    session.add(made)
    session.flush()
    audit.record(session, audit.Tag.CONVERSION_DAY_SET, f"conversion:{slug}", by=by, reason=reason, step=key)
    return made


def contest(session: Session, slug: str, key: str, *, by: int, reason: str) -> ConversionContest:
    """Contest what met a step: it is open again, and what was recorded stays readable."""
    _, row = locked_step(session, slug, key)
    standing = standing_evidence(session, row.id)
    if standing is None:
        raise NotFound
    made = ConversionContest(evidence_id=standing.id, reason=reason, contested_at=clock.now(), contested_by=by)
    session.add(made)
    session.flush()
    audit.record(session, audit.Tag.CONVERSION_STEP_CONTESTED, f"conversion:{slug}", by=by, reason=reason, step=key)
    return made


def standings(session: Session, conversion: Conversion) -> dict[str, Standing]:
    """Where every step stands, in the order of the plan."""
    found = {}
    for row in conversion.steps:
        evidence = standing_evidence(session, row.id)
        days = select(ConversionDay.day).where(ConversionDay.step_id == row.id).order_by(ConversionDay.id.desc())
        met = evidence.happened_on if evidence else None
        contested = evidence is None and bool(evidence_of(session, row.id))
        planned = session.scalars(days.limit(1)).first()
        found[row.key] = Standing(step_from(row.key, row.definition), met, planned, contested)
    return found


def standing_evidence(session: Session, step_id: int) -> ConversionEvidence | None:
    """The evidence that meets a step now: the last, unless it is contested."""
    rows = evidence_of(session, step_id)
    return rows[-1][0] if rows and rows[-1][1] is None else None


def evidence_of(session: Session, step_id: int) -> list[tuple[ConversionEvidence, ConversionContest | None]]:
    """Everything that ever met a step, with what contests it, in order."""
    rows = session.execute(
        select(ConversionEvidence, ConversionContest)
        .outerjoin(ConversionContest, ConversionContest.evidence_id == ConversionEvidence.id)
        .where(ConversionEvidence.step_id == step_id)
        .order_by(ConversionEvidence.id)
    )
    return [(row[0], row[1]) for row in rows]


def locked_step(session: Session, slug: str, key: str) -> tuple[Conversion, ConversionStep]:
    """A step of a conversion, one change at a time."""
    one_at_a_time(session, f"conversion {slug}")
    conversion = session.scalars(select(Conversion).where(Conversion.slug == slug)).first()
    row = next((each for each in conversion.steps if each.key == key), None) if conversion else None
    if conversion is None or row is None:
        raise NotFound
    return conversion, row


def _prove(session: Session, row: ConversionStep, what: Offered, made: ConversionEvidence, by: Person) -> None:
    """Hold evidence against what it names, and keep the hash by which anyone can compare it."""
    if what.kind is Evidence.FILE:
        if what.file is None or not what.file.content:
            raise FileMissing
        upload = take_upload(session, what.file, kinds=(Kind.PDF,), subject=f"{SUBJECT}:{row.id}", by=by.id)
        made.upload_id, made.sha256 = upload.id, upload.sha256
    elif what.kind is Evidence.DECISION and not made.statement:
        raise StatementMissing
    elif what.kind in (Evidence.DOCUMENT, Evidence.ISSUED):
        if not what.document:
            raise DocumentMissing
        made.document, made.sha256 = what.document, what.sha256
    elif what.kind is Evidence.BALLOT:
        made.ballot, made.sha256 = what.ballot, _carried(session, what.ballot)
    elif what.kind is Evidence.CALLED:
        made.ballot, made.sha256 = what.ballot, what.sha256
    elif what.kind in (Evidence.DRY_RUN, Evidence.EXCHANGE):
        exchange = find_exchange(session, what.exchange_id or 0)
        reckoning = latest_reckoning(session, exchange.id)
        if reckoning is None or (
            what.kind is Evidence.EXCHANGE and session.get(ExchangeExecution, exchange.id) is None
        ):
            raise NotInEffect
        if what.kind is Evidence.DRY_RUN:
            refuse_obstructed(session, exchange)
        made.exchange_id, made.sha256 = exchange.id, reckoning.sha256


def _notice(session: Session, slug: str) -> BallotNotice:
    """The notice of a ballot: its day counts, whatever day was typed."""
    found = session.get(BallotNotice, find_ballot(session, slug).id)
    if found is None:
        raise NotCalled
    return found


def _carried(session: Session, slug: str) -> str:
    """The hash of a certified result in which every resolution carried."""
    ballot = find_ballot(session, slug)
    if ballot.state != BallotState.CERTIFIED or certificate_of(session, ballot) is None:
        raise NotCertified
    result = result_of(session, ballot)
    for item in result.facts["items"]:
        if item["withdrawn"] or "carried" not in item:
            continue
        if not item["carried"]:
            wrong = [item["quorum_comparison"]] if not item["quorate"] else item["comparisons"]
            raise NotCarried(why="; ".join(wrong))
    return result.sha256


def _may_read(session: Session, id_: str, reader: Reader) -> bool:
    """The desk reads all evidence; others what was published."""
    if reader.roles & DESK:
        return True
    evidence = standing_evidence(session, int(id_))
    return evidence is not None and evidence.published


def _refuse_out_of_turn(session: Session, exchange: Exchange) -> None:
    """An exchange that a conversion relies on waits until the plan lets it take effect."""
    relying = (
        select(ConversionStep.conversion_id)
        .join(ConversionEvidence)
        .where(ConversionEvidence.exchange_id == exchange.id, ConversionEvidence.kind == Evidence.DRY_RUN.name)
    )
    for conversion in session.scalars(select(Conversion).where(Conversion.id.in_(relying))):
        all_ = standings(session, conversion)
        if all_["exchange"].met_on is None:
            refused = why_not(all_["exchange"].step, all_, clock.today(conversion.zone))
            if refused is not None:
                raise refused


gate(_refuse_out_of_turn)
register_subject(SUBJECT, _may_read, noted=False)
