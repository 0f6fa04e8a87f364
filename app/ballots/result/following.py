"""Following: the second call after a missed quorum, and the meeting after an adjournment, with notice given anew."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.drafting import ItemPlan, add_item, draft_ballot, items_of, locked_ballot, move_ballot, require_state
from app.ballots.meetings import ballots_of, find_meeting, plan_meeting
from app.ballots.models import Ballot, BallotState, Meeting
from app.ballots.result.certifying import result_of
from app.ballots.stating import BallotPlan, MeetingPlan, plan_of
from app.core.errors import N_, Refusal
from app.members.roles import ReasonMissing

COUNTED = (BallotState.COUNTED, BallotState.OBJECTED, BallotState.CERTIFIED)
UNDECIDED = (BallotState.CALLED, BallotState.READY)


class QuorumWasMet(Refusal):
    """A second call is for what could not be decided for want of a quorum."""

    message = N_("Every item had its quorum, so there is nothing to call again.")
    status = 409


class CalledAgain(Refusal):
    """There is one second call."""

    message = N_("This ballot was called again already.")
    status = 409


class NothingAdjourned(Refusal):
    """A meeting is adjourned before its ballots open."""

    message = N_("No ballot of this meeting waits to be opened, so there is nothing to adjourn.")
    status = 409


def call_again(
    session: Session,
    slug: str,
    new_slug: str,
    *,
    record_date: date,
    opens_at: datetime,
    closes_at: datetime,
    by: int | None,
    meets_at: datetime | None = None,
) -> Ballot:
    """Draft the second call of a counted ballot: the items that missed their quorum, under the quorum of that call."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, *COUNTED)
    if session.scalars(select(Ballot.id).where(Ballot.follows_id == ballot.id)).first() is not None:
        raise CalledAgain
    missed = {each["item"] for each in result_of(session, ballot).facts["items"] if each.get("quorate") is False}
    if not missed:
        raise QuorumWasMet
    meeting = ballot.meeting
    if meeting is not None and meets_at is not None:
        meeting = _next_meeting(session, meeting, f"{new_slug}-meeting", meets_at, by=by, call=2)
    plan = replace(BallotPlan.of(ballot.terms), record_date=record_date, opens_at=opens_at, closes_at=closes_at)
    made = draft_ballot(session, new_slug, plan, by=by, meeting=meeting, call=2, follows=ballot)
    _carry(session, ballot, made, by=by, only=missed)
    return made


def adjourn(session: Session, slug: str, new_slug: str, starts_at: datetime, *, by: int | None, reason: str) -> Meeting:
    """Put a meeting off before its ballots open: they are called off, and drafts of them wait for a new notice.

    Record date and hours are those of before, moved by as much as the meeting is; change them before notice is given.
    """
    before = find_meeting(session, slug)
    if not reason.strip():
        raise ReasonMissing
    waiting = [ballot for ballot in ballots_of(session, before) if ballot.state in UNDECIDED]
    if not waiting:
        raise NothingAdjourned
    made = _next_meeting(session, before, new_slug, starts_at, by=by, call=before.call)
    moved = starts_at - before.terms.starts_at
    for number, each in enumerate(waiting, start=1):
        ballot = locked_ballot(session, each.slug)
        require_state(ballot, *UNDECIDED)
        old = BallotPlan.of(ballot.terms)
        plan = replace(
            old,
            record_date=old.record_date + moved,
            opens_at=old.opens_at + moved,
            closes_at=old.closes_at + moved,
        )
        suffix = f"-{number}" if len(waiting) > 1 else ""
        draft = draft_ballot(
            session, f"{new_slug}{suffix}", plan, by=by, meeting=made, call=ballot.call, follows=ballot
        )
        _carry(session, ballot, draft, by=by)
        move_ballot(session, ballot, BallotState.CALLED_OFF, by=by, reason=reason.strip())
    return made


def second_call_of(session: Session, ballot: Ballot) -> Ballot | None:
    """The ballot that follows one."""
    return session.scalars(select(Ballot).where(Ballot.follows_id == ballot.id)).first()


def _next_meeting(
    session: Session, before: Meeting, slug: str, starts_at: datetime, *, by: int | None, call: int
) -> Meeting:
    plan: MeetingPlan = replace(plan_of(before.terms), starts_at=starts_at)
    return plan_meeting(session, slug, plan, by=by, call=call, follows=before)


def _carry(session: Session, ballot: Ballot, made: Ballot, *, by: int | None, only: set[int] | None = None) -> None:
    for item in items_of(session, ballot, withdrawn=False):
        if only is None or item.id in only:
            plan = ItemPlan(item.text.title, item.text.text, item.question, item.rule)
            add_item(session, made.slug, plan, by=by)
