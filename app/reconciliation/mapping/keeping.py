"""Keeping a CSV file while somebody says how it is read; nothing of it counts before it is taken in."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.uploads import SentFile
from app.reconciliation.accounts import bank_accounts, columns_of
from app.reconciliation.mapping.models import BankTable
from app.reconciliation.models import BankAccount
from app.reconciliation.reading.csv import Columns
from app.reconciliation.reading.guessing import guess, header_of

KEPT = timedelta(days=1)


class NoAccountYet(Refusal):
    """A table names no account, so one must be known."""

    message = N_("Add the account first of which this table is.")
    status = 409
    field = "file"


class TableGone(Refusal):
    """It was taken in, or a day has passed."""

    message = N_("This table was taken in or removed; it is kept for a day. Send the file again.")
    status = 410


def keep_table(session: Session, file: SentFile, *, by: int) -> BankTable:
    """Keep a file for a day; refused when it is no table at all, or no account is known."""
    accounts = bank_accounts(session)
    if not accounts:
        raise NoAccountYet
    guess(file.content, accounts[0].currency)
    row = BankTable(file_name=file.name[:200], content=file.content, sent_at=clock.now(), sent_by=by)
    session.add(row)
    session.flush()
    return row


def kept_table(session: Session, table_id: int) -> BankTable:
    """A table that was sent and not taken in yet."""
    row = session.get(BankTable, table_id)
    if row is None or row.sent_at < clock.now() - KEPT:
        raise TableGone
    return row


def likely_account(session: Session, content: bytes) -> BankAccount:
    """The account whose saved columns the table has, the latest added first; else the first account."""
    accounts, header = bank_accounts(session), set(header_of(content))
    for account in reversed(accounts):
        saved = columns_of(session, account)
        if saved is not None and header.issuperset(saved.columns()):
            return account
    return accounts[0]


def likely_columns(session: Session, account: BankAccount, content: bytes) -> Columns:
    """How a table of an account is likely read: as it was saved, where the table has these columns; else as guessed."""
    saved = columns_of(session, account)
    if saved is not None and set(header_of(content)).issuperset(saved.columns()):
        return saved
    return guess(content, account.currency)


def forget_tables(session: Session) -> None:
    """Remove tables that nobody took in."""
    session.execute(delete(BankTable).where(BankTable.sent_at < clock.now() - KEPT))
