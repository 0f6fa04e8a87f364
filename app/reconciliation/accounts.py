"""The organization's bank accounts: whose statements are taken, and how their CSV is read."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.money import currency_code
from app.reconciliation.models import BankAccount, BankColumns
from app.reconciliation.reading.csv import Columns
from app.reconciliation.reading.records import account_key

_SUFFIX_LEAST = 6


class NoSuchAccount(Refusal):
    """No account of this number is known."""

    message = N_("There is no bank account of this number here.")
    status = 404


class NotANumber(Refusal):
    """The text is no number of an account."""

    message = N_("“{text}” is not the number of an account. Write its IBAN or number as on the statement.")
    field = "number"


class AccountKnown(Refusal):
    """The account was added before."""

    message = N_("The account {number} in {currency} is here already.")
    status = 409
    field = "number"


class ForeignAccount(Refusal):
    """The statement is of an account that is not ours."""

    message = N_("The statement is of {number}, which is none of the organization's accounts. Add the account first.")
    status = 409
    field = "file"


class OtherCurrency(Refusal):
    """The account is ours, in another currency."""

    message = N_("The statement of {number} is in {given}; the account is kept in {kept}.")
    status = 409
    field = "file"


def add_account(session: Session, number: str, currency: str, title: str, *, by: int | None) -> BankAccount:
    """Add an account of the organization, of which statements will be taken."""
    key, code = account_key(number), currency_code(currency)
    if not key or not 4 <= sum(sign.isalnum() for sign in number) <= 34:
        raise NotANumber(text=number[:40])
    one_at_a_time(session, "bank accounts")
    taken = select(BankAccount.id).where(BankAccount.number_key == key, BankAccount.currency == code)
    if session.scalars(taken).first() is not None:
        raise AccountKnown(number=number, currency=code)
    row = BankAccount(
        number=" ".join(number.split()),
        number_key=key,
        currency=code,
        title=title.strip() or number.strip(),
        opened_at=clock.now(),
        opened_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.BANK_ACCOUNT_ADDED, f"bank-account:{row.id}", by=by, currency=code)
    return row


def bank_accounts(session: Session) -> list[BankAccount]:
    """Every account, in the order in which they were added."""
    return list(session.scalars(select(BankAccount).order_by(BankAccount.id)))


def account_of(session: Session, number: str, currency: str) -> BankAccount:
    """The account that a statement is of: by its whole number, or by its end where the bank leaves its code out."""
    key = account_key(number)
    accounts = bank_accounts(session)
    same = [each for each in accounts if each.number_key == key]
    if not same and len(key) >= _SUFFIX_LEAST:
        same = [each for each in accounts if each.number_key.endswith(key)]
    fitting = [each for each in same if each.currency == currency]
    if same and not fitting:
        raise OtherCurrency(number=number, given=currency, kept=same[0].currency)
    if len(fitting) != 1:
        raise ForeignAccount(number=number)
    return fitting[0]


def find_account(session: Session, account_id: int) -> BankAccount:
    """An account by its id."""
    row = session.get(BankAccount, account_id)
    if row is None:
        raise NoSuchAccount
    return row


def save_columns(session: Session, account: BankAccount, columns: Columns, *, by: int | None) -> None:
    """Keep how the CSV of an account's bank is read; the same again changes nothing."""
    kept = columns_of(session, account)
    if kept == columns:
        return
    row = BankColumns(bank_account_id=account.id, columns=columns.kept(), saved_at=clock.now(), saved_by=by)
    session.add(row)
    session.flush()


def columns_of(session: Session, account: BankAccount) -> Columns | None:
    """How the CSV of an account's bank is read, once somebody has said it."""
    found: Mapping[str, Any] | None = session.scalar(
        select(BankColumns.columns)
        .where(BankColumns.bank_account_id == account.id)
        .order_by(BankColumns.id.desc())
        .limit(1)
    )
    return None if found is None else Columns.read(found)
