"""Undoing the taking up of a loan: what was booked of it is turned round, and its money goes back to the lender."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.core import audit, clock, jobs
from app.core.errors import N_, Refusal
from app.ledger import journal
from app.ledger.closing import refuse_closed
from app.ledger.models import Entry
from app.payments.payouts.owing import end_payouts, refuse_paid
from app.payments.refunding import owe_back
from app.payments.requesting import locked_request
from app.shares.loans.lending import LOAN_JOB, BeforeLoan, conversion_of, instalments, locked_loan
from app.shares.loans.models import Loan, LoanEnd
from app.shares.models import ShareAct
from app.shares.moving import InTheFuture, ReversedAlready

REVERSED = N_("the loan was reversed")


class LoanConverted(Refusal):
    """What was owed became shares."""

    message = N_("This loan was converted into shares by act no. {act}. Reverse that act first.")
    status = 409


class LoanOfExchange(Refusal):
    """No money was received for the loan."""

    message = N_("This loan came of an exchange of shares. It ends when that act is reversed.")
    status = 409


@dataclass(frozen=True)
class Undone:
    """From which day nothing is owed of a loan, and why."""

    ended_on: date
    reason: str


def undo_loan(session: Session, loan_id: int, *, on: date, by: int, proposed_by: int, reason: str) -> LoanEnd:
    """Reverse a loan from a day on; what fell due of it is owed no more, unless it was paid (`PaidOutAlready`).

    On the day of its taking up it is a correction: the books then look as if the loan had never been. What was lent
    becomes a refund due. Raises the refusals above, `BeforeLoan`, `InTheFuture`, `ReversedAlready`, `PeriodClosed`.
    """
    loan = locked_loan(session, loan_id)
    if loan_end(session, loan) is not None:
        raise ReversedAlready
    if loan.payment_request_id is None:
        raise LoanOfExchange
    converted = conversion_of(session, loan)
    if converted is not None:
        raise LoanConverted(act=converted.act_id)
    if on < loan.starts_on:
        raise BeforeLoan(day=loan.starts_on)
    if on > clock.latest_today():
        raise InTheFuture(on=on)
    refuse_closed(session, on)
    dues = [due.entry_id for _, due in instalments(session, loan) if due is not None]
    for entry_id in dues:
        refuse_paid(session, entry_id)
    for entry_id in dues:
        day = max(on, session.get_one(Entry, entry_id).effective_on)
        undone = journal.reverse(session, entry_id, key=f"reversal:entry:{entry_id}", on=day, by=by)
        end_payouts(session, entry_id, by_entry=undone, reason=reason)
    end = LoanEnd(
        loan_id=loan.id,
        entry_id=journal.reverse(session, loan.entry_id, key=f"reversal:{loan.source}", on=on, by=by),
        ended_on=on,
        reason=reason,
        recorded_at=clock.now(),
        recorded_by=by,
        proposed_by=proposed_by,
    )
    session.add(end)
    session.flush()
    owe_back(session, locked_request(session, loan.payment_request_id), f"loan-reversal:{loan.id}", REVERSED, by=by)
    audit.record(session, audit.Tag.LOAN_REVERSED, f"loan:{loan.id}", by=by, reason=reason)
    jobs.defer(session, LOAN_JOB, loan_id=loan.id)
    return end


def loan_end(session: Session, loan: Loan) -> Undone | None:
    """The reversal of a loan, by itself or with the exchange of which it came."""
    row = session.get(LoanEnd, loan.id)
    if row is not None:
        return Undone(row.ended_on, row.reason)
    act = aliased(ShareAct)
    came_of = select(ShareAct).join(act, act.id == ShareAct.reverses_id).where(act.entry_id == loan.entry_id)
    reversal = session.scalars(came_of).first()
    return Undone(reversal.effective_on, reversal.reason) if reversal else None
