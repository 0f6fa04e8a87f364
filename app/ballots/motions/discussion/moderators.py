"""Moderators: members whom a certified ballot elected, entered by two people for the days of their term."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.drafting import find_ballot
from app.ballots.models import Ballot, BallotState
from app.ballots.motions.discussion.models import Moderator, ModeratorEnd
from app.ballots.motions.keeping import require_member
from app.ballots.result.certifying import certified_result
from app.ballots.stating import title_of
from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words, day, person
from app.members.models import Person
from app.members.people.resolving import same_person
from app.members.persons import name_of
from app.members.roles import EndsBeforeItBegins, NotToOneself, ReasonMissing, Role

ACT, END_ACT = "motion:moderator", "motion:moderator-end"
ROLES = (Role.ORGANIZER, Role.SECRETARY)
ELECTIONS = 30


class NotElected(Refusal):
    """Moderators are elected."""

    message = N_("The certified result of this ballot does not elect {name}.")
    status = 409
    field = "mandate"


class NameDiffers(Refusal):
    """Whoever is entered is whoever was elected."""

    message = N_("The ballot elected {elected}, but this person is on record as {name}.")
    status = 409
    field = "email"


class ModeratesAlready(Refusal):
    """One term at a time."""

    message = N_("This person moderates on some of these days already.")
    status = 409
    field = "valid_from"


class NoSuchModerator(Refusal):
    """They left, or never moderated."""

    message = N_("This moderator has left already.")
    status = 404


@dataclass(frozen=True, slots=True)
class Mandate:
    """Somebody whom a certified ballot elected: the ballot, its item, and the name that was voted for."""

    slug: str
    item_id: int
    elected_as: str
    title: str

    @property
    def key(self) -> str:
        """As a form names it."""
        return f"{self.slug}/{self.item_id}/{self.elected_as}"


@dataclass(frozen=True, slots=True)
class Term:
    """The days on which a moderator serves, the last included."""

    valid_from: date
    valid_until: date


def mandates(session: Session, lang: str) -> list[Mandate]:
    """Everybody whom the latest certified ballots elected, to whatever their items say."""
    rows = select(Ballot).where(Ballot.state == BallotState.CERTIFIED).order_by(Ballot.id.desc()).limit(ELECTIONS)
    return [
        Mandate(ballot.slug, item_id, name, title_of(ballot, lang))
        for ballot in session.scalars(rows)
        for item_id, name in _elected(session, ballot)
    ]


def propose_moderator(
    session: Session, person: Person, mandate: str, term: Term, *, by: Person, reason: str
) -> Proposal:
    """Propose to enter an elected moderator; it counts once another organizer or secretary has approved."""
    slug, item_id, elected_as = _read(mandate)
    _judge(session, person, find_ballot(session, slug), item_id, elected_as, term, by)
    payload = {
        "person": person.id,
        "mandate": mandate,
        "valid_from": term.valid_from.isoformat(),
        "valid_until": term.valid_until.isoformat(),
        "by": by.id,
    }
    return propose(session, ACT, subject=f"person:{person.id}", payload=payload, by=by, reason=reason)


def moderators_now(session: Session) -> list[Moderator]:
    """Who moderates today, in the order of their entry."""
    return [row for row, end in moderators(session) if end is None and _serves(row, clock.today())]


def moderators(session: Session) -> list[tuple[Moderator, ModeratorEnd | None]]:
    """Every moderator there was, each with how they left before their time."""
    rows = select(Moderator, ModeratorEnd).outerjoin(ModeratorEnd, ModeratorEnd.moderator_id == Moderator.id)
    return [(row, end) for row, end in session.execute(rows.order_by(Moderator.id))]


def moderates(session: Session, person_id: int) -> bool:
    """Whether somebody is a moderator today."""
    mine = set(session.scalars(same_person(person_id)))
    return any(row.person_id in mine for row in moderators_now(session))


def resign_moderator(session: Session, *, by: int, reason: str) -> ModeratorEnd:
    """Give up moderating from now on."""
    mine = set(session.scalars(same_person(by)))
    row = next((row for row in moderators_now(session) if row.person_id in mine), None)
    if row is None:
        raise NoSuchModerator
    return _end(session, row.id, by, reason)


def propose_removal(session: Session, moderator_id: int, *, by: Person, reason: str) -> Proposal:
    """Propose to remove a moderator; a second organizer or secretary decides."""
    row = session.get(Moderator, moderator_id)
    if row is None or session.get(ModeratorEnd, moderator_id) is not None:
        raise NoSuchModerator
    payload = {"moderator": moderator_id, "reason": reason.strip()}
    return propose(session, END_ACT, subject=f"person:{row.person_id}", payload=payload, by=by, reason=reason)


def _elected(session: Session, ballot: Ballot) -> list[tuple[int, str]]:
    result, _ = certified_result(session, ballot)
    found = []
    for item in result.facts["items"]:
        for number in item.get("count", {}).get("elected", []):
            found.append((int(item["item"]), str(item["question"]["options"][number - 1]["name"])))
    return found


def _judge(
    session: Session, person: Person, ballot: Ballot, item_id: int, elected_as: str, term: Term, *deciders: Person
) -> None:
    if (item_id, elected_as) not in _elected(session, ballot):
        raise NotElected(name=elected_as[:80])
    mine = set(session.scalars(same_person(person.id)))
    if any(each.id in mine for each in deciders):
        raise NotToOneself
    name = name_of(session, person)
    if name.split() != elected_as.split():
        raise NameDiffers(elected=elected_as, name=name)
    require_member(session, person.id)
    if term.valid_until < max(term.valid_from, clock.today()):
        raise EndsBeforeItBegins
    for row, end in moderators(session):
        overlaps = row.valid_from <= term.valid_until and term.valid_from <= row.valid_until
        if end is None and row.person_id in mine and overlaps:
            raise ModeratesAlready


def _enter(session: Session, payload: dict[str, Any], by: int) -> None:
    slug, item_id, elected_as = _read(payload["mandate"])
    person, ballot = session.get_one(Person, payload["person"]), find_ballot(session, slug)
    term = Term(date.fromisoformat(payload["valid_from"]), date.fromisoformat(payload["valid_until"]))
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    _judge(session, person, ballot, item_id, elected_as, term, session.get_one(Person, by))
    row = Moderator(
        person_id=person.id,
        ballot_id=ballot.id,
        item_id=item_id,
        elected_as=elected_as,
        valid_from=term.valid_from,
        valid_until=term.valid_until,
        recorded_at=clock.now(),
        proposed_by=payload["by"],
        approved_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.MODERATOR_ENTERED, f"person:{person.id}", by=by, ballot=slug, moderator=row.id)


def _remove(session: Session, payload: dict[str, Any], by: int) -> None:
    _end(session, payload["moderator"], by, payload["reason"])


def _end(session: Session, moderator_id: int, by: int, reason: str) -> ModeratorEnd:
    row = session.scalars(select(Moderator).where(Moderator.id == moderator_id).with_for_update()).one()
    if session.get(ModeratorEnd, moderator_id) is not None:
        raise NoSuchModerator
    if not reason.strip():
        raise ReasonMissing
    end = ModeratorEnd(moderator_id=moderator_id, reason=reason.strip(), ended_at=clock.now(), ended_by=by)
    session.add(end)
    session.flush()
    about = f"person:{row.person_id}"
    audit.record(session, audit.Tag.MODERATOR_LEFT, about, by=by, reason=end.reason, moderator=row.id)
    return end


def _read(mandate: str) -> tuple[str, int, str]:
    slug, _, rest = mandate.partition("/")
    item_id, _, elected_as = rest.partition("/")
    if not item_id.isdigit() or len(item_id) > 18:
        raise NotFound
    return slug, int(item_id), elected_as


def _serves(row: Moderator, day: date) -> bool:
    return row.valid_from <= day <= row.valid_until


def _mandate(told: Told) -> Words:
    slug, _, elected_as = _read(told.value)
    return f"{title_of(find_ballot(told.session, slug), told.lang)}: {elected_as}"


_VALUES = (
    Value("person", N_("Person"), person),
    Value("mandate", N_("Elected"), _mandate),
    Value("valid_from", N_("First day"), day),
    Value("valid_until", N_("Last day"), day),
)
register(TwoPersonAct(ACT, N_("Enter an elected moderator"), ROLES, _enter, several=True, values=_VALUES))
register(TwoPersonAct(END_ACT, N_("Remove a moderator"), ROLES, _remove, several=True, unsaid=("moderator",)))
