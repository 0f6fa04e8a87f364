"""Ballots over the API: read by whoever sees their pages, voted in where votes are recorded, and their results."""

from itertools import islice
from uuid import uuid4

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Caller, Once, ReadsBallots, Votes
from app.api.ballots.objections import ObjectionGiven, ObjectionTaken
from app.api.ballots.results import ResultGiven, result_given
from app.api.ballots.shapes import BallotGiven, BallotShown, ballot_given, ballot_shown
from app.api.ballots.votes import ElectorGiven, VoteGiven, VoteTaken, elector_given, vote_given
from app.ballots.access import ballots_seen, seen_ballot
from app.ballots.casting.models import Channel
from app.ballots.casting.recording import Way, cast_vote, parts_of, standing_vote
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import electors_for
from app.ballots.models import Ballot, Casting
from app.ballots.records import records_of
from app.ballots.result.certifying import certified_result, raise_objection
from app.ballots.secret.casting import took_part
from app.ballots.showing import ballot_facts
from app.core.errors import N_
from app.members.apitokens.scopes import Scope
from app.web.database import Snapshot
from app.web.language import language_of
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/ballots", route_class=ApiRoute, tags=["Ballots"])


@router.get("", operation_id="listBallots", summary=N_("List ballots"))
def list_ballots(request: Request, caller: ReadsBallots, session: Snapshot, paging: Pages) -> Listed[BallotGiven]:
    """The ballots that the caller may see once notice was given, the newest first."""
    after = paging.after()
    rows = list(islice(ballots_seen(session, caller, before=after[0] if after else None), paging.limit + 1))
    return paging.listed(rows, lambda row: [row.id], lambda row: ballot_given(row, language_of(request)))


@router.get("/{slug}", operation_id="getBallot", summary=N_("Get a ballot"))
def get_ballot(request: Request, caller: ReadsBallots, session: Snapshot, slug: str) -> BallotShown:
    """A ballot with what is decided, by which rule and how many take part, and the caller's own lines of the roll."""
    ballot, lang = seen_ballot(session, caller, slug), language_of(request)
    electors = [_elector(session, ballot, each, caller) for each in electors_for(session, ballot, caller.person_id)]
    return ballot_shown(ballot_facts(session, ballot, lang), records_of(session, ballot, staff=False), electors, lang)


@router.get("/{slug}/result", operation_id="getBallotResult", summary=N_("Get the certified result of a ballot"))
def get_result(request: Request, caller: ReadsBallots, session: Snapshot, slug: str) -> ResultGiven:
    """The result that two tellers certified: its figures, what they decide and why, and the hashes."""
    ballot, lang = seen_ballot(session, caller, slug), language_of(request)
    result, certificate = certified_result(session, ballot)
    return result_given(result, certificate, ballot_facts(session, ballot, lang)["items"], lang)


@router.post("/{slug}/votes", operation_id="castVote", summary=N_("Cast or change a recorded vote"), status_code=201)
def cast(caller: Votes, session: Once, slug: str, wanted: VoteTaken) -> VoteGiven:
    """Vote as an elector, or for one for whom the caller acts; a secret ballot is voted in on its own page only."""
    ballot = seen_ballot(session, caller, slug)
    way = Way(caller.person_id, str(uuid4()), Channel.PROGRAM, wanted.replaces)
    vote = cast_vote(session, ballot.slug, wanted.elector, wanted.said(), way)
    return vote_given(vote, parts_of(session, vote))


@router.post("/{slug}/objections", operation_id="raiseObjection", summary=N_("Object for the record"), status_code=201)
def object_(caller: Votes, session: Once, slug: str, wanted: ObjectionTaken) -> ObjectionGiven:
    """Put an objection of the caller’s to an item, or to the whole ballot, on record: it may carry rights."""
    ballot = seen_ballot(session, caller, slug)
    row = raise_objection(session, ballot.slug, caller.person_id, statement=wanted.statement, item_id=wanted.item)
    return ObjectionGiven(id=row.id, item=row.item_id, statement=row.statement, raised_at=row.raised_at)


def _elector(session: Session, ballot: Ballot, elector: Elector, caller: Caller) -> ElectorGiven:
    """A line of the roll; how its vote went is told by a token that may vote."""
    if ballot.terms.casting == Casting.SECRET:
        participation = took_part(session, elector.id)
        return elector_given(elector, participation.cast_at if participation else None, None)
    vote = standing_vote(session, elector.id)
    told = vote is not None and Scope.BALLOTS_VOTE.value in caller.scopes
    given = vote_given(vote, parts_of(session, vote)) if vote is not None and told else None
    return elector_given(elector, vote.cast_at if vote else None, given)
