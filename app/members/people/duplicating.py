"""Duplicating: which records may be one person, for people to look at; nothing is decided here."""

from dataclasses import dataclass

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session, aliased

from app.core import clock
from app.members.models import Person
from app.members.people.contacting import ContactKind, contact_on
from app.members.people.likeness import Likeness, Traits, likeness, sought
from app.members.people.models import PersonKey
from app.members.people.naming import names_of
from app.members.people.representing import holder_kind_on
from app.members.people.resolving import canonical_person, same_person
from app.members.people.sealing import born_index_of
from app.members.people.warning import merge_warnings
from app.members.persons import particulars_on, traits_of

LOOKED_AT_MAX = 200


@dataclass(frozen=True)
class Candidate:
    """Two records that may be one person, with the reasons; `other` has the name that is shown."""

    person: Person
    other: Person
    name: str
    other_name: str
    likeness: Likeness
    pledged_twice: list[str]


def candidates(session: Session, person_id: int, limit: int = 20) -> list[Candidate]:
    """The records that may be the same person as this one, the likeliest first."""
    person = canonical_person(session, person_id)
    mine = traits(session, person)
    found = session.scalars(
        select(PersonKey.person_id)
        .where(PersonKey.key.in_(sought(mine)), PersonKey.person_id.not_in(same_person(person.id)))
        .group_by(PersonKey.person_id)
        .order_by(func.count().desc(), PersonKey.person_id)
        .limit(LOOKED_AT_MAX)
    ).all()
    others = {each.id: each for each in (canonical_person(session, each) for each in found)}
    return _likely(session, [(person, other) for other in others.values()])[:limit]


def all_candidates(session: Session, limit: int = 50) -> list[Candidate]:
    """Pairs of records in the whole house that may be one person, the likeliest first."""
    one, other = aliased(PersonKey), aliased(PersonKey)
    pairs = session.execute(
        select(one.person_id, other.person_id)
        .join(other, (other.key == one.key) & (other.person_id > one.person_id))
        .where(not_(one.key.startswith("word:")), not_(one.key.startswith("part:")))
        .group_by(one.person_id, other.person_id)
        .order_by(func.count().desc(), one.person_id, other.person_id)
        .limit(LOOKED_AT_MAX)
    ).all()
    resolved = {tuple(sorted((canonical_person(session, a).id, canonical_person(session, b).id))) for a, b in pairs}
    people = [(session.get_one(Person, a), session.get_one(Person, b)) for a, b in sorted(resolved) if a != b]
    return _likely(session, people)[:limit]


def traits(session: Session, person: Person) -> Traits:
    """What is compared of a person: the present name, address and number, e-mail, telephone, birth date."""
    known = particulars_on(session, person.id, clock.today())
    phone = contact_on(session, person.id, ContactKind.PHONE, clock.today())
    base = traits_of(known) if known else Traits("")
    return Traits(
        kind=holder_kind_on(session, person.id, clock.today()),
        name=base.name,
        street=base.street,
        postal_code=base.postal_code,
        country=base.country,
        registration_number=base.registration_number,
        email=person.email or "",
        phones=frozenset({phone.value}) if phone and phone.value else frozenset(),
        born=born_index_of(session, person.id),
    )


def _likely(session: Session, pairs: list[tuple[Person, Person]]) -> list[Candidate]:
    people = {each.id: each for pair in pairs for each in pair}
    known, names = {each.id: traits(session, each) for each in people.values()}, names_of(session, people)
    found = []
    for one, other in pairs:
        alike = likeness(known[one.id], known[other.id])
        if alike.is_candidate:
            warnings = merge_warnings(session, one.id, other.id)
            found.append(Candidate(one, other, names[one.id], names[other.id], alike, warnings))
    return sorted(found, key=lambda each: (-each.likeness.points, each.person.id, each.other.id))
