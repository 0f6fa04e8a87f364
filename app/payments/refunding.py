"""Refunds: what is held or paid too much becomes payable, and stays so until the treasurer has paid it back."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger import journal
from app.ledger.closing import open_day
from app.letters.writing import write
from app.payments.models import PaymentRequest, Refund, RefundPayment
from app.payments.requesting import asked, held, held_account
from app.payments.settled import Settlement, is_disputed, is_open, settlement_of


class NoSuchRefund(Refusal):
    """The refund does not exist."""

    message = N_("There is no such refund.")
    status = 404


class RefundPaidAlready(Refusal):
    """The refund was paid before."""

    message = N_("This refund was paid on {day} already. Nothing was changed.")
    status = 409


class RefundUnderWay(Refusal):
    """A part of the refund was sent to a card."""

    message = N_("This refund is on its way to the card or account that paid. Wait until its outcome is known.")
    status = 409


class RefundDisputed(Refusal):
    """Its bank takes the money back."""

    message = N_("This payment is disputed at its bank, which has taken the money. Wait until the dispute is decided.")
    status = 409


class BankReferenceUsed(Refusal):
    """Another refund was recorded with this line of the bank statement."""

    message = N_("The bank line “{bank_reference}” was recorded for another refund already.")
    status = 409
    field = "bank_reference"


class PaidInTheFuture(Refusal):
    """The day lies in the future."""

    message = N_("{day} lies in the future. Record a refund when it has been paid.")
    field = "paid_on"


class PaidBeforeDue(Refusal):
    """The day lies before the refund was due."""

    message = N_("{day} lies before {due}, when this refund became due. Compare it with the bank statement.")
    field = "paid_on"


A_DAY_ELSEWHERE = timedelta(days=1)  # where the bank is, it may still be the day before


def owe_back(session: Session, request: PaymentRequest, source: str, reason: str, *, by: int | None) -> Refund | None:
    """Make everything that is held for a request payable back; None when nothing is held.

    Take `locked_request` first. `source` names the cause once and for all.
    """
    return _owe(session, request, held(session, request), source, reason, by)


def owe_beyond(session: Session, request: PaymentRequest, source: str, reason: str, *, by: int | None) -> Refund | None:
    """Make what is held beyond what is asked payable back; None when there is nothing. Take `locked_request` first."""
    return _owe(session, request, held(session, request) - asked(request), source, reason, by)


def owe_part(session: Session, request: PaymentRequest, amount: Money, source: str, reason: str) -> Refund:
    """Make a part of what is held payable back, without a letter. Take `locked_request` first."""
    assert 0 < amount.minor <= held(session, request).minor, "no more becomes payable than is held"
    refund = _owe(session, request, amount, source, reason, None, tell=False)
    assert refund is not None, "it is more than nothing"
    return refund


def _owe(
    session: Session,
    request: PaymentRequest,
    amount: Money,
    source: str,
    reason: str,
    by: int | None,
    *,
    tell: bool = True,
) -> Refund | None:
    if amount.minor <= 0:
        return None
    legs = (
        journal.Leg(*held_account(request), amount.currency, amount.minor),
        journal.Leg("refunds_payable", f"request:{request.id}", amount.currency, -amount.minor),
    )
    draft = journal.Draft(f"refund:{source}", "refund due", clock.today(), legs)
    return owe_directly(session, request, amount, source, reason, journal.post(session, draft, by=by), tell=tell)


def owe_directly(
    session: Session,
    request: PaymentRequest,
    amount: Money,
    source: str,
    reason: str,
    entry_id: int,
    *,
    tell: bool = True,
) -> Refund:
    """Note a refund that an entry has already made payable, and tell the person, unless another letter does."""
    refund = Refund(
        payment_request_id=request.id,
        source=source,
        amount_cents=amount.minor,
        currency=amount.currency,
        reason=reason,
        due_at=clock.now(),
        entry_id=entry_id,
    )
    session.add(refund)
    session.flush()
    audit.record(
        session, audit.Tag.REFUND_DUE, f"refund:{refund.id}", by=None, reason=reason, amount_cents=amount.minor
    )
    if tell:
        _write_letter(session, "refund-due", request, amount, reason=reason)
    return refund


def locked_refund(session: Session, refund_id: int) -> Refund:
    """A refund under lock: whoever sends or pays it, or records what became of that, takes this first."""
    refund = session.scalars(select(Refund).where(Refund.id == refund_id).with_for_update()).first()
    if refund is None:
        raise NoSuchRefund
    return refund


def pay_refund(
    session: Session, refund_id: int, *, paid_on: date, bank_reference: str, by: int | None
) -> RefundPayment:
    """Record that a refund, or what of it did not go back to cards, has left the bank."""
    refund = locked_refund(session, refund_id)
    paid = session.get(RefundPayment, refund_id)
    if paid is not None:
        raise RefundPaidAlready(day=paid.paid_on)
    standing = settlement_of(session, refund)
    if standing.under_way:
        raise RefundUnderWay
    if is_disputed(session, refund):
        raise RefundDisputed
    amount = standing.to_send
    if amount.minor == 0:
        raise RefundPaidAlready(day=max(part.at.date() for part in standing.parts))
    if paid_on > clock.today():
        raise PaidInTheFuture(day=paid_on)
    if paid_on < refund.due_at.date() - A_DAY_ELSEWHERE:
        raise PaidBeforeDue(day=paid_on, due=refund.due_at.date())
    one_at_a_time(session, f"refund by bank line {bank_reference}")
    if session.scalars(select(RefundPayment).where(RefundPayment.bank_reference == bank_reference)).first():
        raise BankReferenceUsed(bank_reference=bank_reference)
    legs = (
        journal.Leg("refunds_payable", f"request:{refund.payment_request_id}", refund.currency, amount.minor),
        journal.Leg("bank", "", refund.currency, -amount.minor),
    )
    on = open_day(session, paid_on)
    payment = RefundPayment(
        refund_id=refund_id,
        paid_on=paid_on,
        bank_reference=bank_reference,
        recorded_at=clock.now(),
        recorded_by=by,
        entry_id=journal.post(session, journal.Draft(f"refund-paid:{refund_id}", "refund paid", on, legs), by=by),
    )
    session.add(payment)
    session.flush()
    audit.record(session, audit.Tag.REFUND_PAID, f"refund:{refund_id}", by=by, amount_cents=amount.minor)
    write_paid(session, refund, amount)
    jobs.defer(session, "documents.file_refund", refund_id=refund_id)
    return payment


def write_paid(session: Session, refund: Refund, amount: Money, **facts: str) -> None:
    """Tell a person that a refund, or a part of it, is on its way; `to_card` and `last4` say to which card."""
    _write_letter(session, "refund-paid", refund.request, amount, **({"to_card": "", "last4": ""} | facts))


def unpaid_refunds(session: Session, *, most: int | None = None, skip: int = 0) -> list[Refund]:
    """Refunds that have not gone back in full, the oldest first; `most` of them after `skip` others."""
    whose = joinedload(Refund.request).joinedload(PaymentRequest.person)
    return list(
        session.scalars(select(Refund).options(whose).where(is_open()).order_by(Refund.id).limit(most).offset(skip))
    )


def count_unpaid(session: Session) -> int:
    """How many refunds have not gone back in full."""
    return session.execute(select(func.count()).select_from(Refund).where(is_open())).scalar_one()


def refunds_of(session: Session, request: PaymentRequest) -> list[Settlement]:
    """The refunds of a request, each as it stands."""
    rows = session.scalars(select(Refund).where(Refund.payment_request_id == request.id).order_by(Refund.id))
    return [settlement_of(session, refund) for refund in rows]


def _write_letter(session: Session, name: str, request: PaymentRequest, amount: Money, **facts: str) -> None:
    write(
        session,
        name,
        request.person.email,
        request.person.language,
        person_id=request.person_id,
        amount_minor=amount.minor,
        currency=amount.currency,
        reference=request.reference,
        **facts,
    )
