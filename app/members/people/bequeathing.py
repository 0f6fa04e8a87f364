"""Bequeathing: a death makes the estate the holder under the same number; heirs are recorded as documents name them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.apitokens.issuing import revoke_token, tokens_of
from app.members.entering import current_membership, locked_holder
from app.members.models import Membership, MembershipEnd, Person, SignedIn
from app.members.people.kinds import HolderKind
from app.members.people.leaving import end_membership
from app.members.people.living import death_of
from app.members.people.models import Estate, Heir
from app.members.people.representing import holder_kind_on
from app.members.people.resolving import same_person
from app.members.persons import Address, record_particulars, versions_of
from app.members.roles import holds_any_role

NATURAL = (HolderKind.PERSON, HolderKind.MINOR, HolderKind.NOMINEE)


class NotNatural(Refusal):
    """Only people die."""

    message = N_("This is registered as “{kind}”: only a person can have died.")
    status = 409


class DiedAlready(Refusal):
    """The death is on record."""

    message = N_("The death on {day} is on record already.")
    status = 409


class RolesFirst(Refusal):
    """One person of the desk alone would take roles away from another."""

    message = N_("This person holds a role. Two organizers end it first, at /desk/roles; then record the death.")
    status = 409


class DiesLater(Refusal):
    """The day lies ahead."""

    message = N_("The day of death lies in the future.")
    field = "died_on"


class EndsBeforeDeath(Refusal):
    """A membership does not end by a death before it."""

    message = N_("The membership cannot end before the death, on {day}.")
    field = "ceases_on"


class NoEstate(Refusal):
    """Heirs belong to an estate."""

    message = N_("Record the death first.")
    status = 409


@dataclass(frozen=True)
class Death:
    """A death as a document shows it; `ceases_on` is when the membership ends, if the statutes say that it does."""

    died_on: date
    basis: str
    estate_name: str
    estate_address: Address
    ceases_on: date | None = None


def record_death(session: Session, person: Person, death: Death, *, by: Person) -> Estate:
    """Record a death: from that day the register shows the estate; the person's sessions and tokens end."""
    holder = locked_holder(session, person.id)
    existing = estate_of(session, holder.id)
    if existing is not None:
        raise DiedAlready(day=existing.died_on)
    kind = holder_kind_on(session, holder.id, clock.today())
    if kind not in NATURAL:
        raise NotNatural(kind=kind)
    if death.died_on > clock.today():
        raise DiesLater
    if any(holds_any_role(session, each) for each in session.scalars(same_person(holder.id)).all()):
        raise RolesFirst
    estate = Estate(
        person_id=holder.id, died_on=death.died_on, basis=death.basis, recorded_at=clock.now(), recorded_by=by.id
    )
    session.add(estate)
    session.flush()
    audit.record(session, audit.Tag.DEATH_RECORDED, f"person:{holder.id}", by=by.id, reason=death.basis)
    later = {row.valid_from for row in versions_of(session, holder.id) if row.valid_from > death.died_on}
    for day in sorted({death.died_on, *later}):  # what was recorded for days after the death holds no longer
        record_particulars(
            session,
            holder,
            death.estate_name,
            death.estate_address,
            valid_from=day,
            by=by.id,
            kind=HolderKind.ESTATE,
            reason=death.basis,
        )
    _end_membership(session, holder, death, by)
    _end_powers(session, holder, by)
    return estate


def record_heir(
    session: Session, estate: Estate, legal_name: str, portion: str, basis: str, *, heir: Person | None, by: Person
) -> Heir:
    """Record an heir as a document names them: `portion` such as 1/2, `basis` such as a certificate of inheritance."""
    row = Heir(
        estate_id=estate.person_id,
        legal_name=legal_name,
        portion=portion,
        basis=basis,
        heir_id=heir.id if heir else None,
        recorded_at=clock.now(),
        recorded_by=by.id,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.HEIR_RECORDED, f"person:{estate.person_id}", by=by.id, reason=basis)
    return row


def estate_of(session: Session, person_id: int) -> Estate | None:
    """The estate of a person who has died."""
    return death_of(session, person_id)


def heirs_of(session: Session, estate: Estate) -> list[Heir]:
    """The heirs of an estate, in the order of recording."""
    return list(session.scalars(select(Heir).where(Heir.estate_id == estate.person_id).order_by(Heir.id)))


def _end_membership(session: Session, holder: Person, death: Death, by: Person) -> None:
    member: Membership | None = current_membership(session, holder.id, death.died_on)
    if death.ceases_on is None or member is None or session.get(MembershipEnd, member.id) is not None:
        return
    if death.ceases_on < death.died_on:
        raise EndsBeforeDeath(day=death.died_on)
    end_membership(session, member, death.ceases_on, "death", by=by.id, reason=death.basis)
    audit.record(session, audit.Tag.MEMBER_DIED, f"member:{member.number}", by=by.id, reason=death.basis)


def _end_powers(session: Session, holder: Person, by: Person) -> None:
    session.execute(
        update(SignedIn)
        .where(SignedIn.person_id.in_(same_person(holder.id)), SignedIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
    for each in session.scalars(same_person(holder.id)).all():
        for token in tokens_of(session, each):
            revoke_token(session, token.id, person_id=each, by=by.id)
