"""Urging waits for the bank: nobody is reminded while lines are unmatched, or when the statements are old."""

from datetime import timedelta

from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.offers.desk.reminders.judging import register_behind
from app.reconciliation.accounts import bank_accounts
from app.reconciliation.lines import count_open, last_import

OLDEST = timedelta(hours=12)


class LinesUnmatched(Refusal):
    """Somebody who has paid might be urged."""

    message = N_("Unmatched bank lines: {count}. Match or park them first, so that nobody is urged who has paid.")
    status = 409


class StatementsOld(Refusal):
    """Payments may have arrived that nobody here knows of."""

    message = N_("The last bank statement was imported more than {hours} hours ago. Import today's first.")
    status = 409


def bank_is_behind(session: Session) -> Refusal | None:
    """Why nobody may be urged now; None where all is known, or where no bank account is kept here."""
    if not bank_accounts(session):
        return None
    last = last_import(session)
    if last is None or clock.now() - last.taken_at > OLDEST:
        return StatementsOld(hours=OLDEST // timedelta(hours=1))
    waiting = count_open(session)
    return LinesUnmatched(count=waiting) if waiting else None


register_behind(bank_is_behind)
