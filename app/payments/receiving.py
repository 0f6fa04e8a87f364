"""Recording receipts: a bank transfer finds its request by reference, and what is too much becomes a refund due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger.closing import open_day
from app.payments.holding import Held, hold, write_received
from app.payments.models import PaymentRequest, Receipt
from app.payments.references import read_reference
from app.payments.refunding import A_DAY_ELSEWHERE, owe_directly
from app.payments.requesting import has_ended, locked_request


class UnknownReference(Refusal):
    """The reference is well formed but nobody was given it."""

    message = N_("Nobody was given the reference {reference}. Compare it with the bank statement.")
    status = 404
    field = "reference"


class WrongCurrency(Refusal):
    """The money came in another currency than was asked for."""

    message = N_("{reference} was asked for in {asked}, not in {given}.")
    field = "amount"


class RecordedAlready(Refusal):
    """The bank's line was recorded before."""

    message = N_("The bank line “{bank_reference}” was recorded on {day} already. Nothing was changed.")
    status = 409
    field = "bank_reference"


class NotYetReceived(Refusal):
    """The day lies in the future."""

    message = N_("{day} lies in the future. Record a receipt when it has arrived.")
    field = "received_on"


class ReceivedBeforeAsked(Refusal):
    """The day lies before the reference was given."""

    message = N_("{day} lies before {asked}, when this reference was given. Compare it with the bank statement.")
    field = "received_on"


class NothingReceived(Refusal):
    """The amount is zero."""

    message = N_("Give the amount that arrived; it must be more than zero.")
    field = "amount"


@dataclass(frozen=True)
class BankLine:
    """A credit on the bank statement, as the treasurer reads it."""

    reference: str
    amount: Money
    received_on: date
    payer_name: str
    bank_reference: str


def request_of(session: Session, reference: str) -> PaymentRequest:
    """The request that was given a reference, typed in any spelling."""
    compact = read_reference(reference)
    found = session.scalars(select(PaymentRequest).where(PaymentRequest.reference == compact)).first()
    if found is None:
        raise UnknownReference(reference=compact)
    return found


Successor = Callable[[Session, PaymentRequest], PaymentRequest | None]
_SUCCESSORS: list[Successor] = []


def register_successor(successor: Successor) -> None:
    """Let a room say which request of the same person took the place of one that has ended."""
    if successor not in _SUCCESSORS:
        _SUCCESSORS.append(successor)


def successor_of(session: Session, request: PaymentRequest) -> PaymentRequest | None:
    """The request that took the place of one that has ended, or None."""
    return next((found for each in _SUCCESSORS if (found := each(session, request))), None)


def _present(session: Session, request: PaymentRequest) -> PaymentRequest:
    """The request that money under a reference is for now, locked: people go on using the reference they were given."""
    while has_ended(session, request):
        following = successor_of(session, request)
        if following is None:
            return request
        assert following.person_id == request.person_id, "a request is replaced by its like"
        request = locked_request(session, following.id)
    return request


def record_receipt(session: Session, line: BankLine, *, by: int | None) -> Receipt:
    """Record money that arrived: what was asked for is held, anything beyond it is owed back at once.

    Money under the reference of a request that was replaced is for the one in its place. What arrived in a period that
    is closed takes effect on the first open day; the receipt keeps the bank's own.
    """
    first = locked_request(session, request_of(session, line.reference).id)
    request = _present(session, first)
    if line.amount.currency != request.currency:
        raise WrongCurrency(reference=request.reference, asked=request.currency, given=line.amount.currency)
    if line.amount.minor <= 0:
        raise NothingReceived
    if line.received_on > clock.today():
        raise NotYetReceived(day=line.received_on)
    asked_on = first.requested_at.date()
    if line.received_on < asked_on - A_DAY_ELSEWHERE:
        raise ReceivedBeforeAsked(day=line.received_on, asked=asked_on)
    _refuse_twice(session, line)
    kept = hold(
        session,
        request,
        line.amount,
        key=f"receipt:{line.bank_reference}",
        nature="receipt",
        on=open_day(session, line.received_on),
        by=by,
    )
    receipt = _kept(session, request, line, kept, by)
    if kept.beyond.minor:
        owe_directly(session, request, kept.beyond, f"receipt:{receipt.id}", kept.reason, receipt.entry_id)
    audit.record(session, audit.Tag.RECEIPT_RECORDED, f"receipt:{receipt.id}", by=by, amount_cents=line.amount.minor)
    write_received(session, request, line.amount)
    jobs.defer(session, "documents.file_receipt", receipt_id=receipt.id)
    return receipt


def _refuse_twice(session: Session, line: BankLine) -> None:
    one_at_a_time(session, f"bank line {line.bank_reference}")
    earlier = session.scalars(select(Receipt).where(Receipt.bank_reference == line.bank_reference)).first()
    if earlier is not None:
        raise RecordedAlready(bank_reference=line.bank_reference, day=earlier.received_on)


def _kept(session: Session, request: PaymentRequest, line: BankLine, kept: Held, by: int | None) -> Receipt:
    receipt = Receipt(
        payment_request_id=request.id,
        amount_cents=line.amount.minor,
        currency=request.currency,
        received_on=line.received_on,
        payer_name=line.payer_name,
        bank_reference=line.bank_reference,
        recorded_at=clock.now(),
        recorded_by=by,
        entry_id=kept.entry_id,
    )
    session.add(receipt)
    session.flush()
    return receipt
