"""Giving a standing delegation on a topic to somebody, who accepts or declines; a circle of them is refused."""

from datetime import date

from sqlalchemy.orm import Session

from app.ballots.delegations.models import Delegation, DelegationAnswer, DelegationEnd
from app.ballots.delegations.reading import find_delegation, given_by, leads_to
from app.ballots.models import BallotTopic
from app.ballots.proxies.appointing import AnsweredBefore, OwnProxy, UntilPast
from app.ballots.proxies.ending import EndedBefore
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


class MembersDelegate(Refusal):
    """Only members have a vote to delegate."""

    message = N_("Only members have a vote that somebody else could cast.")
    status = 403


class OneDelegation(Refusal):
    """On a topic one person votes for a member."""

    message = N_("{name} votes for you on this topic already. Take that back before you choose somebody else.")
    status = 409


class DelegationCircle(Refusal):
    """In a circle of delegations everybody would wait for another."""

    message = N_("The votes of {name} on this topic are delegated on to you, so that would run in a circle.")
    status = 409
    field = "email"


def give_delegation(
    session: Session, topic_id: int, email: str, *, by: Person, valid_until: date | None = None
) -> Delegation:
    """Let somebody known here vote for one on every ballot about a topic from its acceptance on; they are told."""
    topic = session.get(BallotTopic, topic_id)
    if topic is None:
        raise NotFound
    if current_membership(session, by.id) is None:
        raise MembersDelegate
    holder = find_person(session, email)
    if holder is None:
        raise UnknownPerson(who=email)
    if holder.id in set(session.scalars(same_person(by.id))):
        raise OwnProxy
    if valid_until is not None and valid_until < clock.today():
        raise UntilPast
    one_at_a_time(session, f"delegations on topic {topic.id}")
    for each in given_by(session, by.id):
        if each.is_live and each.delegation.topic_id == topic.id:
            raise OneDelegation(name=name_of(session, each.delegation.holder))
    if leads_to(session, topic, holder.id, by.id):
        raise DelegationCircle(name=name_of(session, holder))
    row = Delegation(
        topic_id=topic.id, principal_id=by.id, holder_id=holder.id, valid_until=valid_until, given_at=clock.now()
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.DELEGATION_GIVEN, f"delegation:{row.id}", by=by.id, topic=topic.id)
    _tell(session, "delegation-asked", row, holder, name_of(session, by))
    return row


def answer_delegation(session: Session, delegation_id: int, *, accept: bool, by: Person) -> DelegationAnswer:
    """Accept or decline a delegation as its holder; whoever gave it is told."""
    row = find_delegation(session, delegation_id, by.id)
    if row.holder_id not in set(session.scalars(same_person(by.id))):
        raise NotFound
    one_at_a_time(session, f"delegations on topic {row.topic_id}")
    if session.get(DelegationEnd, row.id) is not None:
        raise EndedBefore
    if session.get(DelegationAnswer, row.id) is not None:
        raise AnsweredBefore
    answer = DelegationAnswer(delegation_id=row.id, accepted=accept, answered_at=clock.now())
    session.add(answer)
    session.flush()
    tag = audit.Tag.DELEGATION_ACCEPTED if accept else audit.Tag.DELEGATION_DECLINED
    audit.record(session, tag, f"delegation:{row.id}", by=by.id)
    _tell(session, "delegation-accepted" if accept else "delegation-declined", row, row.principal, name_of(session, by))
    return answer


def _tell(session: Session, letter: str, row: Delegation, person: Person, who: str) -> None:
    topic = in_language(row.topic.name, person.language)
    write(session, letter, person.email, person.language, person_id=person.id, topic=topic, who=who)
