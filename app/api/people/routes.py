"""People at the desk over the API: found, entered, and what is recorded of them from a day on."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.api.access import ApiRoute, DecidesMembers, Once, ReadsMembers
from app.api.people.recording import record_contacts, record_wanted
from app.api.people.shapes import (
    ContactsTaken,
    EventGiven,
    ParticularsTaken,
    PersonGiven,
    PersonTaken,
    PersonWhole,
    PrivateTaken,
    RecordGiven,
    RepresentativeTaken,
    history_given,
    person_given,
    person_whole,
    record_given,
)
from app.api.shapes import Day, ReasonTaken
from app.core import clock
from app.core.errors import N_
from app.members.people.entering import enter_person
from app.members.people.finding import known, one
from app.members.people.models import Representation
from app.members.people.representing import (
    NoSuchRepresentation,
    appoint,
    end_representation,
    refuse_own_appointment,
)
from app.members.people.resolving import same_person
from app.members.people.sealing import Private, record_private
from app.members.people.searching import found_before
from app.web.database import Id, Snapshot
from app.web.language import language_of
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/people", route_class=ApiRoute, tags=["Members"])
Sought = Annotated[
    str, Query(max_length=200, description="Words of a name, an e-mail address, a telephone or a member number.")
]


OnDay = Annotated[Day | None, Query(description="Today if absent.")]


@router.get("", operation_id="listPeople", summary=N_("List people and organizations"))
def list_people(caller: ReadsMembers, session: Snapshot, paging: Pages, text: Sought = "") -> Listed[PersonGiven]:
    """The records that a text finds, the newest first; without one all of them."""
    after = paging.after()
    rows = found_before(session, text, after[0] if after else None, paging.limit + 1)
    return paging.listed(rows, lambda row: [row.person.id], lambda row: person_given(session, row))


@router.get("/{person_id}", operation_id="getPerson", summary=N_("Get a person or organization"))
def get_person(caller: ReadsMembers, session: Snapshot, person_id: Id) -> PersonWhole:
    """What is on record of one person today, who acts for them, and which application of theirs waits."""
    return person_whole(session, one(session, person_id))


@router.get(
    "/{person_id}/record", operation_id="getPersonRecord", summary=N_("Get what was valid of a person on a day")
)
def get_record(caller: ReadsMembers, session: Snapshot, person_id: Id, on: OnDay = None) -> RecordGiven:
    """The name, address and contacts that are valid on a day."""
    return record_given(session, one(session, person_id), on or clock.today())


@router.get(
    "/{person_id}/history", operation_id="listPersonHistory", summary=N_("List everything on record of a person")
)
def list_history(
    request: Request, caller: ReadsMembers, session: Snapshot, paging: Pages, person_id: Id
) -> Listed[EventGiven]:
    """Everything dated that is on record of a person, the latest day first."""
    events = history_given(session, one(session, person_id), language_of(request))
    left = min((paging.after() or [len(events)])[0], len(events))
    rows = [(left - n, event) for n, event in enumerate(events[len(events) - left :])]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row[0] - 1], lambda row: row[1])


@router.post("", operation_id="enterPerson", summary=N_("Enter a person or organization"), status_code=201)
def enter(caller: DecidesMembers, session: Once, wanted: PersonTaken) -> PersonWhole:
    """Enter somebody who is not known yet, with their name and address."""
    person = enter_person(session, wanted.email, wanted.language)
    record_wanted(session, person, wanted, by=caller.person_id)
    return person_whole(session, person)


@router.post("/{person_id}/particulars", operation_id="changeParticulars", summary=N_("Change a name or address"))
def change_particulars(caller: DecidesMembers, session: Once, person_id: Id, wanted: ParticularsTaken) -> PersonWhole:
    """Record name, address and kind from a day on; earlier ones stay for their time."""
    person = one(session, person_id)
    record_wanted(session, person, wanted, by=caller.person_id)
    return person_whole(session, person)


@router.post("/{person_id}/contacts", operation_id="changeContacts", summary=N_("Change how somebody is reached"))
def change_contacts(caller: DecidesMembers, session: Once, person_id: Id, wanted: ContactsTaken) -> PersonWhole:
    """Record how somebody is reached from a day on, and what for."""
    person = one(session, person_id)
    record_contacts(session, person, wanted, by=caller.person_id)
    return person_whole(session, person)


@router.post("/{person_id}/private", operation_id="recordPrivate", summary=N_("Record birth date and tax number"))
def change_private(caller: DecidesMembers, session: Once, person_id: Id, wanted: PrivateTaken) -> PersonWhole:
    """Record what is kept encrypted; it is not told again here."""
    person = one(session, person_id)
    record_private(session, person, Private(wanted.born_on, wanted.tax_number), by=caller.person_id)
    return person_whole(session, person)


@router.post(
    "/{person_id}/representatives",
    operation_id="appointRepresentative",
    summary=N_("Record who acts for somebody"),
    status_code=201,
)
def add_representative(
    caller: DecidesMembers, session: Once, person_id: Id, wanted: RepresentativeTaken
) -> PersonWhole:
    """Record that somebody who is known here acts for a holder, and by which document."""
    holder, person = one(session, person_id), known(session, wanted.email)
    refuse_own_appointment(session, person, caller.person_id)
    appoint(
        session,
        person,
        holder,
        wanted.capacity,
        basis=wanted.basis,
        valid_from=wanted.valid_from,
        valid_until=wanted.valid_until,
        by=caller.person_id,
    )
    return person_whole(session, holder)


@router.post(
    "/{person_id}/representatives/{representation_id}/end",
    operation_id="endRepresentative",
    summary=N_("End that somebody acts for another"),
)
def end_representative(
    caller: DecidesMembers, session: Once, person_id: Id, representation_id: Id, wanted: ReasonTaken
) -> PersonWhole:
    """End today that somebody acts for a holder."""
    holder, row = one(session, person_id), session.get(Representation, representation_id)
    if row is None or row.holder_id not in session.scalars(same_person(holder.id)).all():
        raise NoSuchRepresentation
    today = clock.today()
    end_representation(session, representation_id, ended_on=today, reason=wanted.reason, by=caller.person_id)
    return person_whole(session, holder)
