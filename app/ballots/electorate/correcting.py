"""Correcting a roll after it was frozen: two people strike an elector off, add one, or change a weight."""

import secrets
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.ballots.drafting import find_ballot, locked_ballot, require_state
from app.ballots.electorate.freezing import leaf_of
from app.ballots.electorate.models import BrokerStatement, Elector, ElectorKind, Roll, RollCorrection
from app.ballots.electorate.reading import elector_of, roll_of
from app.ballots.models import Ballot, BallotState, Casting
from app.ballots.secret.models import Participation
from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.language import fill
from app.core.uploads import Upload
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words, day
from app.members.entering import current_membership
from app.members.models import Person
from app.members.people.resolving import canonical_person, same_person
from app.members.persons import find_person, name_of
from app.members.roles import ReasonMissing, Role, UnknownPerson

ROLES = (Role.TELLER, Role.ORGANIZER)
CORRECTABLE = (BallotState.READY, BallotState.OPEN)
CORRECT_ACT, BROKER_ACT = "ballot:roll-correction", "ballot:broker-statement"


class OnTheRoll(Refusal):
    """Somebody is on the roll once."""

    message = N_("{name} is on the roll already, with {weight} votes. Strike that line off in the same correction.")
    status = 409


class NothingCorrected(Refusal):
    """A correction that changes nothing."""

    message = N_("Say who is to be struck off, who is to be added, or both.")


class NotHeldThen(Refusal):
    """The statement is about another day."""

    message = N_("The statement must say what was held on the record date, {record_date}.")
    field = "held_on"


class UnknownCollege(Refusal):
    """Where there are colleges, every elector belongs to one."""

    message = N_("Choose one of the ballot's colleges.")
    field = "college"


class TookPartAlready(Refusal):
    """A secret vote cannot be found again, so it cannot be taken out."""

    message = N_("{name} has taken part, and nobody can tell which vote is theirs. The line stays on the roll.")
    status = 409


class OneVoteEach(Refusal):
    """In a secret ballot a weight would tell whose vote it is."""

    message = N_("This ballot is secret: every elector has one vote.")
    field = "weight"


@dataclass(frozen=True, slots=True)
class Line:
    """An elector to be added: who, with which weight and shares, of which kind and college."""

    email: str
    weight: int
    shares: int = 0
    kind: str = ElectorKind.PATRON.value
    college: str = ""


def propose_correction(
    session: Session, slug: str, *, struck_id: int | None, added: Line | None, by: Person, reason: str
) -> Proposal:
    """Propose to strike an elector off a frozen roll, to add one, or both; another person decides."""
    ballot = find_ballot(session, slug)
    if struck_id is None and added is None:
        raise NothingCorrected
    payload = {"slug": slug, "struck_id": struck_id, "added": asdict(added) if added else None, "by": by.id}
    _judge(session, ballot, struck_id, added)
    payload["reason"] = reason.strip()
    return propose(session, CORRECT_ACT, subject=ballot.subject, payload=payload, by=by, reason=reason)


def propose_statement(
    session: Session,
    slug: str,
    line: Line,
    *,
    broker: str,
    reference: str,
    held_on: date,
    by: Person,
    upload_id: int | None = None,
) -> Proposal:
    """Propose to enter a verified holder of listed shares: one person has seen the broker's statement, another sees it.

    Such holders stand on a roll of their own, counted with the other.
    """
    ballot = find_ballot(session, slug)
    if held_on != ballot.terms.record_date:
        raise NotHeldThen(record_date=ballot.terms.record_date)
    if not reference.strip() or not broker.strip():
        raise ReasonMissing
    _judge(session, ballot, None, line)
    payload = {
        "slug": slug,
        "added": asdict(line),
        "broker": broker.strip(),
        "reference": reference.strip(),
        "held_on": held_on.isoformat(),
        "upload_id": upload_id,
        "by": by.id,
    }
    reason = f"{broker.strip()} {reference.strip()}"
    return propose(session, BROKER_ACT, subject=ballot.subject, payload=payload, by=by, reason=reason)


def _correct(session: Session, payload: dict[str, Any], by: int) -> None:
    ballot = locked_ballot(session, payload["slug"])
    added = Line(**payload["added"]) if payload["added"] else None
    _judge(session, ballot, payload["struck_id"], added)
    correction = _note(session, ballot, payload["struck_id"], payload["reason"], payload["by"], by)
    if added is not None:
        _enter(session, ballot, added, Roll.REGISTER, correction)


