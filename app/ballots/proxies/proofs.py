"""Proofs of proxies: each vote by proxy is its holder's, for whom named them, accepted, in time, as instructed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.casting.models import Channel, Vote
from app.ballots.electorate.models import Elector
from app.ballots.models import Ballot
from app.ballots.proxies.models import Proxy, ProxyVote
from app.ballots.proxies.reading import covers
from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong
from app.members.people.resolving import same_person

_VOTES = f"""
    SELECT 'vote', v.id, 'is by proxy and names none' FROM ballot_vote v
        WHERE v.channel = '{Channel.PROXY.value}' AND NOT EXISTS (SELECT FROM ballot_proxy_vote WHERE vote_id = v.id)
    UNION ALL SELECT 'vote', v.id, 'names a proxy and is not by proxy' FROM ballot_proxy_vote p
        JOIN ballot_vote v ON v.id = p.vote_id WHERE v.channel <> '{Channel.PROXY.value}'
    UNION ALL SELECT 'vote', v.id, 'is by a proxy that was not accepted before' FROM ballot_proxy_vote p
        JOIN ballot_vote v ON v.id = p.vote_id LEFT JOIN ballot_proxy_answer a USING (proxy_id)
        WHERE a.accepted IS NOT TRUE OR a.answered_at > v.cast_at
    UNION ALL SELECT 'vote', v.id, 'is by a proxy that had ended' FROM ballot_proxy_vote p
        JOIN ballot_vote v ON v.id = p.vote_id JOIN ballot_proxy_end e USING (proxy_id) WHERE e.ended_at < v.cast_at
    UNION ALL SELECT 'vote', v.id, 'by proxy is not as item ' || i.item_id || ' was instructed'
        FROM ballot_proxy_vote p JOIN ballot_vote v ON v.id = p.vote_id
        JOIN ballot_proxy_instruction i USING (proxy_id)
        JOIN ballot_vote_part t ON t.vote_id = v.id AND t.item_id = i.item_id WHERE t.answer <> i.answer
    UNION ALL SELECT 'vote', v.id, 'by proxy replaces the own vote ' || v.replaces_id FROM ballot_vote v
        JOIN ballot_vote b ON b.id = v.replaces_id
        WHERE v.channel = '{Channel.PROXY.value}' AND b.channel <> '{Channel.PROXY.value}'
"""


def _votes_by_proxy(session: Session) -> Finding:
    wrong = rows_wrong(session, _VOTES)
    rows = select(Vote, Proxy, Elector).join(ProxyVote, ProxyVote.vote_id == Vote.id)
    rows = rows.join(Proxy, Proxy.id == ProxyVote.proxy_id).join(Elector, Elector.id == Vote.elector_id)
    for vote, proxy, elector in session.execute(rows.order_by(Vote.id)):
        wrong += [f"vote {vote.id} {problem}" for problem in _problems(session, vote, proxy, elector)]
    return Finding(f"{count(session, 'SELECT count(*) FROM ballot_proxy_vote')} votes by proxy", wrong)


def _problems(session: Session, vote: Vote, proxy: Proxy, elector: Elector) -> list[str]:
    ballot = session.get_one(Ballot, vote.ballot_id)
    held = session.scalars(select(Proxy.id).where(Proxy.id == proxy.id, covers(session, ballot))).first()
    holders, principals = (set(session.scalars(same_person(each))) for each in (proxy.holder_id, proxy.principal_id))
    said = {
        "is by a proxy for another ballot": held is None,
        "was not cast by the holder of its proxy": vote.cast_by not in holders,
        "is for another elector than its proxy": elector.person_id not in principals,
    }
    return [problem for problem, is_so in said.items() if is_so]


PROOFS = [Proof(N_("Every vote by proxy was its holder's to cast"), _votes_by_proxy)]
