"""How recorded votes came in: the electors who take part with the channel of their vote, and the weight by channel."""

from collections.abc import Mapping

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.ballots.casting.models import Channel, Vote
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import standing
from app.ballots.models import Ballot


def counting_votes(ballot: Ballot) -> Select[Vote, Elector]:
    """The votes of a ballot that count, each with its elector: not replaced, and of nobody struck off."""
    later = aliased(Vote)
    rows = select(Vote, Elector).join(Elector, Elector.id == Vote.elector_id)
    return rows.where(Vote.ballot_id == ballot.id, ~exists().where(later.replaces_id == Vote.id), standing())


def weights_by_channel(session: Session, ballot: Ballot) -> Mapping[Channel, int]:
    """The weight of the votes that count by the channel through which they came."""
    rows = counting_votes(ballot).with_only_columns(Vote.channel, func.sum(Elector.weight)).group_by(Vote.channel)
    return {Channel(channel): int(weight) for channel, weight in session.execute(rows)}
