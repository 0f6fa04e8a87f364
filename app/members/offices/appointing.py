"""Appointing: somebody enters an office of the organization, and leaves it; nothing of either is ever changed."""

from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.models import Person
from app.members.offices.models import Officer, OfficerEnd
from app.members.people.living import death_of
from app.members.people.resolving import same_person
from app.members.persons import particulars_on


class Office(StrEnum):
    """Offices of companies and co-operatives, as registers name them."""

    DIRECTOR = N_("director")
    MANAGING_DIRECTOR = N_("managing director")
    CHAIR = N_("chair")
    SUPERVISOR = N_("member of the supervisory board")
    SECRETARY = N_("company secretary")
    TREASURER = N_("treasurer")
    AUDITOR = N_("auditor")
    LIQUIDATOR = N_("liquidator")


class OfficerUnnamed(Refusal):
    """The register of officers shows a name and an address on the day."""

    message = N_("No name and address of this person is on record for {day}. Record it first.")
    status = 409


class OfficerDead(Refusal):
    """The dead hold no office."""

    message = N_("This person has died.")
    status = 409


class OfficeAhead(Refusal):
    """What has not happened yet is not in the register."""

    message = N_("The register says what has happened: choose a day that is not in the future.")


class OfficeHeld(Refusal):
    """Nobody enters an office twice."""

    message = N_("This person holds that office since {day}.")
    status = 409
    field = "office"


class NoSuchOfficer(Refusal):
    """The officer is not in the register."""

    message = N_("There is no such officer.")
    status = 404


class LeftAlready(Refusal):
    """An officer leaves once."""

    message = N_("This officer left on {day}.")
    status = 409


class LeftBeforeEntered(Refusal):
    """Nobody leaves before they came."""

    message = N_("This officer entered on {day}; choose that day or a later one.")
    field = "left_on"


class OfficeReasonMissing(Refusal):
    """The register of officers rests on deeds."""

    message = N_("Name the resolution, election or letter that this rests on.")
    field = "reason"


def appoint(
    session: Session, person: Person, office: Office, *, entered_on: date, reason: str, by: int | None
) -> Officer:
    """Record that a person has entered an office; `reason` names the resolution or election."""
    if not reason.strip():
        raise OfficeReasonMissing
    if entered_on > clock.latest_today():
        raise OfficeAhead(field="entered_on")
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    if death_of(session, person.id) is not None:
        raise OfficerDead
    if particulars_on(session, person.id, max(entered_on, clock.today())) is None:
        raise OfficerUnnamed(day=entered_on)
    held = session.scalars(
        select(Officer).where(Officer.person_id.in_(same_person(person.id)), Officer.office == office, ~_has_left())
    ).first()
    if held is not None:
        raise OfficeHeld(day=held.entered_on)
    row = Officer(
        person_id=person.id,
        office=office,
        entered_on=entered_on,
        reason=reason.strip(),
        recorded_at=clock.now(),
        recorded_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.OFFICER_ENTERED, f"officer:{row.id}", by=by, reason=row.reason, office=office.value)
    return row


def leave_office(session: Session, officer_id: int, *, left_on: date, reason: str, by: int | None) -> OfficerEnd:
    """Record that an officer has left: resigned, was not elected again, was removed, or was entered in error."""
    if not reason.strip():
        raise OfficeReasonMissing
    officer = session.scalars(select(Officer).where(Officer.id == officer_id).with_for_update(key_share=True)).first()
    if officer is None:
        raise NoSuchOfficer
    gone = session.get(OfficerEnd, officer_id)
    if gone is not None:
        raise LeftAlready(day=gone.left_on)
    if left_on > clock.latest_today():
        raise OfficeAhead(field="left_on")
    if left_on < officer.entered_on:
        raise LeftBeforeEntered(day=officer.entered_on)
    row = OfficerEnd(
        officer_id=officer_id, left_on=left_on, reason=reason.strip(), recorded_at=clock.now(), recorded_by=by
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.OFFICER_LEFT, f"officer:{officer_id}", by=by, reason=row.reason)
    return row


def officers(session: Session) -> list[tuple[Officer, OfficerEnd | None]]:
    """Every officer of the register, those in office first, each with how they left."""
    rows = session.execute(
        select(Officer, OfficerEnd)
        .outerjoin(OfficerEnd, OfficerEnd.officer_id == Officer.id)
        .order_by(OfficerEnd.left_on.desc().nulls_first(), Officer.entered_on, Officer.id)
    )
    return [(officer, gone) for officer, gone in rows]


def _has_left() -> ColumnElement[bool]:
    return exists().where(OfficerEnd.officer_id == Officer.id)
