"""Minutes: drafted from what was recorded, edited as versions, final once the chair and the secretary have signed."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots.drafting import locked_ballot, require_state
from app.ballots.models import Ballot, BallotState
from app.ballots.records import file_records
from app.ballots.result.models import Minutes, MinutesSignature
from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal

COUNTED = (BallotState.COUNTED, BallotState.OBJECTED, BallotState.CERTIFIED)
CAPACITIES = {"chair": N_("Chair"), "secretary": N_("Secretary"), "scrutineer": N_("Scrutineer")}
TEXT_MAX = 100_000


class MinutesSigned(Refusal):
    """Signed minutes are final."""

    message = N_("The minutes are signed. What is wrong in them is corrected in the minutes of the next meeting.")
    status = 409


class NoMinutes(Refusal):
    """Minutes say something."""

    message = N_("Write the minutes first.")
    field = "text"


class UnknownCapacity(Refusal):
    """Minutes are signed as somebody."""

    message = N_("Choose in which capacity you sign.")
    field = "capacity"


class SignedBefore(Refusal):
    """Once is enough."""

    message = N_("You have signed these minutes already.")
    status = 409


class MinutesChanged(Refusal):
    """The text is not the one that was read."""

    message = N_("The minutes were changed since you read them. Read them again before you sign.")
    status = 409


def write_minutes(session: Session, slug: str, text: str, *, language: str, by: int | None) -> Minutes:
    """Keep a version of the minutes; refused once somebody has signed the one before."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, *COUNTED)
    if not text.strip():
        raise NoMinutes
    last = minutes_of(session, ballot)
    if last is not None and signatures_of(session, last):
        raise MinutesSigned
    row = Minutes(
        ballot_id=ballot.id,
        version=last.version + 1 if last else 1,
        language=language,
        text=text.strip(),
        sha256=hashlib.sha256(text.strip().encode()).hexdigest(),
        written_at=clock.now(),
        written_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.MINUTES_WRITTEN, ballot.subject, by=by, version=row.version, sha256=row.sha256)
    return row


def sign_minutes(session: Session, slug: str, sha256: str, *, capacity: str, by: int) -> MinutesSignature:
    """Sign the minutes that were read, known by their hash."""
    ballot = locked_ballot(session, slug)
    minutes = minutes_of(session, ballot)
    if minutes is None:
        raise NotFound
    if minutes.sha256 != sha256:
        raise MinutesChanged
    if capacity not in CAPACITIES:
        raise UnknownCapacity
    if session.get(MinutesSignature, (minutes.id, by)) is not None:
        raise SignedBefore
    row = MinutesSignature(minutes_id=minutes.id, person_id=by, capacity=capacity, signed_at=clock.now())
    session.add(row)
    session.flush()
    tag = audit.Tag.MINUTES_SIGNED
    audit.record(session, tag, ballot.subject, by=by, version=minutes.version, sha256=sha256, capacity=capacity)
    file_records(session, ballot)
    return row


def minutes_of(session: Session, ballot: Ballot) -> Minutes | None:
    """The last version of a ballot's minutes."""
    last = select(func.max(Minutes.version)).where(Minutes.ballot_id == ballot.id).scalar_subquery()
    return session.scalars(select(Minutes).where(Minutes.ballot_id == ballot.id, Minutes.version == last)).first()


def signed_as(session: Session, minutes: Minutes) -> set[str]:
    """In which capacities a version was signed."""
    return {row.capacity for row in signatures_of(session, minutes)}


def signatures_of(session: Session, minutes: Minutes) -> list[MinutesSignature]:
    """Who signed a version, in order."""
    rows = select(MinutesSignature).where(MinutesSignature.minutes_id == minutes.id)
    return list(session.scalars(rows.order_by(MinutesSignature.signed_at, MinutesSignature.person_id)))
