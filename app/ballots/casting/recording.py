"""Casting a recorded vote: each is a row with its elector, changed until the close by a row that replaces it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from app.ballots.answers import BadAnswer, NoAnswer, canonical
from app.ballots.casting.models import Channel, Vote, VotePart
from app.ballots.drafting import Item, items_of, locked_ballot
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import electors_for, roll_of
from app.ballots.models import Ballot, BallotState, Casting
from app.ballots.proxies.ending import end_by_own_vote
from app.core import audit, clock
from app.core.errors import N_, InvalidInput, Refusal

Answers = Mapping[int, Sequence["Part"]]


class NotOpenYet(Refusal):
    """A vote before the ballot opens."""

    message = N_("Voting has not begun. It opens at {opens_at}.")
    status = 409


class VotingClosed(Refusal):
    """A vote after the close."""

    message = N_("Voting has closed. Your vote was not recorded.")
    status = 409


class NotOnTheRoll(Refusal):
    """A vote by somebody who is not on the roll, or for somebody for whom they do not act."""

    message = N_("You are not on the roll of this ballot, or do not act for this elector. Nothing was recorded.")
    status = 403


class VotedAlready(Refusal):
    """A second vote where votes cannot be changed."""

    message = N_("A vote was cast already, and on this ballot votes cannot be changed.")
    status = 409


class VotedByProxy(Refusal):
    """The vote by proxy came first where votes cannot be changed."""

    message = N_("Your proxy voted for you already, and on this ballot votes cannot be changed.")
    status = 409


class StaleForm(Refusal):
    """The form was made before another vote was cast, in another tab or by somebody else who may."""

    message = N_("Meanwhile another vote was cast from elsewhere. It is shown below; change it if you mean to.")
    status = 409


class OverTheWeight(Refusal):
    """The parts of a split vote are more than the whole."""

    message = N_("You gave {given} votes in all, but hold {weight}.")


class UnderTheWeight(Refusal):
    """The parts of a split vote are less than the whole, and the rest says nothing."""

    message = N_("You gave {given} of {weight} votes. Say of all what they are for; you may also abstain.")


class NoSplits(Refusal):
    """A vote in parts where that is not allowed."""

    message = N_("On this ballot a vote is not split.")


class AnotherKind(Refusal):
    """A recorded vote in a secret ballot would name its voter."""

    message = N_("This ballot is secret. Vote on its own page.")
    status = 409


@dataclass(frozen=True, slots=True)
class Part:
    """What is said to an item, with how many votes (None: all of them)."""

    answer: str
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How a vote comes in: who casts it, the key of the form, by which channel, and the vote that the form showed."""

    by: int
    form_key: str
    channel: Channel = Channel.ONLINE
    seen: int | None = None


def cast_vote(session: Session, slug: str, elector_id: int, answers: Answers, way: Way) -> Vote:
    """Cast or change the vote of an elector for whom `way.by` may act; the same form again gives the same vote."""
    ballot = require_open(session, slug)
    if elector_id not in {each.id for each in electors_for(session, ballot, way.by)}:
        raise NotOnTheRoll
    return record_vote(session, ballot, elector_id, answers, way)


def record_vote(session: Session, ballot: Ballot, elector_id: int, answers: Answers, way: Way) -> Vote:
    """Record the vote of an elector of a ballot that `require_open` gave; whoever calls has judged who may act."""
    elector = session.scalars(roll_of(ballot).where(Elector.id == elector_id).with_for_update(key_share=True)).first()
    if elector is None:
        raise NotOnTheRoll
    sent = session.scalars(select(Vote).where(Vote.form_key == way.form_key)).first()
    if sent is not None and sent.elector_id == elector.id:
        return sent
    before = standing_vote(session, elector.id)
    own = way.channel != Channel.PROXY
    if before is not None and not ballot.terms.changes_allowed:
        raise VotedByProxy if own and before.channel == Channel.PROXY else VotedAlready
    if sent is not None or (before.id if before else None) != way.seen:
        raise StaleForm
    parts = read_parts(items_of(session, ballot, withdrawn=False), elector, answers, ballot.terms.splits_allowed)
    if own:
        end_by_own_vote(session, ballot, elector, by=way.by)
    vote = Vote(
        ballot_id=ballot.id,
        elector_id=elector.id,
        replaces_id=before.id if before else None,
        form_key=way.form_key,
        channel=way.channel,
        cast_at=clock.now(),
        cast_by=way.by,
    )
    session.add(vote)
    session.flush()
    for item_id, said in parts.items():
        for answer, weight in said.items():
            session.add(VotePart(vote_id=vote.id, item_id=item_id, answer=answer, weight=weight))
    session.flush()
    tag = audit.Tag.VOTE_CHANGED if before else audit.Tag.VOTE_CAST
    audit.record(session, tag, ballot.subject, by=way.by, vote=vote.id, elector=elector.id)
    return vote


