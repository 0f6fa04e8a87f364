"""Opening and closing: by the clock or by a teller; once the first vote is in, the closing stands."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.casting.stores import NotPrepared, store_of
from app.ballots.days import end_of_day
from app.ballots.drafting import check_plan, locked_ballot, move_ballot, require_state, write_terms
from app.ballots.electorate.freezing import NobodyEntitled, freeze_electorate
from app.ballots.models import Ballot, BallotState
from app.ballots.records import file_records
from app.ballots.secret import store  # noqa: F401  (registers where secret ballots are kept)
from app.ballots.stating import BallotPlan
from app.core import clock, jobs
from app.core.errors import N_, Refusal
from app.members.roles import ReasonMissing

INVITE_JOB, DELEGATIONS_JOB = "ballots.invite", "ballots.use_delegations"
CHANGEABLE = (BallotState.DRAFT, BallotState.CALLED, BallotState.READY, BallotState.OPEN)


class OpensLater(Refusal):
    """The hours were announced."""

    message = N_("The ballot opens at {opens_at}, as the notice says.")
    status = 409


class ClosesLater(Refusal):
    """Whoever has not voted yet counts on the hour that was announced."""

    message = N_("The ballot closes at {closes_at}, as the notice says. It is not closed before.")
    status = 409


class ClosingStands(Refusal):
    """A closing is not moved once votes came in."""

    message = N_("Votes came in already, so the closing stands: {closes_at}.")
    status = 409


class OpeningFixed(Refusal):
    """The opening and all else of the notice stay."""

    message = N_("Notice was given. Only the closing can be moved, to a later moment that lies ahead.")
    status = 409
    field = "closes_at"


def open_ballot(session: Session, slug: str, *, by: int | None, reason: str = "") -> Ballot:
    """Open a ballot whose electorate is frozen, from the announced hour on; everybody on the roll is invited."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, BallotState.READY)
    if clock.now() < ballot.terms.opens_at:
        raise OpensLater(opens_at=ballot.terms.opens_at)
    store_of(ballot).opens(session, ballot)
    move_ballot(session, ballot, BallotState.OPEN, by=by, reason=reason)
    jobs.defer(session, INVITE_JOB, ballot_id=ballot.id, after=0)
    if ballot.terms.topic_id is not None:
        jobs.defer(session, DELEGATIONS_JOB, ballot_id=ballot.id, after=0)
    return ballot


def close_ballot(session: Session, slug: str, *, by: int | None, reason: str = "") -> Ballot:
    """Close an open ballot once its hour has come; whoever casts at that moment is either in or told that it closed."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, BallotState.OPEN)
    if clock.now() < ballot.terms.closes_at:
        raise ClosesLater(closes_at=ballot.terms.closes_at)
    store_of(ballot).closes(session, ballot)
    move_ballot(session, ballot, BallotState.CLOSED, by=by, reason=reason)
    if ballot.meeting is not None:
        file_records(session, ballot)
    return ballot


def move_closing(session: Session, slug: str, closes_at: datetime, *, by: int | None, reason: str) -> Ballot:
    """Move the closing to a later moment, as long as nobody voted."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, *CHANGEABLE)
    if not reason.strip():
        raise ReasonMissing
    if store_of(ballot).turnout(session, ballot).electors:
        raise ClosingStands(closes_at=ballot.terms.closes_at)
    if closes_at <= max(clock.now(), ballot.terms.closes_at):
        raise OpeningFixed
    plan = BallotPlan.of(ballot.terms)
    moved = BallotPlan(**{name: getattr(plan, name) for name in plan.__slots__} | {"closes_at": closes_at})
    check_plan(session, moved)
    write_terms(session, ballot, moved, by=by, reason=reason.strip())
    return ballot


def call_off(session: Session, slug: str, *, by: int | None, reason: str) -> Ballot:
    """Call a ballot off before it closes; nothing of it is counted, and everything is kept."""
    ballot = locked_ballot(session, slug)
    require_state(ballot, *CHANGEABLE)
    if not reason.strip():
        raise ReasonMissing
    move_ballot(session, ballot, BallotState.CALLED_OFF, by=by, reason=reason.strip())
    return ballot


def keep_time(session: Session) -> None:
    """Freeze, open and close every ballot whose moment has come; the worker asks each minute."""
    now = clock.now()
    _each(
        session, BallotState.CALLED, lambda b: end_of_day(b.terms.record_date, b.terms.zone) <= now, freeze_electorate
    )
    _each(session, BallotState.READY, lambda b: b.terms.opens_at <= now, open_ballot)
    _each(session, BallotState.OPEN, lambda b: b.terms.closes_at <= now, close_ballot)


def _each(session: Session, state: BallotState, due: Callable[[Ballot], bool], act: Callable[..., object]) -> None:
    for ballot in session.scalars(select(Ballot).where(Ballot.state == state).order_by(Ballot.id)).all():
        if not due(ballot):
            continue
        try:
            with session.begin_nested():
                act(session, ballot.slug, by=None)
        except (NobodyEntitled, NotPrepared):
            session.refresh(ballot)  # the desk shows it beside the ballot, which stays where it is
