"""Writing who voted by proxy: each such vote with its holder, and when the proxy was given, accepted and ended."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.casting.models import Vote
from app.ballots.electorate.models import Elector
from app.ballots.models import Ballot
from app.ballots.proxies.models import Proxy, ProxyAnswer, ProxyEnd, ProxyVote
from app.members.persons import name_of


def proxies_part(session: Session, ballot: Ballot) -> Iterator[dict[str, Any]]:
    """The votes by proxy of a ballot, in order."""
    rows = select(Vote, Proxy, ProxyAnswer, ProxyEnd, Elector.leaf).join(ProxyVote, ProxyVote.vote_id == Vote.id)
    rows = rows.join(Proxy, Proxy.id == ProxyVote.proxy_id).join(ProxyAnswer, ProxyAnswer.proxy_id == Proxy.id)
    rows = rows.outerjoin(ProxyEnd, ProxyEnd.proxy_id == Proxy.id).join(Elector, Elector.id == Vote.elector_id)
    found = session.execute(
        rows.where(Vote.ballot_id == ballot.id).order_by(Vote.id), execution_options={"yield_per": 1_000}
    )
    for vote, proxy, answer, end, leaf in found:
        yield {
            "vote": vote.id,
            "proxy": proxy.id,
            "elector": leaf,
            "holder": name_of(session, proxy.holder),
            "given_at": proxy.appointed_at.isoformat(),
            "accepted_at": answer.answered_at.isoformat(),
            "ended_at": end.ended_at.isoformat() if end else None,
        }
