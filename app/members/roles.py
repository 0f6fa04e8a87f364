"""Roles: who may do what here, each grant and each end a row with who, when and why."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.letters.writing import write
from app.members.models import Person, RoleEnd, RoleGrant


class Role(StrEnum):
    """What a person may be here; being a member follows from the register, the others are granted."""

    ORGANIZER = N_("organizer")
    TREASURER = N_("treasurer")
    TELLER = N_("teller")
    AUDITOR = N_("auditor")
    SECRETARY = N_("secretary")
    MEMBER = N_("member")


GRANTED = (Role.ORGANIZER, Role.TREASURER, Role.TELLER, Role.AUDITOR, Role.SECRETARY)

TITLES = {
    Role.ORGANIZER: N_("Organizer"),
    Role.TREASURER: N_("Treasurer"),
    Role.TELLER: N_("Teller"),
    Role.AUDITOR: N_("Auditor"),
    Role.SECRETARY: N_("Secretary"),
    Role.MEMBER: N_("Member"),
}


class UnknownRole(Refusal):
    """There is no such role to grant."""

    message = N_(
        "“{role}” is not a role that can be granted. Choose organizer, treasurer, teller, auditor or secretary."
    )
    field = "role"


class UnknownPerson(Refusal):
    """Nobody is known by the address."""

    message = N_("Nobody is known by the address {who} yet.")
    status = 404
    field = "email"


class AlreadyGranted(Refusal):
    """The person has the role already."""

    message = N_("{who} is {role} already.")
    status = 409


class NotToOneself(Refusal):
    """Nobody grants or ends a role of their own."""

    message = N_("Roles are granted and ended by someone else. Ask another organizer.")
    status = 403


class ReasonMissing(Refusal):
    """A grant, a proposal or a decision needs a reason that an auditor can read later."""

    message = N_("Say why, so that it can be understood later.")
    field = "reason"


class NoSuchGrant(Refusal):
    """The grant does not exist or has ended."""

    message = N_("This role has ended already, or was never granted.")
    status = 404


def grant_role(session: Session, person: Person, role: str, *, by: Person | None, reason: str) -> RoleGrant:
    """Give a role; `by` is None on the command line. Raises the refusals above."""
    if role not in GRANTED:
        raise UnknownRole(role=role[:40])
    if by is not None and by.id == person.id:
        raise NotToOneself
    if not reason.strip():
        raise ReasonMissing
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    if role in roles_of(session, person.id):
        raise AlreadyGranted(who=person.email, role=Role(role))
    granted_by = by.id if by else None
    row = RoleGrant(
        person_id=person.id, role=role, granted_at=clock.now(), granted_by=granted_by, reason=reason.strip()
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.ROLE_GRANTED, f"person:{person.id}", by=granted_by, reason=row.reason, role=role)
    write(session, "new-role", person.email, person.language, person_id=person.id, role=role)
    return row


def end_role(session: Session, grant_id: int, *, by: Person | None, reason: str) -> RoleEnd:
    """End a role that was granted; `by` is None on the command line."""
    grant = session.scalars(select(RoleGrant).where(RoleGrant.id == grant_id).with_for_update()).first()
    if grant is None or session.get(RoleEnd, grant_id) is not None:
        raise NoSuchGrant
    if by is not None and by.id == grant.person_id:
        raise NotToOneself
    if not reason.strip():
        raise ReasonMissing
    ended_by = by.id if by else None
    row = RoleEnd(grant_id=grant_id, ended_at=clock.now(), ended_by=ended_by, reason=reason.strip())
    session.add(row)
    audit.record(
        session, audit.Tag.ROLE_ENDED, f"person:{grant.person_id}", by=ended_by, reason=row.reason, role=grant.role
    )
    session.flush()
    return row


def standing_grants(session: Session) -> list[RoleGrant]:
    """Every role that has not ended, in the order of granting."""
    return list(
        session.scalars(
            select(RoleGrant)
            .outerjoin(RoleEnd, RoleEnd.grant_id == RoleGrant.id)
            .where(RoleEnd.grant_id.is_(None))
            .order_by(RoleGrant.id)
        )
    )


def roles_of(session: Session, person_id: int) -> frozenset[str]:
    """The granted roles that a person has now."""
    return frozenset(
        session.scalars(
            select(RoleGrant.role)
            .outerjoin(RoleEnd, RoleEnd.grant_id == RoleGrant.id)
            .where(RoleGrant.person_id == person_id, RoleEnd.grant_id.is_(None))
        )
    )
