"""Ending a role takes two people, but for one's own; in an emergency one person suspends it for some days."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.approvals.approving import LASTS, TwoPersonAct, propose, register, undecided
from app.members.approvals.granting import scope_words, two_could_decide
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words, chosen, person
from app.members.models import Person, RoleEnd, RoleGrant, RoleSuspension
from app.members.people.resolving import same_person
from app.members.roles import TITLES, NotToOneself, ReasonMissing, Role, end_role, standing_grant

ACT = "role:end"
SUSPENDED_FOR: timedelta = LASTS
"""How long a role does not count that one person suspended: as long as the proposal to end it can be decided."""


class SuspendedAlready(Refusal):
    """The role was suspended before."""

    message = N_("This role was suspended before. A second person ends it, or it counts again.")
    status = 409


class OrganizersEnd(Refusal):
    """The command line ends roles only while two organizers cannot do it themselves."""

    message = N_(
        "Two organizers are here who can end this: one proposes it at /desk/roles, or here with --by, another "
        "approves it at /desk/approvals. The command line ends roles only where that is not possible."
    )
    status = 409


def propose_end(session: Session, grant_id: int, *, by: Person, reason: str) -> Proposal:
    """Propose to end a role of somebody else; it ends once another organizer, who is not that person, has approved."""
    grant = standing_grant(session, grant_id)
    _refuse_own(session, grant.person_id, by)
    payload = {"grant_id": grant.id, "person_id": grant.person_id, "role": grant.role, "reason": reason.strip()}
    return propose(session, ACT, subject=f"person:{grant.person_id}", payload=payload, by=by, reason=reason)


def end_at_set_up(session: Session, grant_id: int, *, reason: str) -> RoleEnd:
    """End a role from the command line, while fewer than two organizers are there who could decide about it."""
    if two_could_decide(session, standing_grant(session, grant_id).person_id):
        raise OrganizersEnd
    return end_role(session, grant_id, by=None, reason=reason)


def suspend_role(session: Session, grant_id: int, *, by: Person, reason: str) -> RoleSuspension:
    """Let a role of somebody else not count from now on, for some days and only once; its end is proposed with it."""
    grant = standing_grant(session, grant_id)
    _refuse_own(session, grant.person_id, by)
    if not reason.strip():
        raise ReasonMissing
    if session.scalars(select(RoleSuspension.id).where(RoleSuspension.grant_id == grant.id)).first() is not None:
        raise SuspendedAlready
    now = clock.now()
    row = RoleSuspension(
        grant_id=grant.id, suspended_at=now, until=now + SUSPENDED_FOR, suspended_by=by.id, reason=reason.strip()
    )
    session.add(row)
    session.flush()
    about, until = f"person:{grant.person_id}", row.until.isoformat()
    audit.record(session, audit.Tag.ROLE_SUSPENDED, about, by=by.id, reason=row.reason, role=grant.role, until=until)
    if not any(each.act == ACT and each.payload["grant_id"] == grant.id for each in undecided(session)):
        propose_end(session, grant_id, by=by, reason=reason)
    return row


def suspensions(session: Session) -> dict[int, RoleSuspension]:
    """The suspensions of roles that last, by the role."""
    rows = session.scalars(select(RoleSuspension).where(RoleSuspension.until > clock.now()))
    return {row.grant_id: row for row in rows}


def _refuse_own(session: Session, person_id: int, by: Person) -> None:
    if by.id in session.scalars(same_person(person_id)).all():
        raise NotToOneself


def _perform(session: Session, payload: dict[str, Any], by: int) -> None:
    end_role(session, payload["grant_id"], by=session.get_one(Person, by), reason=payload["reason"])


def _scope(told: Told) -> Words:
    subject = told.session.get_one(RoleGrant, told.value).subject
    return scope_words(replace(told, value=subject)) if subject else told.label(N_("everything"))


VALUES = (
    Value("person_id", N_("Person"), person),
    Value("role", N_("Role"), chosen(TITLES)),
    Value("grant_id", N_("For"), _scope),
)
register(TwoPersonAct(ACT, N_("End a role"), (Role.ORGANIZER,), _perform, several=True, values=VALUES))
