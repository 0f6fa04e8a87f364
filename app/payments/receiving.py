"""Recording receipts: a bank transfer finds its request by reference, and what is too much becomes a refund due."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger import journal
from app.letters.writing import write
from app.payments.models import PaymentRequest, Receipt
from app.payments.references import read_reference
from app.payments.refunding import A_DAY_ELSEWHERE, owe_directly
from app.payments.requesting import asked, has_ended, held, held_account, locked_request


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


def record_receipt(session: Session, line: BankLine, *, by: int | None) -> Receipt:
    """Record money that arrived: what was asked for is held, anything beyond it is owed back at once."""
    request = locked_request(session, request_of(session, line.reference).id)
    if line.amount.currency != request.currency:
        raise WrongCurrency(reference=request.reference, asked=request.currency, given=line.amount.currency)
    if line.amount.minor <= 0:
        raise NothingReceived
    if line.received_on > clock.today():
        raise NotYetReceived(day=line.received_on)
    asked_on = request.requested_at.date()
    if line.received_on < asked_on - A_DAY_ELSEWHERE:
        raise ReceivedBeforeAsked(day=line.received_on, asked=asked_on)
    _refuse_twice(session, line)
    wanted = Money(0, request.currency) if has_ended(session, request) else asked(request) - held(session, request)
    kept = min(line.amount.minor, wanted.minor)
    receipt = _book(session, request, line, kept, by)
    beyond = line.amount.minor - kept
    if beyond:
        reason = N_("paid after the end") if has_ended(session, request) else N_("paid more than asked")
        owe_directly(
            session, request, Money(beyond, request.currency), f"receipt:{receipt.id}", reason, receipt.entry_id
        )
    audit.record(session, audit.Tag.RECEIPT_RECORDED, f"receipt:{receipt.id}", by=by, amount_cents=line.amount.minor)
    _write_letter(session, request, line)
    return receipt


def _refuse_twice(session: Session, line: BankLine) -> None:
    one_at_a_time(session, f"bank line {line.bank_reference}")
    earlier = session.scalars(select(Receipt).where(Receipt.bank_reference == line.bank_reference)).first()
    if earlier is not None:
        raise RecordedAlready(bank_reference=line.bank_reference, day=earlier.received_on)


def _book(session: Session, request: PaymentRequest, line: BankLine, kept: int, by: int | None) -> Receipt:
    beyond = line.amount.minor - kept
    legs = [journal.Leg("bank", "", request.currency, line.amount.minor)]
    if kept:
        legs.append(journal.Leg(*held_account(request), request.currency, -kept))
    if beyond:
        legs.append(journal.Leg("refunds_payable", f"request:{request.id}", request.currency, -beyond))
    draft = journal.Draft(f"receipt:{line.bank_reference}", "receipt", line.received_on, tuple(legs))
    receipt = Receipt(
        payment_request_id=request.id,
        amount_cents=line.amount.minor,
        currency=request.currency,
        received_on=line.received_on,
        payer_name=line.payer_name,
        bank_reference=line.bank_reference,
        recorded_at=clock.now(),
        recorded_by=by,
        entry_id=journal.post(session, draft, by=by),
    )
    session.add(receipt)
    session.flush()
    return receipt


def _write_letter(session: Session, request: PaymentRequest, line: BankLine) -> None:
    still_open = asked(request) - held(session, request)
    write(
        session,
        "payment-received",
        request.person.email,
        request.person.language,
        person_id=request.person_id,
        amount_minor=line.amount.minor,
        open_minor=0 if has_ended(session, request) else still_open.minor,
        currency=request.currency,
        reference=request.reference,
    )
