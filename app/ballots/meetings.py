"""Meetings: planned in versions until notice of one of their ballots is given."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots.drafting import BadSlug, SlugTaken
from app.ballots.models import Ballot, BallotState, Meeting, MeetingTerms
from app.ballots.stating import MeetingPlan
from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal


class MeetingCalled(Refusal):
    """Notice was given for this day and place."""

    message = N_("Notice of this meeting was given already. Adjourn it instead; then notice is given anew.")
    status = 409


class NoPlace(Refusal):
    """A meeting is somewhere, or online."""

    message = N_("Say where the meeting is: a place, a link, or both.")
    field = "place"


class MeetingPast(Refusal):
    """A meeting lies ahead when it is planned."""

    message = N_("The meeting must lie ahead.")
    field = "starts_at"


def plan_meeting(
    session: Session, slug: str, plan: MeetingPlan, *, by: int | None, call: int = 1, follows: Meeting | None = None
) -> Meeting:
    """Write a new meeting."""
    if not slug.replace("-", "").isalnum() or slug != slug.lower() or not slug.isascii() or len(slug) > 60:
        raise BadSlug(slug=slug[:60])
    _check(plan)
    one_at_a_time(session, f"meeting {slug}")
    if session.scalars(select(Meeting.id).where(Meeting.slug == slug)).first() is not None:
        raise SlugTaken(slug=slug)
    meeting_id = int(session.execute(select(func.nextval("meeting_id_seq"))).scalar_one())
    terms = _write(session, meeting_id, 1, plan, by, "")
    row = Meeting(
        id=meeting_id,
        slug=slug,
        terms_id=terms.id,
        call=call,
        follows_id=follows.id if follows else None,
        created_at=clock.now(),
        created_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.MEETING_PLANNED, f"meeting:{slug}", by=by)
    return row


def change_meeting(session: Session, slug: str, plan: MeetingPlan, *, by: int | None) -> Meeting:
    """Write the next version of a meeting of which no notice was given."""
    find_meeting(session, slug)
    meeting = session.scalars(select(Meeting).where(Meeting.slug == slug).with_for_update()).one()
    called = select(Ballot.id).where(Ballot.meeting_id == meeting.id, Ballot.state != BallotState.DRAFT)
    if session.scalars(called).first() is not None:
        raise MeetingCalled
    _check(plan)
    meeting.terms_id = _write(session, meeting.id, meeting.terms.version + 1, plan, by, "").id
    session.flush()
    session.refresh(meeting, ["terms"])
    audit.record(session, audit.Tag.MEETING_PLANNED, f"meeting:{slug}", by=by, version=meeting.terms.version)
    return meeting


def find_meeting(session: Session, slug: str) -> Meeting:
    """The meeting of an address; `NotFound` when there is none."""
    meeting = session.scalars(select(Meeting).where(Meeting.slug == slug)).first()
    if meeting is None:
        raise NotFound
    return meeting


def ballots_of(session: Session, meeting: Meeting) -> list[Ballot]:
    """The ballots of a meeting, in the order in which they were drafted."""
    return list(session.scalars(select(Ballot).where(Ballot.meeting_id == meeting.id).order_by(Ballot.id)))


def _check(plan: MeetingPlan) -> None:
    if not plan.place.strip() and not plan.link.strip():
        raise NoPlace
    if plan.starts_at <= clock.now():
        raise MeetingPast


def _write(
    session: Session, meeting_id: int, version: int, plan: MeetingPlan, by: int | None, reason: str
) -> MeetingTerms:
    row = MeetingTerms(
        meeting_id=meeting_id, version=version, written_at=clock.now(), written_by=by, reason=reason, **plan.columns()
    )
    session.add(row)
    session.flush()
    return row
