"""Reversing an act or an allotment: its lots end, what it ended begins anew, what it made payable is owed no more."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import jobs
from app.core.errors import N_, Refusal
from app.ledger import journal
from app.ledger.chart import share_unit
from app.payments.payouts.owing import end_payouts, refuse_paid
from app.payments.refunding import owe_back
from app.payments.requesting import locked_request
from app.shares.acts.cancelling import NoSuchLot
from app.shares.acts.judging import SharesCharged, charged_shares, lock_holders, refuse_called
from app.shares.holding import stands
from app.shares.loans.lending import LOAN_JOB
from app.shares.loans.models import Loan
from app.shares.models import Lot, ShareAct
from app.shares.moving import ALLOTMENT_UNDONE, reverse_act, reverse_allotment


class NoSuchAct(Refusal):
    """The act does not exist."""

    message = N_("There is no such act.")
    status = 404
    field = "act"


class ReversalOfReversal(Refusal):
    """A reversal stands; what was undone is done again by a new act."""

    message = N_("A reversal is not reversed. Do the act again.")
    status = 409


class ReversedBeforeItself(Refusal):
    """An act cannot be undone before it was done."""

    message = N_("The act took effect on {day}; it cannot be undone earlier.")
    field = "on"


class LotOfAct(Refusal):
    """The certificate came of an act on shares, which is reversed as a whole."""

    message = N_("Certificate {certificate} came of act no. {act}. Reverse that act.")
    status = 409
    field = "certificate"


def undo(
    session: Session, act_id: int, *, on: date, by: int | None, reason: str, proposed_by: int | None = None
) -> ShareAct:
    """Reverse an act from a day on; payouts of it end, unless one was paid already (`PaidOutAlready`)."""
    act = session.get(ShareAct, act_id)
    if act is None:
        raise NoSuchAct
    if act.reverses_id is not None or act.kind == ALLOTMENT_UNDONE:
        raise ReversalOfReversal
    if on < act.effective_on:
        raise ReversedBeforeItself(day=act.effective_on)
    if act.entry_id is not None:
        refuse_paid(session, act.entry_id)
    row = reverse_act(session, act_id, on=on, by=by, reason=reason, proposed_by=proposed_by)
    _refuse_charged(session, session.scalars(select(Lot).where(Lot.act_id == act.id).order_by(Lot.id)))
    if act.entry_id is not None and row.entry_id is not None:
        end_payouts(session, act.entry_id, by_entry=row.entry_id, reason=reason)
        _owe_back(session, row, by)
        lent = session.scalars(select(Loan.id).where(Loan.entry_id == act.entry_id).order_by(Loan.id))
        jobs.defer_many(session, LOAN_JOB, [{"loan_id": id_} for id_ in lent])
    return row


def undo_allotment(
    session: Session, certificate: int, *, on: date, by: int | None, reason: str, proposed_by: int | None = None
) -> ShareAct:
    """Reverse an allotment from a day on; what was paid for it becomes a refund due.

    Raises `NoSuchLot`, `LotOfAct`, `CallOpen`, `SharesCharged`, and what `record_act` raises.
    """
    lot = session.scalars(select(Lot).where(Lot.certificate_number == certificate, stands())).first()
    if lot is None:
        raise NoSuchLot(certificate=certificate)
    if lot.act_id is not None:
        raise LotOfAct(certificate=certificate, act=lot.act_id)
    lock_holders(session, lot.membership)
    refuse_called(session, [lot])
    row = reverse_allotment(session, lot, on=on, by=by, reason=reason, proposed_by=proposed_by)
    _refuse_charged(session, [lot])
    _owe_back(session, row, by)
    return row


def _refuse_charged(session: Session, made: Iterable[Lot]) -> None:
    """Raise `SharesCharged` when shares that were given, and are undone now, stand as security."""
    for lot in made:
        charged = charged_shares(session, lot.membership, lot.share_class)
        unit = share_unit(lot.share_class.code)
        if charged and journal.balance(session, "holder", f"member:{lot.membership.number}", unit) < charged:
            raise SharesCharged(charged=charged, number=lot.membership.number, free=0, code=lot.share_class.code)


def _owe_back(session: Session, row: ShareAct, by: int | None) -> None:
    """What the reversal holds for payment requests again goes back, since nothing is bought with it."""
    assert row.entry is not None, "money was booked"
    for leg in row.entry.postings:
        if leg.account.kind == "subscriptions_held":
            request = locked_request(session, int(leg.account.subject.removeprefix("request:")))
            owe_back(session, request, f"reversal:{row.id}", N_("the act on shares was reversed"), by=by)
