"""Appointing a proxy: a member names somebody who is to vote for them, who accepts or declines."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from app.ballots.answers import BadAnswer, canonical
from app.ballots.casting.models import Channel
from app.ballots.casting.recording import standing_vote
from app.ballots.drafting import StateChanged, find_ballot, items_of, require_state
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import roll_of
from app.ballots.meetings import ballots_of
from app.ballots.models import Ballot, BallotState, Casting
from app.ballots.proxies.ending import EndedBefore, locked_proxy
from app.ballots.proxies.limits import judge_many
from app.ballots.proxies.models import Proxy, ProxyAnswer, ProxyEnd, ProxyInstruction
from app.ballots.proxies.reading import ProxyState, find_proxy, is_holder, proxies_of
from app.ballots.stating import in_language
from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.letters.writing import write
from app.members.entering import current_membership
from app.members.models import Person
from app.members.people.resolving import same_person
from app.members.persons import find_person, name_of
from app.members.roles import UnknownPerson

WHILE = (BallotState.CALLED, BallotState.READY, BallotState.OPEN)


class NoProxyInSecret(Refusal):
    """A secret vote is nobody's but the voter's."""

    message = N_("This ballot is secret: nobody votes for another on it.")
    status = 409


class NothingToGive(Refusal):
    """Who has no vote gives no proxy."""

    message = N_("You have no vote on this ballot, so there is nothing that a proxy could do for you.")
    status = 403


class OneProxy(Refusal):
    """One person acts for a member at a time."""

    message = N_("{name} is your proxy already. Revoke that proxy before you name somebody else.")
    status = 409


class OwnProxy(Refusal):
    """Nobody is their own proxy."""

    message = N_("Name somebody else: you vote for yourself without a proxy.")
    field = "email"


class VotedThemself(Refusal):
    """With a vote of one's own there is nothing left for a proxy."""

    message = N_("A vote of {name} themself is in. With both a proxy and one's own vote, one's own counts.")
    status = 409


class UntilPast(Refusal):
    """A proxy lasts for some time."""

    message = N_("The last day of the proxy lies in the past.")
    field = "valid_until"


class AnsweredBefore(Refusal):
    """A proxy is accepted or declined once."""

    message = N_("You have answered this already.")
    status = 409


class TooManyProxies(Refusal):
    """The law limits for how many members one holder votes."""

    message = N_("You cannot accept this proxy. {reason} Decline it, so that {name} can name somebody else.")
    status = 409


def appoint_proxy(
    session: Session,
    slug: str,
    email: str,
    *,
    by: Person,
    whole_meeting: bool = False,
    valid_until: date | None = None,
    instructions: Mapping[int, str] | None = None,
    entered_by: int | None = None,
) -> Proxy:
    """Name somebody known here as one's proxy on a ballot, or on every ballot of its meeting; they are told.

    `instructions` are answers by item; the holder votes so or not at all. `entered_by` is who entered a form of paper.
    Raises what is declared above.
    """
    ballot = find_ballot(session, slug)
    require_state(ballot, *WHILE)
    if ballot.terms.casting != Casting.RECORDED:
        raise NoProxyInSecret
    if clock.now() >= ballot.terms.closes_at:
        raise StateChanged(state=BallotState.CLOSED)
    holder = find_person(session, email)
    if holder is None:
        raise UnknownPerson(who=email)
    one_at_a_time(session, f"proxies of {by.id}")
    _judge(session, ballot, by, holder, valid_until)
    meeting = ballot.meeting_id if whole_meeting else None
    proxy = Proxy(
        ballot_id=None if meeting is not None else ballot.id,
        meeting_id=meeting,
        principal_id=by.id,
        holder_id=holder.id,
        valid_until=valid_until,
        appointed_at=clock.now(),
    )
    session.add(proxy)
    session.flush()
    said = _instructions(session, ballot, instructions or {})
    session.add_all(ProxyInstruction(proxy_id=proxy.id, item_id=item, answer=answer) for item, answer in said.items())
    session.flush()
    tag = audit.Tag.PROXY_APPOINTED
    audit.record(session, tag, f"proxy:{proxy.id}", by=entered_by or by.id, ballot=ballot.slug, holder=holder.id)
    tell_party(session, ballot, holder, "ballot-proxy", name_of(session, by))
    return proxy


