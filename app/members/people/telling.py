"""Telling: everything on record of a person, in the order of its own days, with when and by whom it was noted."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.members.entering import memberships_of
from app.members.models import Person
from app.members.offices.models import Officer, OfficerEnd
from app.members.people.applying import applications_of
from app.members.people.bequeathing import estate_of, heirs_of
from app.members.people.contacting import contacts_of
from app.members.people.identifying import DOCUMENTS, identity_checks, online_checks
from app.members.people.kinds import CAPACITY_TITLES, KIND_TITLES, Capacity, HolderKind
from app.members.people.models import PersonMerge, PersonUnmerge, Representation, RepresentationEnd
from app.members.people.naming import names_of
from app.members.people.resolving import same_person
from app.members.persons import address_of, called, name_of, versions_of

BEGUN = {
    "subscription": N_("by subscribing to shares"),
    "admission": N_("by admission"),
}
ENDED = {
    "resignation": N_("Resigned"),
    "expulsion": N_("Expelled"),
    "death": N_("Membership ended by death"),
}


@dataclass(frozen=True)
class Event:
    """What is on record: from which day, its title (a message), its parts (texts or messages), who noted it when."""

    on: date
    recorded_at: datetime
    title: str
    parts: tuple[str, ...]
    by_id: int | None = None
    also_by_id: int | None = None


def timeline(session: Session, person_id: int) -> list[Event]:
    """Everything on record of a person, the latest day first."""
    parts = (_particulars, _contacts, _representations, _admission, _memberships, _offices, _death, _merges)
    events = [event for part in parts for event in part(session, person_id)]
    return sorted(events, key=lambda event: (event.on, event.recorded_at), reverse=True)


def names_in(session: Session, events: list[Event]) -> dict[int, str]:
    """The names of everybody who recorded something, by id."""
    ids = {each for event in events for each in (event.by_id, event.also_by_id) if each is not None}
    return names_of(session, ids)


def _particulars(session: Session, person_id: int) -> Iterator[Event]:
    for row in versions_of(session, person_id):
        said = (row.legal_name, address_of(row).one_line(), KIND_TITLES[HolderKind(row.holder_kind)])
        more = tuple(part for part in (row.registration_number, row.reason) if part)
        yield Event(row.valid_from, row.recorded_at, N_("Name and address"), said + more, row.recorded_by)


def _contacts(session: Session, person_id: int) -> Iterator[Event]:
    titles = {"email": N_("E-mail address for letters"), "phone": N_("Telephone")}
    for row in contacts_of(session, person_id):
        said = (row.value or N_("none any more"), *row.purposes)
        yield Event(row.valid_from, row.recorded_at, titles[row.kind], said, row.recorded_by)


def _representations(session: Session, person_id: int) -> Iterator[Event]:
    rows = session.execute(
        select(Representation, RepresentationEnd)
        .outerjoin(RepresentationEnd, RepresentationEnd.representation_id == Representation.id)
        .where(
            Representation.person_id.in_(same_person(person_id)) | Representation.holder_id.in_(same_person(person_id))
        )
    )
    for row, end in rows:
        who = f"{name_of(session, row.person)} → {name_of(session, row.holder)}"
        said = (who, CAPACITY_TITLES[Capacity(row.capacity)], row.basis)
        yield Event(row.valid_from, row.recorded_at, N_("Acts for a holder"), said, row.recorded_by)
        if row.valid_until:
            yield Event(row.valid_until, row.recorded_at, N_("Acts for a holder until this day"), said, row.recorded_by)
        if end:
            ended = (who, CAPACITY_TITLES[Capacity(row.capacity)], end.reason)
            yield Event(end.ended_on, end.recorded_at, N_("No longer acts for a holder"), ended, end.recorded_by)


def _admission(session: Session, person_id: int) -> Iterator[Event]:
    for check in identity_checks(session, person_id):
        said = (DOCUMENTS[check.document], check.issued_by)
        yield Event(check.seen_on, check.recorded_at, N_("Identity checked"), said, check.seen_by, check.approved_by)
    for online in online_checks(session, person_id):
        day = online.recorded_at.date()
        yield Event(day, online.recorded_at, N_("Identity checked"), (N_("by a provider"), online.provider_check))
    for application, decision in applications_of(session, person_id):
        words = (application.statement,) if application.statement else ()
        day = application.applied_at.date()
        yield Event(day, application.applied_at, N_("Applied for membership"), words, application.recorded_by)
        if decision is not None:
            title = N_("Admitted") if decision.membership_id else N_("Application refused")
            day = decision.decided_at.date()
            yield Event(day, decision.decided_at, title, (decision.reason,), decision.decided_by)


def _memberships(session: Session, person_id: int) -> Iterator[Event]:
    for member, end in memberships_of(session, person_id):
        number = f"№ {member.number}"
        said = (number, BEGUN.get(member.basis, member.basis))
        yield Event(member.entered_on, member.recorded_at, N_("Entered the register"), said)
        if end is not None:
            ended = (number, end.reason) if end.reason else (number,)
            title = ENDED.get(end.basis, N_("Ceased to be a member"))
            yield Event(end.ceased_on, end.recorded_at, title, ended, end.recorded_by)


def _offices(session: Session, person_id: int) -> Iterator[Event]:
    rows = session.execute(
        select(Officer, OfficerEnd)
        .outerjoin(OfficerEnd, OfficerEnd.officer_id == Officer.id)
        .where(Officer.person_id.in_(same_person(person_id)))
    )
    for row, end in rows:
        yield Event(row.entered_on, row.recorded_at, N_("Entered office"), (row.office, row.reason), row.recorded_by)
        if end is not None:
            yield Event(end.left_on, end.recorded_at, N_("Left office"), (row.office, end.reason), end.recorded_by)


def _death(session: Session, person_id: int) -> Iterator[Event]:
    estate = estate_of(session, person_id)
    if estate is None:
        return
    yield Event(estate.died_on, estate.recorded_at, N_("Died"), (estate.basis,), estate.recorded_by)
    for heir in heirs_of(session, estate):
        said = tuple(part for part in (heir.legal_name, heir.portion, heir.basis) if part)
        yield Event(heir.recorded_at.date(), heir.recorded_at, N_("Heir"), said, heir.recorded_by)


def _merges(session: Session, person_id: int) -> Iterator[Event]:
    rows = session.execute(
        select(PersonMerge, PersonUnmerge)
        .outerjoin(PersonUnmerge, PersonUnmerge.merge_id == PersonMerge.id)
        .where((PersonMerge.survivor_id == person_id) | (PersonMerge.absorbed_id == person_id))
    )
    for merge, undone in rows:
        pair = " ← ".join(called(session.get_one(Person, each)) for each in (merge.survivor_id, merge.absorbed_id))
        at, said = merge.merged_at, (pair, merge.reason)
        yield Event(at.date(), at, N_("Records merged"), said, merge.proposed_by, merge.approved_by)
        if undone is not None:
            at, said = undone.undone_at, (pair, undone.reason)
            yield Event(at.date(), at, N_("Merge undone"), said, undone.proposed_by, undone.approved_by)
