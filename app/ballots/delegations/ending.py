"""Ending standing delegations: whoever gave one takes it back, or its holder gives it back, at any moment."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.delegations.models import Delegation, DelegationEnd, DelegationUse
from app.ballots.delegations.reading import find_delegation
from app.ballots.models import BallotState
from app.ballots.proxies.ending import EndedBefore, end_proxy
from app.ballots.proxies.models import Ended, Proxy
from app.ballots.proxies.reading import standing_of
from app.core import audit, clock
from app.core.database import one_at_a_time
from app.members.people.resolving import same_person


def end_delegation(session: Session, delegation_id: int, *, by: int) -> DelegationEnd:
    """End a delegation, also on ballots that are open; a vote cast by it before stands until one votes oneself."""
    row = find_delegation(session, delegation_id, by)
    one_at_a_time(session, f"delegations on topic {row.topic_id}")
    if session.get(DelegationEnd, row.id) is not None:
        raise EndedBefore
    is_holder = row.holder_id in set(session.scalars(same_person(by)))
    reason = Ended.RESIGNED if is_holder else Ended.REVOKED
    end = DelegationEnd(delegation_id=row.id, reason=reason, ended_at=clock.now(), ended_by=by)
    session.add(end)
    session.flush()
    audit.record(session, audit.Tag.DELEGATION_ENDED, f"delegation:{row.id}", by=by, how=reason.name.lower())
    for proxy in _in_use(session, row):
        end_proxy(session, proxy.id, by=by)
    return end


def _in_use(session: Session, row: Delegation) -> list[Proxy]:
    """The proxies on open ballots that a delegation became."""
    rows = select(Proxy).join(DelegationUse, DelegationUse.proxy_id == Proxy.id)
    found = session.scalars(rows.where(DelegationUse.delegation_id == row.id)).all()
    return [
        each
        for each in found
        if each.ballot is not None
        and each.ballot.state == BallotState.OPEN
        and standing_of(session, each.ballot, each).is_live
    ]
