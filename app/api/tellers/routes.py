"""Tellers' work over the API: corrections of the roll, a count that is not signed, the second call, the minutes."""

from fastapi import APIRouter, Request

from app.api.access import CountsBallot, LongRoute, Once, RunsBallot, WatchesBallot
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.ballotdesk.showing import shown_at_desk
from app.api.ballots.shapes import BallotShown
from app.api.shapes import ReasonTaken
from app.api.tellers.shapes import (
    CorrectionTaken,
    HolderStatementTaken,
    MinutesGiven,
    MinutesTaken,
    SecondCallTaken,
    minutes_given,
)
from app.ballots.drafting import find_ballot
from app.ballots.electorate.correcting import propose_correction, propose_statement
from app.ballots.result.certifying import contest_result
from app.ballots.result.following import call_again
from app.ballots.result.minutes import minutes_of, write_minutes
from app.core.errors import N_, NotFound
from app.web.database import Snapshot
from app.web.language import language_of

router = APIRouter(prefix="/api/v1/ballots/{slug}", route_class=LongRoute, tags=["Ballots"])


@router.post(
    "/roll/corrections",
    operation_id="proposeRollCorrection",
    summary=N_("Propose to correct the roll"),
    status_code=201,
)
def correct(caller: RunsBallot, session: Once, slug: str, wanted: CorrectionTaken) -> ProposalGiven:
    """Propose to strike an elector off who has not voted, to add one, or both; another person decides."""
    added = wanted.added.line() if wanted.added else None
    found = propose_correction(
        session, slug, struck_id=wanted.struck, added=added, by=caller.person(session), reason=wanted.reason
    )
    return proposal_given(found, may_decide=False)


@router.post(
    "/roll/statements", operation_id="proposeHolderStatement", summary=N_("Propose a holder of listed shares"),
    status_code=201,
)  # fmt: skip
def state(caller: RunsBallot, session: Once, slug: str, wanted: HolderStatementTaken) -> ProposalGiven:
    """Propose to enter a holder whom a broker's statement shows; another person decides."""
    found = propose_statement(
        session,
        slug,
        wanted.elector.line(),
        broker=wanted.broker,
        reference=wanted.reference,
        held_on=wanted.held_on,
        by=caller.person(session),
    )
    return proposal_given(found, may_decide=False)


@router.post("/contest", operation_id="contestBallotResult", summary=N_("Decline to certify a count"))
def contest(request: Request, caller: CountsBallot, session: Once, slug: str, wanted: ReasonTaken) -> BallotShown:
    """Decline to certify the count as it is, with the reason; it is counted again, or certified after all."""
    contest_result(session, slug, by=caller.person_id, reason=wanted.reason)
    return shown_at_desk(session, slug, language_of(request))


@router.post("/second-call", operation_id="draftSecondCall", summary=N_("Draft a second call"), status_code=201)
def again(request: Request, caller: RunsBallot, session: Once, slug: str, wanted: SecondCallTaken) -> BallotShown:
    """Draft the second call of what missed its quorum."""
    call_again(
        session,
        slug,
        wanted.new_slug,
        record_date=wanted.record_date,
        opens_at=wanted.opens_at,
        closes_at=wanted.closes_at,
        meets_at=wanted.meets_at,
        by=caller.person_id,
    )
    return shown_at_desk(session, wanted.new_slug, language_of(request))


@router.get("/minutes", operation_id="getMinutes", summary=N_("Get the minutes"))
def show_minutes(caller: WatchesBallot, session: Snapshot, slug: str) -> MinutesGiven:
    """The last version of the minutes, with the hash that is signed on pages."""
    found = minutes_of(session, find_ballot(session, slug))
    if found is None:
        raise NotFound
    return minutes_given(found)


@router.post("/minutes", operation_id="writeMinutes", summary=N_("Write the minutes"), status_code=201)
def write(request: Request, caller: RunsBallot, session: Once, slug: str, wanted: MinutesTaken) -> MinutesGiven:
    """Keep a version of the minutes, in the language of Accept-Language."""
    text, lang = wanted.text, language_of(request)
    return minutes_given(write_minutes(session, slug, text, language=lang, by=caller.person_id))
