"""Voting by proxy: the holder votes with the weight of the one who named them, once, and as they were instructed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.answers import canonical
from app.ballots.casting.models import Channel, Vote
from app.ballots.casting.recording import Answers, Part, Way, parts_of, record_vote, require_open, standing_vote
from app.ballots.drafting import Item, items_of
from app.ballots.electorate.models import Elector
from app.ballots.models import Ballot
from app.ballots.proxies.appointing import VotedThemself, tell_party
from app.ballots.proxies.ending import EndedBefore, locked_proxy
from app.ballots.proxies.limits import judge_age
from app.ballots.proxies.models import Proxy, ProxyVote
from app.ballots.proxies.reading import (
    ProxyState,
    Standing,
    elector_behind,
    find_proxy,
    instructions_of,
    is_holder,
    proxies_of,
    standing_of,
)
from app.ballots.showing import in_words
from app.ballots.stating import in_language
from app.core import clock
from app.core.errors import N_, InvalidInput, NotFound, Refusal
from app.members.persons import name_of

Said = tuple[int, str, str]
"""The place of an item, its title, and what was said to it, in words."""


class NotAccepted(Refusal):
    """Who has not accepted does not act."""

    message = N_("Accept the proxy first; then you can vote by it.")
    status = 409


class ProxyOver(Refusal):
    """A proxy is used in its time."""

    message = N_("This proxy may not be used any more: {reason}")
    status = 409


class Expired(Refusal):
    """The last day that was said is over."""

    message = N_("its last day was {day}.")
    status = 409


class NotAsInstructed(Refusal):
    """An instruction binds."""

    message = N_("{name} instructed you how to vote on this. Vote so, or ask them for another proxy.")


def vote_by_proxy(session: Session, slug: str, proxy_id: int, answers: Answers, way: Way) -> Vote:
    """Cast or change the vote of a principal by an accepted proxy; refused once the principal has voted themself."""
    ballot = require_open(session, slug)
    proxy, elector = held_for(session, ballot, proxy_id, way.by)
    session.refresh(elector, with_for_update={"key_share": True})
    locked_proxy(session, proxy)
    standing = standing_of(session, ballot, proxy)
    _judge(session, ballot, standing, elector)
    _judge_answers(session, ballot, proxy, elector, answers)
    vote = record_vote(session, ballot, elector.id, answers, way)
    assert vote.channel == Channel.PROXY, "a vote by proxy says so"
    if session.get(ProxyVote, vote.id) is None:
        session.add(ProxyVote(vote_id=vote.id, proxy_id=proxy.id))
        session.flush()
        tell_party(session, ballot, proxy.principal, "ballot-proxy-used", name_of(session, proxy.holder))
    return vote


def held_for(session: Session, ballot: Ballot, proxy_id: int, person_id: int) -> tuple[Proxy, Elector]:
    """A proxy that somebody holds on a ballot, with the principal's line on its roll; else `NotFound`."""
    proxy = find_proxy(session, proxy_id, person_id)
    held = {each.proxy.id for each in proxies_of(session, ballot, holder=person_id)}
    if proxy.id not in held or not is_holder(session, proxy, person_id):
        raise NotFound
    return proxy, elector_behind(session, ballot, proxy)


def proxy_of_vote(session: Session, vote: Vote) -> Proxy | None:
    """By which proxy a vote was cast, None for one's own."""
    return session.scalars(select(Proxy).join(ProxyVote).where(ProxyVote.vote_id == vote.id)).first()


def said_by_proxy(session: Session, ballot: Ballot, vote: Vote, lang: str) -> tuple[Said, ...]:
    """What a vote by proxy says to each item, in words; nothing of a vote of one's own."""
    said = parts_of(session, vote) if vote.channel == Channel.PROXY else {}
    return tuple(
        (item.row.position, in_language(item.text.title, lang), _said(item, said[item.id], lang))
        for item in items_of(session, ballot)
        if item.id in said
    )


def _said(item: Item, parts: Sequence[Part], lang: str) -> str:
    words = [in_words(item.question, part.answer, lang) for part in parts]
    return words[0] if len(parts) == 1 else "; ".join(f"{w} {p.weight}" for w, p in zip(words, parts, strict=True))


def _judge(session: Session, ballot: Ballot, standing: Standing, elector: Elector) -> None:
    before = standing_vote(session, elector.id)
    if before is not None and before.channel != Channel.PROXY:
        raise VotedThemself(name=elector.name)
    if standing.end is not None:
        raise EndedBefore
    proxy, today = standing.proxy, clock.today(ballot.terms.zone)
    if standing.state == ProxyState.EXPIRED and proxy.valid_until is not None:
        raise ProxyOver(reason=Expired(day=proxy.valid_until))
    if standing.answer is None or not standing.answer.accepted:
        raise NotAccepted
    age = judge_age(session, ballot, proxy.appointed_at.date(), today)
    if age is not None and age.refused:
        raise ProxyOver(reason=age.reasons[0].text())


def _judge_answers(session: Session, ballot: Ballot, proxy: Proxy, elector: Elector, answers: Answers) -> None:
    instructed = instructions_of(session, proxy)
    problems: dict[str, str | Refusal] = {}
    for item in items_of(session, ballot, withdrawn=False):
        wanted = instructed.get(item.id)
        if wanted is None:
            continue
        said = {canonical(item.question, part.answer, elector.college) for part in answers.get(item.id, ())}
        if said != {wanted}:
            problems[f"item-{item.id}"] = NotAsInstructed(name=elector.name)
    if problems:
        raise InvalidInput(problems)