def answer_proxy(
    session: Session, slug: str, proxy_id: int, *, accept: bool, by: Person, entered_by: int | None = None
) -> ProxyAnswer:
    """Accept or decline, as its holder, a proxy that holds for a ballot; the law limits how many one holder accepts."""
    ballot = find_ballot(session, slug)
    proxy = find_proxy(session, proxy_id, by.id)
    if not is_holder(session, proxy, by.id):
        raise NotFound
    one_at_a_time(session, f"proxies held by {by.id}")
    locked_proxy(session, proxy)
    if session.get(ProxyEnd, proxy.id) is not None:
        raise EndedBefore
    if session.get(ProxyAnswer, proxy.id) is not None:
        raise AnsweredBefore
    if accept:
        for each in _ballots(session, ballot, proxy):
            _judge_many(session, each, proxy, by)
    row = ProxyAnswer(proxy_id=proxy.id, accepted=accept, answered_at=clock.now())
    session.add(row)
    session.flush()
    tag = audit.Tag.PROXY_ACCEPTED if accept else audit.Tag.PROXY_DECLINED
    audit.record(session, tag, f"proxy:{proxy.id}", by=entered_by or by.id, ballot=ballot.slug)
    if not accept:
        tell_party(session, ballot, proxy.principal, "ballot-proxy-declined", name_of(session, by))
    return row


def _judge(session: Session, ballot: Ballot, by: Person, holder: Person, valid_until: date | None) -> None:
    if holder.id in set(session.scalars(same_person(by.id))):
        raise OwnProxy
    lines = session.scalars(roll_of(ballot).where(Elector.person_id.in_(same_person(by.id)))).all()
    frozen = ballot.state != BallotState.CALLED
    if (frozen and not lines) or (not frozen and current_membership(session, by.id) is None):
        raise NothingToGive
    if valid_until is not None and valid_until < clock.today(ballot.terms.zone):
        raise UntilPast
    votes = [standing_vote(session, line.id) for line in lines]
    if any(vote is not None and vote.channel != Channel.PROXY for vote in votes):
        raise VotedThemself(name=name_of(session, by))
    for standing in proxies_of(session, ballot, principal=by.id):
        if standing.is_live:
            raise OneProxy(name=name_of(session, standing.proxy.holder))


def _judge_many(session: Session, ballot: Ballot, proxy: Proxy, holder: Person) -> None:
    held = proxies_of(session, ballot, holder=holder.id)
    accepted = [each for each in held if each.state == ProxyState.ACCEPTED and each.proxy.id != proxy.id]
    decision = judge_many(session, ballot, len(accepted) + 1)
    if decision is not None and decision.refused:
        raise TooManyProxies(reason=decision.reasons[0].text(holder.language), name=name_of(session, proxy.principal))


def _ballots(session: Session, ballot: Ballot, proxy: Proxy) -> list[Ballot]:
    """The ballots on which a proxy holds: the one, or those of the meeting."""
    if proxy.meeting is None:
        return [ballot]
    return [each for each in ballots_of(session, proxy.meeting) if each.state in WHILE] or [ballot]


def _instructions(session: Session, ballot: Ballot, given: Mapping[int, str]) -> dict[int, str]:
    items = {item.id: item for item in items_of(session, ballot, withdrawn=False)}
    if set(given) - set(items):
        raise BadAnswer
    return {item: canonical(items[item].question, answer) for item, answer in given.items()}


def tell_party(session: Session, ballot: Ballot, person: Person, letter: str, name: str) -> None:
    """Write to one party of a proxy about what the other did on a ballot."""
    title = in_language(ballot.terms.title, person.language)
    write(
        session, letter, person.email, person.language, person_id=person.id, title=title, who=name, slug=ballot.slug,
        closes_at=ballot.terms.closes_at.isoformat(), zone=ballot.terms.zone,
    )  # fmt: skip
