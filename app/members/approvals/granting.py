"""Granting a role takes two people: one organizer proposes it, another approves it; the first come by command line."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.members.approvals.approving import TwoPersonAct, propose, register, undecided
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words, chosen, day, person
from app.members.models import Person, RoleGrant
from app.members.people.resolving import same_person
from app.members.role_scopes import subjects
from app.members.roles import ALWAYS, TITLES, Bounds, Role, grant_role, judge_grant, roles_of, standing_grants

ACT = "role:grant"


class OrganizersGrant(Refusal):
    """The command line grants roles only until two organizers can do it themselves."""

    message = N_(
        "Two organizers are here who can grant this: one proposes it at /desk/roles, or here with --by, another "
        "approves it at /desk/approvals. The command line grants roles only before that."
    )
    status = 409


def propose_role(
    session: Session, person: Person, role: str, *, by: Person, reason: str, bounds: Bounds = ALWAYS
) -> Proposal:
    """Propose to give a role; it counts once another organizer, who is not the person either, has approved."""
    judge_grant(session, person, role, by=by, reason=reason, bounds=bounds)
    payload = {
        "person_id": person.id,
        "role": role,
        "for": bounds.subject,
        "valid_from": bounds.valid_from.isoformat() if bounds.valid_from else None,
        "valid_until": bounds.valid_until.isoformat() if bounds.valid_until else None,
        "reason": reason.strip(),
    }
    return propose(session, ACT, subject=f"person:{person.id}", payload=payload, by=by, reason=reason)


def grant_at_set_up(session: Session, person: Person, role: str, *, reason: str, bounds: Bounds = ALWAYS) -> RoleGrant:
    """Give a role from the command line, while fewer than two organizers are there who could decide about it."""
    if two_could_decide(session, person.id):
        raise OrganizersGrant
    return grant_role(session, person, role, by=None, reason=reason, bounds=bounds)


def two_could_decide(session: Session, person_id: int) -> bool:
    """Whether two organizers are there, besides a person, who could decide about a role of theirs."""
    others = {grant.person_id for grant in standing_grants(session)} - set(session.scalars(same_person(person_id)))
    return sum(Role.ORGANIZER in roles_of(session, each) for each in others) >= 2


def waiting_roles(session: Session) -> list[tuple[Proposal, Person]]:
    """The roles that wait for another organizer, each with whom it is for, the oldest first."""
    waiting = [proposal for proposal in undecided(session) if proposal.act == ACT]
    return [(proposal, session.get_one(Person, proposal.payload["person_id"])) for proposal in waiting]


def _grant(session: Session, payload: dict[str, Any], by: int) -> None:
    person, approver = session.get_one(Person, payload["person_id"]), session.get_one(Person, by)
    bounds = Bounds(payload["for"], _day(payload["valid_from"]), _day(payload["valid_until"]))
    grant_role(session, person, payload["role"], by=approver, reason=payload["reason"], bounds=bounds)


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def scope_words(told: Told) -> Words:
    """What a role is for."""
    return subjects(told.session).get(str(told.value), str(told.value))


VALUES = (
    Value("person_id", N_("Person"), person),
    Value("role", N_("Role"), chosen(TITLES)),
    Value("for", N_("For"), scope_words, nothing=N_("everything")),
    Value("valid_from", N_("First day"), day),
    Value("valid_until", N_("Last day"), day),
)
register(TwoPersonAct(ACT, N_("Grant a role"), (Role.ORGANIZER,), _grant, several=True, values=VALUES))
