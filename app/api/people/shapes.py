"""Shapes of people and organizations: what is recorded of them from a day on, and what is on record."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.people.merges.shapes import MergeGiven, merges_given
from app.api.pledges.addresses import AddressTaken
from app.api.shapes import Day, Email, Given, Line, OptionalLine, PostalAddress, Taken
from app.core import clock
from app.core.language import translator
from app.members.models import Person
from app.members.people.applying import waiting_application
from app.members.people.contacting import ContactKind, contact_on
from app.members.people.identifying import identity_checked
from app.members.people.kinds import Capacity, HolderKind, Purpose
from app.members.people.models import Representation
from app.members.people.representing import holder_kind_on, representatives_of, represented_by
from app.members.people.searching import Found, as_found
from app.members.people.telling import names_in, timeline
from app.members.persons import address_of, name_of, particulars_on

Basis = Annotated[Line, Field(max_length=500, description="The document that shows it.")]


class AddressedTaken(Taken):
    """A name and address from a day on."""

    legal_name: Annotated[Line, Field(max_length=200, examples=["Maya Whitfield"])]
    address: AddressTaken
    valid_from: Day


class ContactsTaken(Taken):
    """How somebody is reached from a day on, and what for; what is empty is none any more."""

    email: Email | None = None
    phone: Annotated[OptionalLine, Field(max_length=40, examples=["+33 6 12 34 56 78"])] = ""
    purposes: list[Purpose] = Field([], max_length=len(Purpose))
    valid_from: Day


class ParticularsTaken(AddressedTaken):
    """What the desk records of a holder: also what it is, and by which number a public register knows it."""

    kind: HolderKind
    registration_number: Annotated[OptionalLine, Field(max_length=100)] = Field(
        "", description="Of a company or association, which needs one."
    )
    reason: Annotated[OptionalLine, Field(max_length=500)] = ""


class PersonTaken(ParticularsTaken):
    """Somebody who is not known yet."""

    email: Email | None = Field(None, description="By which they sign in; null: they do not, letters go by post.")
    language: Literal["en", "fr"] = "en"


class PrivateTaken(Taken):
    """What is kept encrypted, both told at once; null or empty: not known any more."""

    born_on: Day | None
    tax_number: Annotated[OptionalLine, Field(max_length=40)]


class RepresentativeTaken(Taken):
    """Who acts for a holder, known here by the address, until (not including) a day."""

    email: Email
    capacity: Capacity
    basis: Basis
    valid_from: Day
    valid_until: Day | None = None


class ContactGiven(Given):
    """A way to reach somebody."""

    value: str
    purposes: list[str]
    valid_from: date


class RecordGiven(Given):
    """The name, address and contacts that are valid on a day."""

    holder: int
    on: date
    legal_name: str | None
    address: PostalAddress | None
    valid_from: date | None = Field(description="Since when name and address are valid.")
    email: ContactGiven | None = Field(description="For letters; whoever signs in does so by their own address.")
    phone: ContactGiven | None


class PersonGiven(Given):
    """A record as a search finds it."""

    id: int
    name: str
    member_numbers: list[int] = Field(description="Of every membership, ended ones too.")
    merged_into: int | None = Field(description="The record that this one is part of.")


class RepresentativeGiven(Given):
    """Somebody who acts for a holder."""

    id: int
    person: int
    name: str
    holder: int
    holder_name: str
    capacity: Capacity
    basis: str
    valid_from: date
    valid_until: date | None


class PersonWhole(PersonGiven):
    """A record as the desk sees it today; what is kept encrypted is read on its page only."""

    signs_in_by: str | None = Field(description="The e-mail address; null: they do not sign in, or are restricted.")
    restricted: bool = Field(description="Whether their data was erased as far as the law allows.")
    kind: HolderKind
    registration_number: str
    identity_checked: bool
    application: int | None = Field(description="That waits for its decision.")
    record: RecordGiven
    acted_for_by: list[RepresentativeGiven]
    acts_for: list[RepresentativeGiven]
    merges: list[MergeGiven]


class EventGiven(Given):
    """Something on record of a person: since which day, and when and by whom it was noted."""

    on: date
    title: str = Field(description="In the language of `Accept-Language`.", examples=["Name and address"])
    parts: list[str]
    recorded_at: datetime
    recorded_by: list[str] = Field(description="Names; two where two people decided.")


def record_given(session: Session, holder: Person, day: date) -> RecordGiven:
    """What is on record of a holder for a day."""
    known = particulars_on(session, holder.id, day)
    return RecordGiven(
        holder=holder.id,
        on=day,
        legal_name=known.legal_name if known else None,
        address=PostalAddress(**vars(address_of(known))) if known else None,
        valid_from=known.valid_from if known else None,
        email=_contact(session, holder, ContactKind.EMAIL, day),
        phone=_contact(session, holder, ContactKind.PHONE, day),
    )


def person_given(session: Session, found: Found) -> PersonGiven:
    """A record that was found."""
    return PersonGiven(
        id=found.person.id,
        name=name_of(session, found.person),
        member_numbers=found.numbers,
        merged_into=found.merged_into,
    )


def person_whole(session: Session, person: Person) -> PersonWhole:
    """Everything about a record that is valid today."""
    today, found = clock.today(), as_found(session, person)
    waits = waiting_application(session, person.id)
    return PersonWhole(
        **person_given(session, found).model_dump(),
        signs_in_by=None if person.restricted else person.email,
        restricted=person.restricted,
        kind=holder_kind_on(session, person.id, today),
        registration_number=found.known.registration_number if found.known else "",
        identity_checked=identity_checked(session, person.id),
        application=waits.id if waits else None,
        record=record_given(session, person, today),
        acted_for_by=[_representative(session, row) for row in representatives_of(session, person.id, today)],
        acts_for=[_representative(session, row) for row in represented_by(session, person.id, today)],
        merges=merges_given(session, person.id),
    )


def history_given(session: Session, person: Person, language: str) -> list[EventGiven]:
    """Everything on record of a person, the latest day first."""
    say, events = translator(language), timeline(session, person.id)
    names = names_in(session, events)
    return [
        EventGiven(
            on=each.on,
            title=say(each.title),
            parts=[say(part) for part in each.parts],
            recorded_at=each.recorded_at,
            recorded_by=[names[who] for who in (each.by_id, each.also_by_id) if who in names],
        )
        for each in events
    ]


def _representative(session: Session, row: Representation) -> RepresentativeGiven:
    return RepresentativeGiven(
        id=row.id,
        person=row.person_id,
        name=name_of(session, row.person),
        holder=row.holder_id,
        holder_name=name_of(session, row.holder),
        capacity=Capacity(row.capacity),
        basis=row.basis,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _contact(session: Session, holder: Person, kind: ContactKind, day: date) -> ContactGiven | None:
    row = contact_on(session, holder.id, kind, day)
    if row is None or not row.value or holder.restricted:
        return None
    return ContactGiven(value=row.value, purposes=row.purposes, valid_from=row.valid_from)
