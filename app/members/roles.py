"""Roles: who may do what here, where and until when, each grant and each end a row with who, when and why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.letters.writing import write
from app.members.models import Person, RoleEnd, RoleGrant, RoleSuspension
from app.members.people.resolving import same_person
from app.members.persons import called
from app.members.role_scopes import known_subject


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


class EndsBeforeItBegins(Refusal):
    """The last day lies before the first one, or before today."""

    message = N_("The last day must be the first day or later, and not lie in the past.")
    field = "valid_until"


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


@dataclass(frozen=True)
class Bounds:
    """Where and when a role counts: for a subject such as `offer:spring-2027` (None: everywhere), on which days."""

    subject: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


ALWAYS = Bounds()


def grant_role(
    session: Session, person: Person, role: str, *, by: Person | None, reason: str, bounds: Bounds = ALWAYS
) -> RoleGrant:
    """Give a role; `by` approved it, or is None on the command line. Raises the refusals above."""
    judge_grant(session, person, role, by=by, reason=reason, bounds=bounds)
    row = RoleGrant(
        person_id=person.id,
        role=role,
        granted_at=clock.now(),
        granted_by=by.id if by else None,
        reason=reason.strip(),
        subject=bounds.subject,
        valid_from=bounds.valid_from,
        valid_until=bounds.valid_until,
    )
    session.add(row)
    session.flush()
    _tell(session, person, row)
    return row


def judge_grant(session: Session, person: Person, role: str, *, by: Person | None, reason: str, bounds: Bounds) -> None:
    """Raise what speaks against giving a role, under the lock of its person."""
    if role not in GRANTED:
        raise UnknownRole(role=role[:40])
    if by is not None and by.id in session.scalars(same_person(person.id)).all():
        raise NotToOneself
    if not reason.strip():
        raise ReasonMissing
    if bounds.subject is not None:
        known_subject(session, bounds.subject)
    if bounds.valid_until and bounds.valid_until < max(bounds.valid_from or clock.today(), clock.today()):
        raise EndsBeforeItBegins
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    if _covered(session, person.id, role, bounds):
        raise AlreadyGranted(who=called(person), role=Role(role))


def _covered(session: Session, person_id: int, role: str, bounds: Bounds) -> bool:
    """Whether a role that has not ended counts, on one of these days, wherever the new one would."""
    first, last = bounds.valid_from or clock.today(), bounds.valid_until or date.max
    standing = _not_ended().where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == role,
        or_(RoleGrant.subject.is_(None), RoleGrant.subject == bounds.subject),
        func.coalesce(RoleGrant.valid_from, first) <= last,
        func.coalesce(RoleGrant.valid_until, last) >= first,
    )
    return session.scalars(standing).first() is not None


def _tell(session: Session, person: Person, row: RoleGrant) -> None:
    bounds, about = bounds_said(row), f"person:{person.id}"
    audit.record(session, audit.Tag.ROLE_GRANTED, about, by=row.granted_by, reason=row.reason, role=row.role, **bounds)
    write(session, "new-role", person.email, person.language, person_id=person.id, role=row.role, bounds=bounds)


def bounds_said(grant: RoleGrant) -> dict[str, str]:
    """Where and when a role counts, as the audit trail and letters say it: only what is limited."""
    said = {"for": grant.subject, "from": grant.valid_from, "until": grant.valid_until}
    return {name: str(value) for name, value in said.items() if value is not None}


def resign_role(session: Session, grant_id: int, *, by: Person, reason: str) -> RoleEnd:
    """Give up a role of one's own; somebody else's is as unknown as one that does not exist."""
    grant = standing_grant(session, grant_id)
    if by.id not in session.scalars(same_person(grant.person_id)).all():
        raise NoSuchGrant
    return _end(session, grant, by, reason)


def end_role(session: Session, grant_id: int, *, by: Person | None, reason: str) -> RoleEnd:
    """End a role that was granted; `by` approved it, or is None on the command line."""
    grant = standing_grant(session, grant_id)
    if by is not None and by.id in session.scalars(same_person(grant.person_id)).all():
        raise NotToOneself
    return _end(session, grant, by, reason)


def standing_grant(session: Session, grant_id: int) -> RoleGrant:
    """A role that has not ended, under lock."""
    grant = session.scalars(select(RoleGrant).where(RoleGrant.id == grant_id).with_for_update()).first()
    if grant is None or session.get(RoleEnd, grant_id) is not None:
        raise NoSuchGrant
    return grant


def _end(session: Session, grant: RoleGrant, by: Person | None, reason: str) -> RoleEnd:
    if not reason.strip():
        raise ReasonMissing
    ended_by = by.id if by else None
    row = RoleEnd(grant_id=grant.id, ended_at=clock.now(), ended_by=ended_by, reason=reason.strip())
    session.add(row)
    about, bounds = f"person:{grant.person_id}", bounds_said(grant)
    audit.record(session, audit.Tag.ROLE_ENDED, about, by=ended_by, reason=row.reason, role=grant.role, **bounds)
    session.flush()
    return row


def standing_grants(session: Session, person_id: int | None = None) -> list[RoleGrant]:
    """Every role (of one person) that has not ended and whose last day is not over, in the order of granting."""
    wanted = _not_ended().where(_not_over()).order_by(RoleGrant.id)
    return list(session.scalars(wanted if person_id is None else wanted.where(RoleGrant.person_id == person_id)))


def roles_of(session: Session, person_id: int, subject: str | None = None) -> frozenset[str]:
    """The granted roles that a person has today: those that count everywhere, and those for the subject."""
    return frozenset(role for role, place in _counting(session, person_id) if place in (None, subject))


def scoped_roles_of(session: Session, person_id: int) -> frozenset[tuple[str, str]]:
    """The roles that a person has today for one subject only, each as (role, subject)."""
    return frozenset((role, place) for role, place in _counting(session, person_id) if place is not None)


def people_in(session: Session, role: Role) -> list[Person]:
    """Who has a role everywhere today, in the order of their numbers."""
    found = {grant.person_id for grant in standing_grants(session) if grant.role == role and grant.subject is None}
    people = session.scalars(select(Person).where(Person.id.in_(found)).order_by(Person.id))
    return [each for each in people if role in roles_of(session, each.id)]


def holds_any_role(session: Session, person_id: int) -> bool:
    """Whether a person has a role somewhere, today or from a later day on."""
    return bool(standing_grants(session, person_id))


def _counting(session: Session, person_id: int) -> set[tuple[str, str | None]]:
    today = clock.today()
    rows = _not_ended().where(
        _not_over(),
        ~_suspended().exists(),
        RoleGrant.person_id == person_id,
        or_(RoleGrant.valid_from.is_(None), RoleGrant.valid_from <= today),
    )
    return {(row.role, row.subject) for row in session.scalars(rows)}


def _not_ended() -> Select[RoleGrant]:
    return select(RoleGrant).outerjoin(RoleEnd, RoleEnd.grant_id == RoleGrant.id).where(RoleEnd.grant_id.is_(None))


def _suspended() -> Select[RoleSuspension]:
    now = RoleSuspension.until > clock.now()
    return select(RoleSuspension).where(RoleSuspension.grant_id == RoleGrant.id, now).correlate(RoleGrant)


def _not_over() -> ColumnElement[bool]:
    return or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until >= clock.today())
