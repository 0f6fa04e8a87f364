"""Identifying: two people see a document that shows who somebody is, or a provider does; never its number or a copy."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Value, chosen, day, person
from app.members.models import Person
from app.members.people.kinds import HolderKind
from app.members.people.likeness import one_name
from app.members.people.models import IdentityCheck, OnlineIdentityCheck
from app.members.people.representing import may_act_for
from app.members.people.resolving import same_person
from app.members.persons import particulars_on
from app.members.roles import Role

ACT = "member:identity"
DOCUMENTS = {
    "passport": N_("Passport"),
    "identity-card": N_("Identity card"),
    "residence-permit": N_("Residence permit"),
    "register-extract": N_("Extract of a public register"),
    "statutes": N_("Statutes of the association"),
    "court-paper": N_("Certificate of a court or notary"),
}


class OwnIdentity(Refusal):
    """Nobody vouches for themself."""

    message = N_("Nobody confirms who they are themself. Ask two other people.")
    status = 403


class SeenLater(Refusal):
    """The document cannot have been seen in the future."""

    message = N_("A document cannot have been seen in the future.")
    field = "seen_on"


class DocumentExpired(Refusal):
    """The document was no longer valid when it was seen."""

    message = N_("The document had expired when it was seen, on {day}. Ask for a valid one.")
    field = "expires_on"


class NotOnline(Refusal):
    """Only a natural person's own document can be checked by a provider."""

    message = N_("Only a person can be checked this way. Two people of the organization look at this holder's papers.")
    status = 409


class NameMissing(Refusal):
    """There is no name to compare the document with."""

    message = N_("Record your legal name and postal address on your page first: the document is compared with it.")
    status = 409


class CheckedAlready(Refusal):
    """There is nothing to check."""

    message = N_("Your identity is checked already.")
    status = 409


@dataclass(frozen=True)
class OnlineCheck:
    """A check by a provider: the path of its page, and whether it is offered now."""

    path: str
    possible: Callable[[], bool]


_ONLINE: list[OnlineCheck] = []


def offer_online(check: OnlineCheck) -> None:
    """Make a check by a provider known; the room that has it does so where it is imported."""
    if check not in _ONLINE:
        _ONLINE.append(check)


def online_path() -> str | None:
    """The page on which somebody is checked by a provider, where there is one."""
    return next((check.path for check in _ONLINE if check.possible()), None)


def propose_identity(
    session: Session,
    person: Person,
    document: str,
    issued_by: str,
    *,
    seen_on: date,
    expires_on: date | None,
    by: Person,
    reason: str,
) -> Proposal:
    """Say that one has seen a document of `DOCUMENTS`; another person who has seen it too approves."""
    assert document in DOCUMENTS, "the form offers what there is"
    if seen_on > clock.today():
        raise SeenLater
    if expires_on is not None and expires_on < seen_on:
        raise DocumentExpired(day=seen_on)
    if may_act_for(session, by.id, person.id, clock.today()):
        raise OwnIdentity
    payload = {
        "person_id": person.id,
        "document": document,
        "issued_by": issued_by,
        "seen_on": seen_on.isoformat(),
        "expires_on": expires_on.isoformat() if expires_on else None,
        "seen_by": by.id,
    }
    return propose(session, ACT, subject=f"person:{person.id}", payload=payload, by=by, reason=reason)


def _confirm(session: Session, payload: dict[str, Any], by: int) -> None:
    if may_act_for(session, by, payload["person_id"], clock.today()):
        raise OwnIdentity
    expires_on = payload["expires_on"]
    row = IdentityCheck(
        person_id=payload["person_id"],
        document=payload["document"],
        issued_by=payload["issued_by"],
        seen_on=date.fromisoformat(payload["seen_on"]),
        expires_on=date.fromisoformat(expires_on) if expires_on else None,
        recorded_at=clock.now(),
        seen_by=payload["seen_by"],
        approved_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.IDENTITY_CHECKED, f"person:{row.person_id}", by=by, document=row.document)


register(
    TwoPersonAct(
        name=ACT,
        title=N_("Confirm that a document shows who somebody is"),
        roles=(Role.ORGANIZER, Role.SECRETARY),
        perform=_confirm,
        values=(
            Value("person_id", N_("Person"), person),
            Value("document", N_("Document"), chosen(DOCUMENTS)),
            Value("issued_by", N_("Issued by")),
            Value("seen_on", N_("Seen on"), day),
            Value("expires_on", N_("Valid until"), day),
        ),
        unsaid=("seen_by",),
    )
)


def identity_checks(session: Session, person_id: int) -> list[IdentityCheck]:
    """Every identity check of a person, in order."""
    return list(
        session.scalars(
            select(IdentityCheck).where(IdentityCheck.person_id.in_(same_person(person_id))).order_by(IdentityCheck.id)
        )
    )


def identity_checked(session: Session, person_id: int) -> bool:
    """Whether two people, or a provider, have seen a document of this person."""
    return bool(identity_checks(session, person_id) or online_checks(session, person_id))


def online_checks(session: Session, person_id: int) -> list[OnlineIdentityCheck]:
    """Every check of a person by a provider, in order."""
    return list(
        session.scalars(
            select(OnlineIdentityCheck)
            .where(OnlineIdentityCheck.person_id.in_(same_person(person_id)))
            .order_by(OnlineIdentityCheck.id)
        )
    )


def judge_online(session: Session, person: Person) -> None:
    """Refuse a check by a provider for who cannot be, or need not be, checked that way."""
    known = particulars_on(session, person.id, clock.today())
    if known is None:
        raise NameMissing
    if known.holder_kind != HolderKind.PERSON:
        raise NotOnline
    if identity_checked(session, person.id):
        raise CheckedAlready


def record_online(session: Session, person_id: int, *, provider: str, check: str, names: str) -> bool:
    """Record that a provider verified a document with these names, once; False where they are not the person's."""
    known = particulars_on(session, person_id, clock.today())
    if known is None or known.holder_kind != HolderKind.PERSON or not one_name(known.legal_name, names):
        return False
    values = {"person_id": person_id, "provider": provider, "provider_check": check, "recorded_at": clock.now()}
    row = insert(OnlineIdentityCheck).values(**values).on_conflict_do_nothing().returning(OnlineIdentityCheck.id)
    if session.scalars(row).first() is not None:
        audit.record(session, audit.Tag.IDENTITY_CHECKED, f"person:{person_id}", by=None, provider=provider)
    return True
