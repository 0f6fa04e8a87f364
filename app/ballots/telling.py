"""Telling: the notice to every member, and the invitation with the link to vote to everybody on the roll."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.calling import NOTICE_JOB
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import standing
from app.ballots.models import Ballot, BallotState
from app.ballots.opening import INVITE_JOB
from app.ballots.stating import in_language
from app.core import jobs, tokens
from app.letters.writing import write
from app.members.entering import current_membership
from app.members.models import Membership, Person
from app.members.people.representing import representatives_of
from app.members.people.resolving import canonical_person

BATCH = 200
PURPOSE = "vote"


def send_notices(session: Session, ballot_id: int, after: int) -> None:
    """Write the notice to the next members, then go on with those after them."""
    ballot = session.get_one(Ballot, ballot_id)
    if ballot.state == BallotState.CALLED_OFF:
        return
    next_ = select(Membership).where(Membership.id > after).order_by(Membership.id).limit(BATCH)
    members = session.scalars(next_).all()
    for member in members:
        holder = canonical_person(session, member.person_id)
        current = current_membership(session, holder.id)
        if current is not None and current.id == member.id:
            for person in _readers(session, ballot, holder):
                _notice(session, ballot, person)
    if len(members) == BATCH:
        jobs.defer(session, NOTICE_JOB, ballot_id=ballot_id, after=members[-1].id)


def invite(session: Session, ballot_id: int, after: int) -> None:
    """Write to the next electors that voting has begun, each with a link of their own, then go on with the others."""
    ballot = session.get_one(Ballot, ballot_id)
    if ballot.state != BallotState.OPEN:
        return
    next_ = select(Elector).where(Elector.ballot_id == ballot_id, Elector.id > after, standing())
    electors = session.scalars(next_.order_by(Elector.id).limit(BATCH)).all()
    for elector in electors:
        for person in _readers(session, ballot, elector.person):
            write(
                session, "ballot-open", person.email, person.language, person_id=person.id,
                title=in_language(ballot.terms.title, person.language), elector=elector.name, weight=elector.weight,
                closes_at=ballot.terms.closes_at.isoformat(), zone=ballot.terms.zone,
                link_ref=reference(elector, person), slug=ballot.slug,
            )  # fmt: skip
    if len(electors) == BATCH:
        jobs.defer(session, INVITE_JOB, ballot_id=ballot_id, after=electors[-1].id)


def reference(elector: Elector, person: Person) -> str:
    """What the link to vote is about: an elector, and who votes for them."""
    return f"{elector.id}-{person.id}"


def link_of(elector: Elector, person: Person) -> str:
    """The path of the link by which somebody votes for an elector; it opens nothing else."""
    return f"/ballots/vote/{tokens.seal(PURPOSE, reference(elector, person))}"


def read_link(token: str) -> tuple[int, int] | None:
    """The elector and the person of a link, None for anything else."""
    elector, _, person = (tokens.unseal(PURPOSE, token) or "").partition("-")
    return (int(elector), int(person)) if elector.isdigit() and person.isdigit() else None


def _notice(session: Session, ballot: Ballot, person: Person) -> None:
    terms, meeting = ballot.terms, ballot.meeting.terms if ballot.meeting else None
    write(
        session, "ballot-notice", person.email, person.language, person_id=person.id,
        title=in_language(terms.title, person.language), slug=ballot.slug, zone=terms.zone, call=ballot.call,
        record_date=terms.record_date.isoformat(), opens_at=terms.opens_at.isoformat(),
        closes_at=terms.closes_at.isoformat(), meets_at=meeting.starts_at.isoformat() if meeting else "",
        place=", ".join(filter(None, (meeting.place, meeting.link))) if meeting else "",
    )  # fmt: skip


def _readers(session: Session, ballot: Ballot, holder: Person) -> list[Person]:
    """Who gets the letters of a holder: those who act for them, or themself."""
    acting = representatives_of(session, holder.id, ballot.terms.record_date)
    return [row.person for row in acting] or [holder]
