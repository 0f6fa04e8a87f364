"""Whose account at the provider it is: known by issuer and subject, joined once by a verified address."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.members.models import Person
from app.members.persons import find_person, known_person, normal_email
from app.members.signin.accounts.provider import Account, AnswerRefused, configured_name
from app.members.signin.models import OutsideAccount
from app.members.signin.once import spend


class NoVerifiedAddress(Refusal):
    """The account is new here, and the provider has not verified its e-mail address."""

    message = N_(
        "{name} has not confirmed your e-mail address. Sign in once by a link, then connect the account on the page "
        "“Security”."
    )
    status = 403


class OthersAccount(Refusal):
    """The account belongs to somebody else here."""

    message = N_("This account is connected with somebody else here.")
    status = 409


def person_of(session: Session, account: Account, language: str, *, state: str, until: datetime) -> Person:
    """The person of an account that the provider has just shown, joined by their verified address when new here."""
    _once(session, state, until)
    row = _joined(session, account)
    if row is not None:
        return session.get_one(Person, row.person_id)
    if not account.email:
        raise NoVerifiedAddress(name=configured_name())
    email = normal_email(account.email)
    person = find_person(session, email) or known_person(session, email, language)
    _join(session, person, account)
    return person


def connect(session: Session, account: Account, person: Person, *, state: str, until: datetime) -> None:
    """Connect an account with a person who is signed in; harmless when it is already."""
    _once(session, state, until)
    row = _joined(session, account)
    if row is not None and row.person_id != person.id:
        raise OthersAccount
    if row is None:
        _join(session, person, account)


def accounts_of(session: Session, person_id: int) -> list[OutsideAccount]:
    """The accounts that are connected with a person."""
    own = select(OutsideAccount).where(OutsideAccount.person_id == person_id)
    return list(session.scalars(own.order_by(OutsideAccount.id)))


def disconnect(session: Session, account_id: int, *, person_id: int) -> None:
    """Disconnect one of a person's accounts."""
    row = session.get(OutsideAccount, account_id)
    if row is None or row.person_id != person_id:
        raise NotFound
    session.delete(row)
    audit.record(session, audit.Tag.ACCOUNT_DISCONNECTED, f"person:{person_id}", by=person_id)
    session.flush()


def _once(session: Session, state: str, until: datetime) -> None:
    if not spend(session, "account", state, until):
        raise AnswerRefused(name=configured_name())


def _joined(session: Session, account: Account) -> OutsideAccount | None:
    one_at_a_time(session, f"account:{account.issuer}:{account.subject}")
    found = select(OutsideAccount).where(
        OutsideAccount.issuer == account.issuer, OutsideAccount.subject == account.subject
    )
    return session.scalars(found).first()


def _join(session: Session, person: Person, account: Account) -> None:
    row = OutsideAccount(person_id=person.id, issuer=account.issuer, subject=account.subject, connected_at=clock.now())
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.ACCOUNT_CONNECTED, f"person:{person.id}", by=person.id)
