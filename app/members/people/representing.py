"""Representing: who acts for a company, an association, joint holders, a minor or an estate, from when until when."""

from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.entering import locked_holder
from app.members.models import Person
from app.members.people.kinds import REGISTERED, Capacity, HolderKind
from app.members.people.models import Representation, RepresentationEnd
from app.members.people.resolving import same_person
from app.members.persons import particulars_on


class ForOneself(Refusal):
    """Everybody acts for themself anyway."""

    message = N_("Everybody acts for themself without being appointed.")
    field = "email"


class OwnAppointment(Refusal):
    """At the desk nobody gives power over others to themself."""

    message = N_("That you act for somebody else is recorded by another organizer or secretary.")
    status = 403


class WrongCapacity(Refusal):
    """The capacity does not go with what the holder is."""

    message = N_("Nobody can act in this capacity for a holder that is registered as “{kind}”.")
    field = "capacity"


class MajorityMissing(Refusal):
    """A guardianship ends with majority, so that day must be known."""

    message = N_("Give the day on which the minor comes of age: the guardian acts until then.")
    field = "valid_until"


class EndsBeforeItBegins(Refusal):
    """The last day lies before the first."""

    message = N_("This ends before it begins, on {day}.")
    field = "valid_until"


class RepresentsAlready(Refusal):
    """The same is on record and stands."""

    message = N_("This is on record already and stands.")
    status = 409


class NoSuchRepresentation(Refusal):
    """It does not exist or has ended."""

    message = N_("This has ended already, or was never recorded.")
    status = 404


_FITS: dict[Capacity, tuple[HolderKind, ...]] = {
    Capacity.OFFICER: REGISTERED,
    Capacity.AGENT: tuple(HolderKind),
    Capacity.GUARDIAN: (HolderKind.MINOR,),
    Capacity.PERSONAL_REPRESENTATIVE: (HolderKind.ESTATE,),
    Capacity.JOINT_HOLDER: (HolderKind.JOINT_HOLDERS,),
}


def appoint(
    session: Session,
    person: Person,
    holder: Person,
    capacity: Capacity,
    *,
    basis: str,
    valid_from: date,
    valid_until: date | None = None,
    by: int | None,
) -> Representation:
    """Record that somebody acts for a holder from a day on, until (not including) another; `basis` names the document.

    The order in which joint holders are recorded is their order in the register.
    """
    holder = locked_holder(session, holder.id)
    if holder.id in session.scalars(same_person(person.id)).all():
        raise ForOneself
    known = particulars_on(session, holder.id, max(valid_from, clock.today()))
    kind = HolderKind(known.holder_kind) if known else HolderKind.PERSON
    if kind not in _FITS[capacity]:
        raise WrongCapacity(kind=kind)
    if capacity == Capacity.GUARDIAN and valid_until is None:
        raise MajorityMissing
    if valid_until is not None and valid_until <= valid_from:
        raise EndsBeforeItBegins(day=valid_until)
    standing = representatives_of(session, holder.id, valid_from)
    if any(row.person_id == person.id and row.capacity == capacity for row in standing):
        raise RepresentsAlready
    row = Representation(
        person_id=person.id,
        holder_id=holder.id,
        capacity=capacity,
        position=1 + len([row for row in standing if row.capacity == capacity]),
        basis=basis,
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    session.add(row)
    session.flush()
    subject = f"person:{holder.id}"
    audit.record(
        session,
        audit.Tag.REPRESENTATIVE_APPOINTED,
        subject,
        by=by,
        reason=basis,
        representation=row.id,
        by_whom=person.id,
    )
    return row


def refuse_own_appointment(session: Session, person: Person, by: int) -> None:
    """Raise `OwnAppointment` where somebody of the desk would record that they themself act for a holder."""
    if by in session.scalars(same_person(person.id)).all():
        raise OwnAppointment


def end_representation(
    session: Session, representation_id: int, *, ended_on: date, reason: str, by: int | None
) -> RepresentationEnd:
    """End it with a day: the first on which the person no longer acts for the holder."""
    row = session.scalars(
        select(Representation).where(Representation.id == representation_id).with_for_update()
    ).first()
    if row is None or session.get(RepresentationEnd, representation_id) is not None:
        raise NoSuchRepresentation
    end = RepresentationEnd(
        representation_id=row.id, ended_on=ended_on, reason=reason, recorded_at=clock.now(), recorded_by=by
    )
    session.add(end)
    session.flush()
    subject = f"person:{row.holder_id}"
    audit.record(session, audit.Tag.REPRESENTATIVE_ENDED, subject, by=by, reason=reason, representation=row.id)
    return end


def representatives_of(session: Session, holder_id: int, day: date) -> list[Representation]:
    """Who acts for a holder on a day, in the order of recording."""
    return list(session.scalars(_standing_on(day).where(Representation.holder_id.in_(same_person(holder_id)))))


def represented_by(session: Session, person_id: int, day: date) -> list[Representation]:
    """For whom somebody acts on a day, in the order of recording."""
    return list(session.scalars(_standing_on(day).where(Representation.person_id.in_(same_person(person_id)))))


def may_act_for(session: Session, person_id: int, holder_id: int, day: date) -> bool:
    """Whether somebody may act for a holder on a day: for themself always, for others while they represent them."""
    return holder_id in session.scalars(same_person(person_id)).all() or any(
        row.person_id in session.scalars(same_person(person_id)).all()
        for row in representatives_of(session, holder_id, day)
    )


def holder_kind_on(session: Session, person_id: int, day: date) -> HolderKind:
    """What a holder is on a day; a minor whose guardianship has run out has come of age."""
    known = particulars_on(session, person_id, day)
    kind = HolderKind(known.holder_kind) if known else HolderKind.PERSON
    if kind == HolderKind.MINOR and _of_age(session, person_id, day):
        return HolderKind.PERSON
    return kind


def _of_age(session: Session, person_id: int, day: date) -> bool:
    ends = session.scalars(
        select(Representation.valid_until).where(
            Representation.holder_id.in_(same_person(person_id)), Representation.capacity == Capacity.GUARDIAN
        )
    ).all()
    return bool(ends) and all(end is not None and end <= day for end in ends)


def _standing_on(day: date) -> Select[Representation]:
    return (
        select(Representation)
        .outerjoin(RepresentationEnd, RepresentationEnd.representation_id == Representation.id)
        .where(
            Representation.valid_from <= day,
            or_(Representation.valid_until.is_(None), Representation.valid_until > day),
            or_(RepresentationEnd.representation_id.is_(None), RepresentationEnd.ended_on > day),
        )
        .order_by(Representation.id)
    )