def _state(session: Session, payload: dict[str, Any], by: int) -> None:
    ballot = locked_ballot(session, payload["slug"])
    line = Line(**payload["added"])
    _judge(session, ballot, None, line)
    reason = f"{payload['broker']} {payload['reference']}"
    correction = _note(session, ballot, None, reason, payload["by"], by)
    elector = _enter(session, ballot, line, Roll.BROKERS, correction)
    session.add(
        BrokerStatement(
            elector_id=elector.id,
            broker=payload["broker"],
            reference=payload["reference"],
            held_on=date.fromisoformat(payload["held_on"]),
            shares=line.shares,
            upload_id=payload["upload_id"],
            seen_by=payload["by"],
            approved_by=by,
            recorded_at=clock.now(),
        )
    )
    session.flush()


def _judge(session: Session, ballot: Ballot, struck_id: int | None, added: Line | None) -> None:
    require_state(ballot, *CORRECTABLE)
    struck = elector_of(session, ballot, struck_id) if struck_id is not None else None
    if struck is not None and session.get(Participation, struck.id) is not None:
        raise TookPartAlready(name=struck.name)
    if added is None:
        return
    if ballot.terms.casting == Casting.SECRET and added.weight != 1:
        raise OneVoteEach
    person = find_person(session, added.email)
    if person is None:
        raise UnknownPerson(who=added.email)
    colleges = [each["name"] for each in ballot.terms.colleges]
    if (colleges and added.college not in colleges) or (not colleges and added.college):
        raise UnknownCollege
    there = session.scalars(roll_of(ballot).where(Elector.person_id.in_(same_person(person.id)))).first()
    if there is not None and (struck is None or there.id != struck.id):
        raise OnTheRoll(name=there.name, weight=there.weight)


def _note(
    session: Session, ballot: Ballot, struck_id: int | None, reason: str, proposed_by: int, by: int
) -> RollCorrection:
    row = RollCorrection(
        ballot_id=ballot.id,
        struck_id=struck_id,
        reason=reason,
        corrected_at=clock.now(),
        proposed_by=proposed_by,
        approved_by=by,
    )
    session.add(row)
    session.flush()
    tag = audit.Tag.ROLL_CORRECTED
    audit.record(session, tag, ballot.subject, by=by, reason=reason, correction=row.id, struck=struck_id)
    return row


def _enter(session: Session, ballot: Ballot, line: Line, roll: Roll, correction: RollCorrection) -> Elector:
    person = find_person(session, line.email)
    assert person is not None, "it was judged just before"
    person = canonical_person(session, person.id)
    membership = current_membership(session, person.id) if roll == Roll.REGISTER else None
    elector = Elector(
        ballot_id=ballot.id,
        roll=roll,
        number=membership.number if membership else None,
        membership_id=membership.id if membership else None,
        person_id=person.id,
        name=name_of(session, person),
        weight=line.weight,
        shares=line.shares,
        kind=line.kind,
        college=line.college,
        nonce=secrets.token_hex(16),
        leaf="",
        correction_id=correction.id,
    )
    elector.leaf = leaf_of(elector)
    session.add(elector)
    session.flush()
    return elector


def _struck(told: Told) -> Words:
    return told.session.get_one(Elector, told.value).name


def _added(told: Told) -> Words:
    line = Line(**told.value)
    votes = fill(N_("votes: {weight}, shares: {shares}"), {"weight": line.weight, "shares": line.shares}, told.lang)
    return ", ".join(part for part in (line.email, votes, told.label(ElectorKind(line.kind)), line.college) if part)


def _statement_file(told: Told) -> Words:
    return told.session.get_one(Upload, told.value).shown_name


_ADDED = Value("added", N_("To be added"), _added)
_CORRECTION = (Value("struck_id", N_("To be struck off"), _struck), _ADDED)
_STATEMENT = (
    _ADDED,
    Value("broker", N_("Broker")),
    Value("reference", N_("Reference of the statement")),
    Value("held_on", N_("Held on"), day),
    Value("upload_id", N_("The statement"), _statement_file),
)
register(
    TwoPersonAct(CORRECT_ACT, N_("Correct the roll of a ballot"), ROLES, _correct, values=_CORRECTION, unsaid=("slug",))
)
register(
    TwoPersonAct(
        BROKER_ACT, N_("Enter a verified holder of listed shares"), ROLES, _state, values=_STATEMENT, unsaid=("slug",)
    )
)