def require_open(session: Session, slug: str) -> Ballot:
    """The ballot of recorded votes, held open as `held_open` does; refuses a secret one."""
    ballot = held_open(session, slug)
    if ballot.terms.casting != Casting.RECORDED:
        raise AnotherKind
    return ballot


def held_open(session: Session, slug: str) -> Ballot:
    """The ballot, held open against its close while a vote is cast; refuses before its opening and from its close on.

    The clock counts beside the state: nobody votes after the hour because the worker was late.
    """
    ballot = locked_ballot(session, slug, casting=True)
    state, now = BallotState(ballot.state), clock.now()
    if state in (BallotState.DRAFT, BallotState.CALLED, BallotState.READY):
        raise NotOpenYet(opens_at=ballot.terms.opens_at)
    if state != BallotState.OPEN or now >= ballot.terms.closes_at:
        raise VotingClosed
    return ballot


def read_parts(items: Sequence[Item], elector: Elector, answers: Answers, splits: bool) -> dict[int, dict[str, int]]:
    """The weight of each answer to each item, all problems told at once at their fields `item-<id>`."""
    said: dict[int, dict[str, int]] = {}
    problems: dict[str, str | Refusal] = {}
    for item in items:
        try:
            said[item.id] = _parts(item, elector, answers.get(item.id, ()), splits)
        except Refusal as refusal:
            problems[f"item-{item.id}"] = refusal
    if problems:
        raise InvalidInput(problems)
    if set(answers) - set(said):
        raise BadAnswer
    return said


def standing_vote(session: Session, elector_id: int) -> Vote | None:
    """The vote of an elector that counts now."""
    return session.scalars(_standing().where(Vote.elector_id == elector_id)).first()


def standing_votes(session: Session, elector_ids: Collection[int]) -> dict[int, Vote]:
    """The votes of some electors that count now, by elector."""
    rows = _standing().where(Vote.elector_id.in_(elector_ids))
    return {row.elector_id: row for row in session.scalars(rows)}


def parts_of(session: Session, vote: Vote) -> dict[int, list[Part]]:
    """What a vote says to each item."""
    found: dict[int, list[Part]] = {}
    rows = select(VotePart).where(VotePart.vote_id == vote.id).order_by(VotePart.item_id, VotePart.answer)
    for row in session.scalars(rows):
        found.setdefault(row.item_id, []).append(Part(row.answer, row.weight))
    return found


def _standing() -> Select[Vote]:
    later = aliased(Vote)
    return select(Vote).where(~exists().where(later.replaces_id == Vote.id))


def _parts(item: Item, elector: Elector, given: Sequence[Part], splits: bool) -> dict[str, int]:
    if not given:
        raise NoAnswer
    if len(given) > 1 and not splits:
        raise NoSplits
    weights: dict[str, int] = {}
    for part in given:
        answer = canonical(item.question, part.answer, elector.college)
        weight = elector.weight if part.weight is None else part.weight
        if weight < 1:
            raise UnderTheWeight(given=weight, weight=elector.weight)
        weights[answer] = weights.get(answer, 0) + weight
    total = sum(weights.values())
    if total > elector.weight:
        raise OverTheWeight(given=total, weight=elector.weight)
    if total < elector.weight:
        raise UnderTheWeight(given=total, weight=elector.weight)
    return weights
