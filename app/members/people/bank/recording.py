"""Recording where money for a person is sent: told by letter, and not paid to before there was time to object."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.cipher import Unreadable, blind_index
from app.core.errors import N_, Refusal
from app.letters.writing import write
from app.members.entering import locked_holder
from app.members.models import Person
from app.members.people.bank.accounts import Account, Scheme
from app.members.people.models import PersonBankAccount
from app.members.people.resolving import same_person

HOLD = timedelta(days=3)
"""How long nothing is paid to new details, also the first: time for the letter to be read by the person."""
PURPOSE = "person_bank_account.number"
LETTER = "bank-details-changed"


class NoBankDetails(Refusal):
    """There are none to remove or show."""

    message = N_("No bank details are recorded.")
    status = 404


class ReasonMissing(Refusal):
    """Whoever reads them says why."""

    message = N_("Say why you read them: it is noted.")
    field = "reason"


@dataclass(frozen=True)
class BankAccount:
    """The account to which a person is paid, since when it is recorded, and from when on it is paid to."""

    id: int
    account: Account
    recorded_at: datetime
    usable_from: datetime


def record_bank_account(session: Session, person: Person, account: Account, *, by: int | None) -> BankAccount:
    """Record the account to which a person is paid; nothing is written when it is the one on record."""
    holder = locked_holder(session, person.id)
    known = bank_account_of(session, holder.id)
    if known is not None and known.account == account:
        return known
    now = clock.now()
    row = PersonBankAccount(
        person_id=holder.id,
        scheme=account.scheme.value,
        holder_name=account.holder_name,
        number=account.number,
        bank_code=account.bank_code or None,
        bic=account.bic or None,
        number_index=blind_index(PURPOSE, account.same_key),
        recorded_at=now,
        recorded_by=by,
        usable_from=now + HOLD,
    )
    row.bound = _bond(row)
    _keep(session, holder, row, by)
    return _read(row, account)


def remove_bank_account(session: Session, person: Person, *, by: int | None) -> None:
    """Keep no bank details of a person any more; the rows before stay until they are erased."""
    holder = locked_holder(session, person.id)
    known = bank_account_of(session, holder.id)
    if known is None:
        raise NoBankDetails
    now, scheme = clock.now(), known.account.scheme.value
    row = PersonBankAccount(person_id=holder.id, scheme=scheme, recorded_at=now, recorded_by=by, usable_from=now + HOLD)
    _keep(session, holder, row, by)


def bank_account_of(session: Session, person_id: int) -> BankAccount | None:
    """The account on record, whether or not it may be paid to yet; raises `Unreadable` where its row was altered."""
    row = _latest(session, person_id)
    if row is None or row.number is None or row.bound is None:  # of before rows were bound: to be recorded anew
        return None
    if row.bound != _bond(row):
        raise Unreadable(f"person_bank_account {row.id}: it was altered, or its values belong to another row")
    return _read(row, _account(row))


def bank_account_for(session: Session, person_id: int, on: date) -> BankAccount | None:
    """The account to which a person may be paid on a day (UTC); None when there is none, or it is too new.

    Of today it is judged at this moment, of another day at its end.
    """
    moment = clock.now() if on == clock.today() else datetime.combine(on, time.max, UTC)
    known = bank_account_of(session, person_id)
    return known if known is not None and known.usable_from <= moment else None


def holders_of_same(session: Session, person_id: int) -> list[int]:
    """Ids of other persons who have given the same account at any time: one household, or somebody who takes twice."""
    row = _latest(session, person_id)
    if row is None or row.number_index is None:
        return []
    own = same_person(person_id)
    found = select(PersonBankAccount.person_id).where(
        PersonBankAccount.number_index == row.number_index, PersonBankAccount.person_id.not_in(own)
    )
    return sorted(set(session.scalars(found)))


def read_bank_account(session: Session, person: Person, *, by: Person, reason: str) -> BankAccount:
    """The account on record with all its digits, for the desk; noted with the reason."""
    if not reason.strip():
        raise ReasonMissing
    known = bank_account_of(session, person.id)
    if known is None:
        raise NoBankDetails
    audit.record(session, audit.Tag.BANK_ACCOUNT_READ, f"person:{person.id}", by=by.id, reason=reason.strip())
    return known


def _keep(session: Session, holder: Person, row: PersonBankAccount, by: int | None) -> None:
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.BANK_ACCOUNT_RECORDED, f"person:{holder.id}", by=by, removed=row.number is None)
    write(
        session,
        LETTER,
        holder.email,
        holder.language,
        person_id=holder.id,
        masked=_account(row).masked if row.number else "",
        at=row.recorded_at.isoformat(),
        usable_from=row.usable_from.isoformat() if row.usable_from > row.recorded_at else "",
    )


def _latest(session: Session, person_id: int) -> PersonBankAccount | None:
    return session.scalars(
        select(PersonBankAccount)
        .where(PersonBankAccount.person_id.in_(same_person(person_id)))
        .order_by(PersonBankAccount.id.desc())
        .limit(1)
    ).first()


def _account(row: PersonBankAccount) -> Account:
    return Account(Scheme(row.scheme), row.holder_name or "", row.number or "", row.bank_code or "", row.bic or "")


def _bond(row: PersonBankAccount) -> str:
    """What holds a row together: a hash of whose account it is, which, and when it was recorded and counts."""
    moments = [moment.astimezone(UTC).isoformat() for moment in (row.recorded_at, row.usable_from)]
    account = [row.scheme, row.holder_name, row.number, row.bank_code, row.bic]
    said = json.dumps([row.person_id, *account, *moments], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _read(row: PersonBankAccount, account: Account) -> BankAccount:
    return BankAccount(row.id, account, row.recorded_at, row.usable_from)
