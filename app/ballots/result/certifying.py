"""Counting and certifying: the result is frozen with its hash, and two tellers sign it, or one objects."""

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.calling import canonical
from app.ballots.drafting import find_ballot, item_of, locked_ballot, move_ballot, require_state
from app.ballots.electorate.models import Electorate
from app.ballots.models import Ballot, BallotState
from app.ballots.records import file_records
from app.ballots.result.facts import result_facts
from app.ballots.result.models import BallotCertificate, BallotObjection, BallotResult
from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Value
from app.members.models import Person
from app.members.roles import ReasonMissing, Role

CERTIFY_ACT = "ballot:certification"


class SeedMissing(Refusal):
    """The lots are drawn by a seed that comes from outside."""

    message = N_("Give the public seed first. The terms say where it comes from: {seed_from}.")
    field = "seed"


class SeedFixed(Refusal):
    """The seed was fixed before anybody voted."""

    message = N_("The seed of this ballot is the hash of its electorate, fixed before anybody voted.")
    field = "seed"


class ResultChanged(Refusal):
    """The result is not the one that the first teller signed."""

    message = N_("The result was counted anew since it was signed. Look at it again.")
    status = 409


class ResultNotCertified(Refusal):
    """A result is relied upon once two tellers have signed it."""

    message = N_("The ballot is {state}. Its result is given once two tellers have certified it.")
    status = 409


class NoStatement(Refusal):
    """An objection says to what and why."""

    message = N_("Say what you object to, and why.")
    field = "statement"


def count_ballot(session: Session, slug: str, *, by: int | None, seed: str = "") -> BallotResult:
    """Count a closed ballot, or one to whose count a teller objected, and freeze the result with its hash."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, BallotState.CLOSED, BallotState.OBJECTED)
    electorate = session.get_one(Electorate, ballot.id)
    facts = result_facts(session, ballot, electorate, _seed(ballot, electorate, seed.strip()))
    row = BallotResult(
        ballot_id=ballot.id,
        facts=facts,
        sha256=hashlib.sha256(canonical(facts)).hexdigest(),
        counted_at=clock.now(),
        counted_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.BALLOT_COUNTED, ballot.subject, by=by, result=row.id, sha256=row.sha256)
    move_ballot(session, ballot, BallotState.COUNTED, by=by, reason="")
    return row


def propose_certification(session: Session, slug: str, *, by: Person, statement: str) -> Proposal:
    """Sign a result as the first teller; another teller, who has seen the same hash, certifies it."""
    ballot = find_ballot(session, slug)
    require_state(ballot, BallotState.COUNTED, BallotState.OBJECTED)
    result = result_of(session, ballot)
    payload = {"slug": slug, "sha256": result.sha256, "by": by.id, "statement": statement.strip()}
    return propose(session, CERTIFY_ACT, subject=ballot.subject, payload=payload, by=by, reason=statement)


def contest_result(session: Session, slug: str, *, by: int, reason: str) -> Ballot:
    """Decline, as a teller, to certify the count as it is; it is counted again, or certified after all."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, BallotState.COUNTED)
    if not reason.strip():
        raise ReasonMissing
    move_ballot(session, ballot, BallotState.OBJECTED, by=by, reason=reason.strip())
    return ballot


def raise_objection(
    session: Session, slug: str, person_id: int, *, statement: str, item_id: int | None = None, by: int | None = None
) -> BallotObjection:
    """Put somebody's objection to an item, or to the whole ballot, on record; it changes no figure."""
    ballot = find_ballot(session, slug)
    if ballot.state in (BallotState.DRAFT, BallotState.CALLED_OFF):
        raise NotFound
    if not statement.strip():
        raise NoStatement
    if item_id is not None:
        item_of(session, ballot, item_id)
    row = BallotObjection(
        ballot_id=ballot.id,
        item_id=item_id,
        person_id=person_id,
        statement=statement.strip(),
        raised_at=clock.now(),
        recorded_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.OBJECTION_RAISED, ballot.subject, by=by, objection=row.id, person=person_id)
    return row


def result_of(session: Session, ballot: Ballot) -> BallotResult:
    """The result of a ballot that counts: the last one; `NotFound` before it is counted."""
    found = select(BallotResult).where(BallotResult.ballot_id == ballot.id).order_by(BallotResult.id.desc()).limit(1)
    row = session.scalars(found).first()
    if row is None:
        raise NotFound
    return row


def certificate_of(session: Session, ballot: Ballot) -> BallotCertificate | None:
    """The certificate of a ballot's result, None while two tellers have not signed."""
    rows = select(BallotCertificate).join(BallotResult).where(BallotResult.ballot_id == ballot.id)
    return session.scalars(rows).first()


def certified_result(session: Session, ballot: Ballot) -> tuple[BallotResult, BallotCertificate]:
    """The result of a certified ballot with its certificate; refuses any other."""
    certificate = certificate_of(session, ballot)
    if certificate is None:
        raise ResultNotCertified(state=BallotState(ballot.state))
    return session.get_one(BallotResult, certificate.result_id), certificate


def objections_of(session: Session, ballot: Ballot) -> list[BallotObjection]:
    """Every objection on record, in order."""
    rows = select(BallotObjection).where(BallotObjection.ballot_id == ballot.id).order_by(BallotObjection.id)
    return list(session.scalars(rows))


def _certify(session: Session, payload: dict[str, Any], by: int) -> None:
    ballot = locked_ballot(session, payload["slug"])
    require_state(ballot, BallotState.COUNTED, BallotState.OBJECTED)
    result = result_of(session, ballot)
    if result.sha256 != payload["sha256"]:
        raise ResultChanged
    row = BallotCertificate(
        result_id=result.id,
        sha256=result.sha256,
        first_teller=payload["by"],
        second_teller=by,
        statement=payload["statement"],
        certified_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.RESULT_CERTIFIED, ballot.subject, by=by, result=result.id, sha256=result.sha256)
    move_ballot(session, ballot, BallotState.CERTIFIED, by=by, reason=payload["statement"])
    file_records(session, ballot)


def _seed(ballot: Ballot, electorate: Electorate, given: str) -> str:
    if ballot.terms.seed_from and not given:
        raise SeedMissing(seed_from=ballot.terms.seed_from)
    if given and not ballot.terms.seed_from:
        raise SeedFixed
    return given or electorate.seed


register(
    TwoPersonAct(
        CERTIFY_ACT,
        N_("Certify the result of a ballot"),
        (Role.TELLER,),
        _certify,
        values=(Value("sha256", N_("Hash of the result")),),
        unsaid=("slug", "statement"),
    )
)
