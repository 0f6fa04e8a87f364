"""Reading standing delegations: where each stands, whom a chain of them leads to, and how each was used."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.ballots.casting.models import Channel
from app.ballots.casting.recording import standing_vote
from app.ballots.delegations.models import Delegation, DelegationAnswer, DelegationEnd, DelegationUse
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import roll_of
from app.ballots.models import Ballot, BallotTopic
from app.ballots.proxies.models import Proxy
from app.ballots.proxies.reading import LIVE, ProxyState, standing_of, state_on
from app.ballots.proxies.voting import Said, said_by_proxy
from app.ballots.stating import in_language
from app.core import clock
from app.core.errors import NotFound
from app.members.people.resolving import same_person


@dataclass(frozen=True, slots=True)
class Stands:
    """A delegation with where it stands today."""

    delegation: Delegation
    state: ProxyState
    answer: DelegationAnswer | None
    end: DelegationEnd | None

    @property
    def is_live(self) -> bool:
        """Whether it holds, or will once it is accepted."""
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class Use:
    """What became of a delegation on a ballot: the vote by it, item by item, while that vote counts."""

    ballot: Ballot
    title: str
    state: ProxyState
    voted: bool
    themself: bool
    answers: tuple[Said, ...]


def stands(session: Session, delegation: Delegation) -> Stands:
    """Where a delegation stands today."""
    answer, end = session.get(DelegationAnswer, delegation.id), session.get(DelegationEnd, delegation.id)
    accepted = answer.accepted if answer is not None else None
    state = state_on(clock.today(), delegation.valid_until, accepted=accepted, ended=end is not None)
    return Stands(delegation, state, answer, end)


def given_by(session: Session, person_id: int) -> list[Stands]:
    """The delegations that somebody gave, the newest first."""
    rows = select(Delegation).where(Delegation.principal_id.in_(same_person(person_id)))
    return [stands(session, each) for each in session.scalars(rows.order_by(Delegation.id.desc()))]


def held_by(session: Session, person_id: int) -> list[Stands]:
    """The delegations that somebody was given, the newest first."""
    rows = select(Delegation).where(Delegation.holder_id.in_(same_person(person_id)))
    return [stands(session, each) for each in session.scalars(rows.order_by(Delegation.id.desc()))]


def find_delegation(session: Session, delegation_id: int, person_id: int) -> Delegation:
    """A delegation for one of its two parties; `NotFound` for anybody else."""
    mine = same_person(person_id)
    either = or_(Delegation.principal_id.in_(mine), Delegation.holder_id.in_(mine))
    found = session.scalars(select(Delegation).where(Delegation.id == delegation_id, either)).first()
    if found is None:
        raise NotFound
    return found


def leads_to(session: Session, topic: BallotTopic, start: int, goal: int) -> bool:
    """Whether live delegations on a topic lead from one person to another, over however many."""
    aims, seen, person = set(session.scalars(same_person(goal))), set[int](), start
    while person not in seen:
        seen |= set(session.scalars(same_person(person)))
        if seen & aims:
            return True
        onward = next((each for each in given_by(session, person) if _goes_on(each, topic)), None)
        if onward is None:
            return False
        person = onward.delegation.holder_id
    return False


def uses_of(session: Session, delegation: Delegation, lang: str) -> Iterator[Use]:
    """How a delegation was used, the newest ballot first."""
    rows = select(Proxy).join(DelegationUse, DelegationUse.proxy_id == Proxy.id)
    for proxy in session.scalars(rows.where(DelegationUse.delegation_id == delegation.id).order_by(Proxy.id.desc())):
        assert proxy.ballot is not None, "a delegation is used on one ballot at a time"
        yield _use(session, proxy.ballot, proxy, lang)


def _use(session: Session, ballot: Ballot, proxy: Proxy, lang: str) -> Use:
    line = session.scalars(roll_of(ballot).where(Elector.person_id.in_(same_person(proxy.principal_id)))).first()
    vote = standing_vote(session, line.id) if line is not None else None
    by_proxy = vote is not None and vote.channel == Channel.PROXY
    said = said_by_proxy(session, ballot, vote, lang) if vote is not None else ()
    state, title = standing_of(session, ballot, proxy).state, in_language(ballot.terms.title, lang)
    return Use(ballot, title, state, by_proxy, vote is not None and not by_proxy, said)


def _goes_on(found: Stands, topic: BallotTopic) -> bool:
    return found.is_live and found.delegation.topic_id == topic.id
