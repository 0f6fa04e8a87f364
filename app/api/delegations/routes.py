"""Standing delegations over the API: given, answered, ended by their parties."""

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Caller, Once, ReadsBallots, Votes
from app.api.delegations.shapes import DelegationGiven, DelegationTaken, delegation_given
from app.api.proxies.shapes import AnswerToProxyTaken
from app.ballots.delegations.ending import end_delegation
from app.ballots.delegations.giving import answer_delegation, give_delegation
from app.ballots.delegations.reading import find_delegation, given_by, held_by, stands
from app.core.errors import N_
from app.members.people.resolving import same_person
from app.web.database import Id, Snapshot
from app.web.language import language_of
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/delegations", route_class=ApiRoute, tags=["Ballots"])


@router.get("", operation_id="listDelegations", summary=N_("List your standing delegations"))
def list_delegations(
    request: Request, caller: ReadsBallots, session: Snapshot, paging: Pages
) -> Listed[DelegationGiven]:
    """The standing delegations that the caller gave or holds, the newest first."""
    after, lang = paging.after(), language_of(request)
    gave = [(each, False) for each in given_by(session, caller.person_id)]
    holds = [(each, True) for each in held_by(session, caller.person_id)]
    rows = sorted(gave + holds, key=lambda row: -row[0].delegation.id)
    rows = [row for row in rows if after is None or row[0].delegation.id < after[0]]
    return paging.listed(
        rows[: paging.limit + 1],
        lambda row: [row[0].delegation.id],
        lambda row: delegation_given(session, row[0], lang, holds=row[1]),
    )


@router.post("", operation_id="giveDelegation", summary=N_("Give a standing delegation"), status_code=201)
def give(request: Request, caller: Votes, session: Once, wanted: DelegationTaken) -> DelegationGiven:
    """Let somebody vote for the caller on every ballot about a topic; a letter asks them to accept."""
    by, until = caller.person(session), wanted.valid_until
    row = give_delegation(session, wanted.topic_id, wanted.email, by=by, valid_until=until)
    return _shown(request, session, caller, row.id)


@router.post("/{delegation_id}/answer", operation_id="answerDelegation", summary=N_("Accept or decline a delegation"))
def answer(
    request: Request, caller: Votes, session: Once, delegation_id: Id, wanted: AnswerToProxyTaken
) -> DelegationGiven:
    """Accept or decline a delegation, as its holder."""
    answer_delegation(session, delegation_id, accept=wanted.accept, by=caller.person(session))
    return _shown(request, session, caller, delegation_id)


@router.post(
    "/{delegation_id}/end", operation_id="endDelegation", summary=N_("Take back a delegation, or give it back")
)
def end(request: Request, caller: Votes, session: Once, delegation_id: Id) -> DelegationGiven:
    """Take a delegation back, or give it back as its holder; a vote cast by it before stands."""
    end_delegation(session, delegation_id, by=caller.person_id)
    return _shown(request, session, caller, delegation_id)


def _shown(request: Request, session: Session, caller: Caller, delegation_id: int) -> DelegationGiven:
    row = find_delegation(session, delegation_id, caller.person_id)
    holds = row.holder_id in session.scalars(same_person(caller.person_id)).all()
    return delegation_given(session, stands(session, row), language_of(request), holds=holds)
