"""Topics: what ballots can be about, so that members delegate by them; and when a ballot takes delegations at all."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ballots.models import BallotTopic, Casting
from app.ballots.proxies.limits import standing_allowed
from app.ballots.stating import BallotPlan
from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal


class TopicThere(Refusal):
    """A second topic of one name would split what members delegate."""

    message = N_("There is a topic of this name already.")
    status = 409


class NoTopicInSecret(Refusal):
    """A secret vote is nobody's but the voter's."""

    message = N_("This ballot is secret, so no delegation counts on it. Leave the topic open, or record the votes.")
    field = "topic"


class StandingBarred(Refusal):
    """The law lets a proxy be given for a meeting only."""

    message = N_(
        "By this law a proxy is given for one meeting, so no standing delegation counts. Leave the topic open."
    )
    field = "topic"


def add_topic(session: Session, name: Mapping[str, str], *, by: int | None) -> BallotTopic:
    """Keep a topic by its name in each language; topics stay, as delegations name them."""
    one_at_a_time(session, "ballot topics")
    taken = {said.casefold() for topic in topics_of(session) for said in topic.name.values()}
    if taken & {said.casefold() for said in name.values()}:
        raise TopicThere
    row = BallotTopic(name=dict(name), created_at=clock.now(), created_by=by)
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.TOPIC_ADDED, f"topic:{row.id}", by=by)
    return row


def topics_of(session: Session) -> list[BallotTopic]:
    """Every topic, in the order in which they were added."""
    return list(session.scalars(select(BallotTopic).order_by(BallotTopic.id)))


def check_topic(session: Session, plan: BallotPlan) -> None:
    """Refuse a topic, and with it delegations, where the votes are secret or the law bars standing proxies."""
    if plan.topic_id is None:
        return
    assert session.scalar(select(func.count()).where(BallotTopic.id == plan.topic_id)), "the form offers topics"
    if plan.casting != Casting.RECORDED:
        raise NoTopicInSecret
    if not standing_allowed(plan.law):
        raise StandingBarred
