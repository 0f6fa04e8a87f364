"""Ending proxies: the member revokes one, the holder gives it back, or the member's own vote ends it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.electorate.models import Elector
from app.ballots.models import Ballot
from app.ballots.proxies.models import Ended, Proxy, ProxyEnd
from app.ballots.proxies.reading import find_proxy, is_holder, proxies_of
from app.core import audit, clock
from app.core.errors import N_, Refusal


class EndedBefore(Refusal):
    """What ended does not end again."""

    message = N_("This proxy has ended already.")
    status = 409


def end_proxy(session: Session, proxy_id: int, *, by: int) -> ProxyEnd:
    """Revoke a proxy as the member who gave it, or give it back as its holder; a vote cast by it before stands."""
    proxy = locked_proxy(session, find_proxy(session, proxy_id, by))
    if session.get(ProxyEnd, proxy.id) is not None:
        raise EndedBefore
    return _end(session, proxy, Ended.RESIGNED if is_holder(session, proxy, by) else Ended.REVOKED, by)


def end_by_own_vote(session: Session, ballot: Ballot, elector: Elector, *, by: int) -> None:
    """End every proxy of an elector who votes themself; called with the elector locked, before the vote is in."""
    for standing in proxies_of(session, ballot, principal=elector.person_id):
        proxy = locked_proxy(session, standing.proxy)
        if standing.is_live and session.get(ProxyEnd, proxy.id) is None:
            _end(session, proxy, Ended.OWN_VOTE, by)


def locked_proxy(session: Session, proxy: Proxy) -> Proxy:
    """A proxy, held against its end and against a vote by it."""
    return session.scalars(select(Proxy).where(Proxy.id == proxy.id).with_for_update(key_share=True)).one()


def _end(session: Session, proxy: Proxy, reason: Ended, by: int) -> ProxyEnd:
    row = ProxyEnd(proxy_id=proxy.id, reason=reason, ended_at=clock.now(), ended_by=by)
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.PROXY_ENDED, f"proxy:{proxy.id}", by=by, how=reason.name.lower())
    return row
