"""The desk of ballots over the API: drafting, notice, the roll, the hours, the count, and the first of two signatures.

Secret ballots are opened by their tellers' keys, which are made and used on pages only.
"""

from fastapi import APIRouter, Request

from app.api.access import (
    CallsBallot,
    CountsBallot,
    DraftsBallots,
    LongRoute,
    Once,
    RunsBallot,
    WatchesBallot,
)
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.ballotdesk.rules import plan_taken, rule_taken
from app.api.ballotdesk.shapes import (
    BallotTaken,
    CountGiven,
    CountTaken,
    ItemTaken,
    NoticeGiven,
    SignatureTaken,
    notice_given,
)
from app.api.ballotdesk.showing import shown_at_desk
from app.api.ballots.results import outcome_given
from app.api.ballots.shapes import BallotShown
from app.api.shapes import ReasonTaken
from app.ballots.calling import call_ballot
from app.ballots.drafting import ItemPlan, add_item, draft_ballot, find_ballot
from app.ballots.electorate.freezing import freeze_electorate
from app.ballots.meetings import find_meeting
from app.ballots.opening import call_off, close_ballot, open_ballot
from app.ballots.result.certifying import ResultChanged, count_ballot, propose_certification, result_of
from app.ballots.showing import ballot_facts
from app.core.errors import N_
from app.web.database import Snapshot
from app.web.language import language_of

router = APIRouter(prefix="/api/v1/ballots", route_class=LongRoute, tags=["Ballots"])


@router.get("/{slug}/desk", operation_id="getBallotAtDesk", summary=N_("Get a ballot at the desk"))
def get_at_desk(request: Request, caller: WatchesBallot, session: Snapshot, slug: str) -> BallotShown:
    """A ballot as its staff see it, drafts too; its roll is named by its hash once it is frozen."""
    return shown_at_desk(session, slug, language_of(request))


@router.post("", operation_id="draftBallot", summary=N_("Draft a ballot"), status_code=201)
def draft(request: Request, caller: DraftsBallots, session: Once, wanted: BallotTaken) -> BallotShown:
    """Write a new ballot as a draft, which only staff see."""
    plan = plan_taken(session, wanted)
    meeting = find_meeting(session, wanted.meeting) if wanted.meeting is not None else None
    draft_ballot(session, wanted.slug, plan, by=caller.person_id, meeting=meeting)
    return shown_at_desk(session, wanted.slug, language_of(request))


@router.post("/{slug}/items", operation_id="addBallotItem", summary=N_("Add an item to a draft"), status_code=201)
def add(request: Request, caller: CallsBallot, session: Once, slug: str, wanted: ItemTaken) -> BallotShown:
    """Add an item at the end of a draft, with its rule by a law's key or in the organization's own words."""
    question, law = wanted.question(), find_ballot(session, slug).terms.law
    rule = rule_taken(session, law, wanted, motion_asked=question.is_motion)
    add_item(session, slug, ItemPlan(wanted.title.said(), wanted.text.said(), question, rule), by=caller.person_id)
    return shown_at_desk(session, slug, language_of(request))


@router.post("/{slug}/notice", operation_id="callBallot", summary=N_("Give notice of a ballot"), status_code=201)
def call(caller: CallsBallot, session: Once, slug: str, wanted: ReasonTaken) -> NoticeGiven:
    """Give notice, which freezes the draft and writes to every member."""
    return notice_given(slug, call_ballot(session, slug, by=caller.person_id, reason=wanted.reason))


@router.post("/{slug}/electorate", operation_id="freezeElectorate", summary=N_("Freeze the electorate"))
def freeze(request: Request, caller: RunsBallot, session: Once, slug: str) -> BallotShown:
    """Freeze the roll from the register once the record date is over; its hash is published before the vote."""
    freeze_electorate(session, slug, by=caller.person_id)
    return shown_at_desk(session, slug, language_of(request))


@router.post("/{slug}/opening", operation_id="openBallot", summary=N_("Open a ballot"))
def open_(request: Request, caller: RunsBallot, session: Once, slug: str, wanted: ReasonTaken) -> BallotShown:
    """Open a ballot from its hour on; everybody on the roll is invited."""
    open_ballot(session, slug, by=caller.person_id, reason=wanted.reason)
    return shown_at_desk(session, slug, language_of(request))


@router.post("/{slug}/closing", operation_id="closeBallot", summary=N_("Close a ballot"))
def close(request: Request, caller: RunsBallot, session: Once, slug: str, wanted: ReasonTaken) -> BallotShown:
    """Close a ballot whose hour has come."""
    close_ballot(session, slug, by=caller.person_id, reason=wanted.reason)
    return shown_at_desk(session, slug, language_of(request))


@router.post("/{slug}/calling-off", operation_id="callOffBallot", summary=N_("Call a ballot off"))
def stop(request: Request, caller: CallsBallot, session: Once, slug: str, wanted: ReasonTaken) -> BallotShown:
    """Call a ballot off before it closes; nothing of it is counted, and everything is kept."""
    call_off(session, slug, by=caller.person_id, reason=wanted.reason)
    return shown_at_desk(session, slug, language_of(request))


@router.post("/{slug}/count", operation_id="countBallot", summary=N_("Count a ballot"), status_code=201)
def count(request: Request, caller: CountsBallot, session: Once, slug: str, wanted: CountTaken) -> CountGiven:
    """Count a closed ballot and freeze the result with its hash."""
    result, lang = count_ballot(session, slug, by=caller.person_id, seed=wanted.seed), language_of(request)
    items = ballot_facts(session, find_ballot(session, slug), lang)["items"]
    outcomes = [outcome_given(each, lang) for each in items]
    return CountGiven(slug=slug, counted_at=result.counted_at, sha256=result.sha256, items=outcomes)


@router.post(
    "/{slug}/certification", operation_id="signBallotResult", summary=N_("Sign a ballot’s result"), status_code=201
)
def certify(caller: CountsBallot, session: Once, slug: str, wanted: SignatureTaken) -> ProposalGiven:
    """Sign a count as the first teller; another one certifies it by approving the proposal."""
    ballot = find_ballot(session, slug)
    if result_of(session, ballot).sha256 != wanted.sha256:
        raise ResultChanged
    by = caller.person(session)
    return proposal_given(propose_certification(session, slug, by=by, statement=wanted.statement), may_decide=False)
