"""Proxies over the API: a member names somebody, who accepts and votes; each party sees only its own."""

from uuid import uuid4

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Caller, Once, ReadsBallots, Votes
from app.api.ballots.votes import VoteGiven, vote_given
from app.api.proxies.shapes import AnswerToProxyTaken, ProxyGiven, ProxyTaken, ProxyVoteTaken, proxy_given
from app.ballots.access import seen_ballot
from app.ballots.casting.models import Channel
from app.ballots.casting.recording import Way, parts_of, standing_vote
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import roll_of
from app.ballots.models import Ballot
from app.ballots.proxies.appointing import answer_proxy, appoint_proxy
from app.ballots.proxies.ending import end_proxy
from app.ballots.proxies.models import Proxy
from app.ballots.proxies.reading import Standing, covers, find_proxy, instructions_of, is_holder, standing_of
from app.ballots.proxies.voting import proxy_of_vote, vote_by_proxy
from app.core.errors import N_, NotFound
from app.members.apitokens.scopes import Scope
from app.members.people.resolving import same_person
from app.members.persons import name_of
from app.web.database import Id, Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/ballots/{slug}/proxies", route_class=ApiRoute, tags=["Ballots"])


@router.get("", operation_id="listProxies", summary=N_("List your proxies on a ballot"))
def list_proxies(caller: ReadsBallots, session: Snapshot, paging: Pages, slug: str) -> Listed[ProxyGiven]:
    """The proxies that the caller gave or holds on a ballot, in order."""
    ballot, mine = seen_ballot(session, caller, slug), same_person(caller.person_id)
    wanted = select(Proxy).where(covers(session, ballot), Proxy.principal_id.in_(mine) | Proxy.holder_id.in_(mine))
    if (after := paging.after()) is not None:
        wanted = wanted.where(Proxy.id > after[0])
    rows = session.scalars(wanted.order_by(Proxy.id).limit(paging.limit + 1)).all()
    return paging.listed(rows, lambda row: [row.id], lambda row: _given(session, ballot, row, caller))


@router.post("", operation_id="appointProxy", summary=N_("Name a proxy"), status_code=201)
def appoint(caller: Votes, session: Once, slug: str, wanted: ProxyTaken) -> ProxyGiven:
    """Name somebody who is known here as the caller's proxy; a letter asks them to accept."""
    ballot = seen_ballot(session, caller, slug)
    proxy = appoint_proxy(
        session,
        ballot.slug,
        wanted.email,
        by=caller.person(session),
        whole_meeting=wanted.whole_meeting,
        valid_until=wanted.valid_until,
        instructions=wanted.said(),
    )
    return _given(session, ballot, proxy, caller)


@router.post("/{proxy_id}/answer", operation_id="answerProxy", summary=N_("Accept or decline a proxy"))
def answer(caller: Votes, session: Once, slug: str, proxy_id: Id, wanted: AnswerToProxyTaken) -> ProxyGiven:
    """Accept or decline a proxy, as its holder."""
    ballot, proxy = _own(session, caller, slug, proxy_id)
    answer_proxy(session, ballot.slug, proxy.id, accept=wanted.accept, by=caller.person(session))
    return _given(session, ballot, proxy, caller)


@router.post("/{proxy_id}/end", operation_id="endProxy", summary=N_("Revoke a proxy, or give it back"))
def end(caller: Votes, session: Once, slug: str, proxy_id: Id) -> ProxyGiven:
    """Revoke a proxy, or give it back as its holder; a vote cast by it before stands."""
    ballot, proxy = _own(session, caller, slug, proxy_id)
    end_proxy(session, proxy.id, by=caller.person_id)
    return _given(session, ballot, proxy, caller)


@router.post(
    "/{proxy_id}/votes", operation_id="castVoteByProxy", summary=N_("Cast or change a vote by proxy"), status_code=201
)
def cast(caller: Votes, session: Once, slug: str, proxy_id: Id, wanted: ProxyVoteTaken) -> VoteGiven:
    """Vote for the one who named the caller, with their weight and as they instructed; their own vote counts before."""
    ballot, proxy = _own(session, caller, slug, proxy_id)
    way = Way(caller.person_id, str(uuid4()), Channel.PROXY, wanted.replaces)
    vote = vote_by_proxy(session, ballot.slug, proxy.id, wanted.said(), way)
    return vote_given(vote, parts_of(session, vote))


def _own(session: Session, caller: Caller, slug: str, proxy_id: int) -> tuple[Ballot, Proxy]:
    """A ballot with a proxy on it of which the caller is a party; else `NotFound`."""
    ballot = seen_ballot(session, caller, slug)
    proxy = find_proxy(session, proxy_id, caller.person_id)
    if session.scalars(select(Proxy.id).where(Proxy.id == proxy.id, covers(session, ballot))).first() is None:
        raise NotFound
    return ballot, proxy


def _given(session: Session, ballot: Ballot, proxy: Proxy, caller: Caller) -> ProxyGiven:
    standing: Standing = standing_of(session, ballot, proxy)
    holds = is_holder(session, proxy, caller.person_id)
    line = session.scalars(roll_of(ballot).where(Elector.person_id.in_(same_person(proxy.principal_id)))).first()
    names = name_of(session, proxy.principal), name_of(session, proxy.holder)
    vote = _vote_by(session, proxy, line) if Scope.BALLOTS_VOTE.value in caller.scopes else None
    return proxy_given(standing, names, instructions_of(session, proxy), line, vote, holds=holds)


def _vote_by(session: Session, proxy: Proxy, line: Elector | None) -> VoteGiven | None:
    """The vote that was cast by a proxy, as long as it counts."""
    vote = standing_vote(session, line.id) if line is not None else None
    by = proxy_of_vote(session, vote) if vote is not None else None
    return (
        vote_given(vote, parts_of(session, vote)) if vote is not None and by is not None and by.id == proxy.id else None
    )
