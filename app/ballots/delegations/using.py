"""Using standing delegations: on a ballot about their topic that opens, each becomes a proxy, by a job in batches.

A proxy that the member named for the ballot itself, or a vote of their own, goes before. The law's limits of proxies
hold: delegations given earlier are used first, and whoever is left over is told to vote themself.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.casting.recording import standing_vote
from app.ballots.delegations.models import Delegation, DelegationUse
from app.ballots.delegations.reading import stands
from app.ballots.drafting import locked_ballot
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import roll_of
from app.ballots.models import Ballot, BallotState
from app.ballots.opening import DELEGATIONS_JOB
from app.ballots.proxies.limits import judge_age, judge_many
from app.ballots.proxies.models import Proxy, ProxyAnswer
from app.ballots.proxies.reading import ProxyState, proxies_of
from app.ballots.stating import in_language
from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.law.decisions import Decision
from app.letters.writing import write
from app.members.models import Person
from app.members.people.resolving import same_person
from app.members.persons import name_of

BATCH = 100


def use_delegations(session: Session, ballot_id: int, after: int) -> None:
    """Let the next delegations on a ballot's topic become proxies on it, then go on with those after them."""
    ballot = locked_ballot(session, session.get_one(Ballot, ballot_id).slug, casting=True)
    if ballot.state != BallotState.OPEN or ballot.terms.topic_id is None:
        return
    next_ = select(Delegation).where(Delegation.topic_id == ballot.terms.topic_id, Delegation.id > after)
    found = session.scalars(next_.order_by(Delegation.id).limit(BATCH)).all()
    one_at_a_time(session, f"delegations on topic {ballot.terms.topic_id}")
    for delegation in found:
        _use(session, ballot, delegation)
    if len(found) == BATCH:
        jobs.defer(session, DELEGATIONS_JOB, ballot_id=ballot_id, after=found[-1].id)


def _use(session: Session, ballot: Ballot, row: Delegation) -> None:
    standing = stands(session, row)
    if standing.state != ProxyState.ACCEPTED or standing.answer is None or _used(session, ballot, row):
        return
    principal = roll_of(ballot).where(Elector.person_id.in_(same_person(row.principal_id)))
    lines = session.scalars(principal.with_for_update(key_share=True)).all()
    named = any(each.is_live for each in proxies_of(session, ballot, principal=row.principal_id))
    same = row.holder_id in set(session.scalars(same_person(row.principal_id)))
    if not lines or named or same or any(standing_vote(session, line.id) is not None for line in lines):
        return
    one_at_a_time(session, f"proxies held by {row.holder_id}")
    barred = _barred(session, ballot, row)
    if barred is not None:
        return _leave(session, ballot, row, barred)
    if not _holds(session, ballot, row.holder_id):
        _tell(session, ballot, "delegations-open", row.holder)
    proxy = Proxy(
        ballot_id=ballot.id,
        principal_id=row.principal_id,
        holder_id=row.holder_id,
        valid_until=row.valid_until,
        appointed_at=row.given_at,
    )
    session.add(proxy)
    session.flush()
    session.add(ProxyAnswer(proxy_id=proxy.id, accepted=True, answered_at=standing.answer.answered_at))
    session.add(DelegationUse(proxy_id=proxy.id, delegation_id=row.id))
    session.flush()
    tag = audit.Tag.DELEGATION_USED
    return audit.record(session, tag, f"proxy:{proxy.id}", by=None, ballot=ballot.slug, delegation=row.id)


def _barred(session: Session, ballot: Ballot, row: Delegation) -> Decision | None:
    """What the law says against one more proxy of this holder, or against one as old as this; None for nothing."""
    held = proxies_of(session, ballot, holder=row.holder_id)
    accepted = sum(each.state == ProxyState.ACCEPTED for each in held)
    for judged in (
        judge_many(session, ballot, accepted + 1),
        judge_age(session, ballot, row.given_at.date(), clock.today(ballot.terms.zone)),
    ):
        if judged is not None and judged.refused:
            return judged
    return None


def _used(session: Session, ballot: Ballot, row: Delegation) -> bool:
    uses = select(Proxy.id).join(DelegationUse, DelegationUse.proxy_id == Proxy.id)
    return (
        session.scalars(uses.where(DelegationUse.delegation_id == row.id, Proxy.ballot_id == ballot.id)).first()
        is not None
    )


def _holds(session: Session, ballot: Ballot, holder_id: int) -> bool:
    """Whether somebody votes by a delegation on a ballot already, so that they were told of it."""
    uses = select(Proxy.id).join(DelegationUse, DelegationUse.proxy_id == Proxy.id)
    return session.scalars(uses.where(Proxy.holder_id == holder_id, Proxy.ballot_id == ballot.id)).first() is not None


def _leave(session: Session, ballot: Ballot, row: Delegation, barred: Decision) -> None:
    audit.record(session, audit.Tag.DELEGATION_UNUSED, f"delegation:{row.id}", by=None, ballot=ballot.slug)
    principal = row.principal
    reason = barred.reasons[0].text(principal.language)
    _tell(session, ballot, "delegation-unused", principal, who=name_of(session, row.holder), reason=reason)


def _tell(session: Session, ballot: Ballot, letter: str, person: Person, **more: str) -> None:
    title = in_language(ballot.terms.title, person.language)
    write(
        session, letter, person.email, person.language, person_id=person.id, title=title, slug=ballot.slug,
        closes_at=ballot.terms.closes_at.isoformat(), zone=ballot.terms.zone, **more,
    )  # fmt: skip
