"""Holding: money that arrived is held as far as it is asked for; what is beyond becomes payable back at once."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.money import Money
from app.ledger import journal
from app.letters.writing import write
from app.payments.models import PaymentRequest
from app.payments.requesting import asked, has_ended, held, held_account


@dataclass(frozen=True)
class Held:
    """What one entry booked: how much it holds, how much is payable back beyond that, and why."""

    entry_id: int
    amount: Money
    beyond: Money
    reason: str


def hold(
    session: Session,
    request: PaymentRequest,
    amount: Money,
    *,
    key: str,
    nature: str,
    on: date,
    by: int | None,
    account: tuple[str, str] = ("bank", ""),
) -> Held:
    """Book money that arrived on an account for a request. Take `locked_request` first, and owe back what is beyond."""
    over = has_ended(session, request)
    wanted = Money(0, request.currency) if over else asked(request) - held(session, request)
    kept = max(0, min(amount.minor, wanted.minor))
    beyond = amount.minor - kept
    legs = [journal.Leg(*account, request.currency, amount.minor)]
    if kept:
        legs.append(journal.Leg(*held_account(request), request.currency, -kept))
    if beyond:
        legs.append(journal.Leg("refunds_payable", f"request:{request.id}", request.currency, -beyond))
    entry_id = journal.post(session, journal.Draft(key, nature, on, tuple(legs)), by=by)
    reason = N_("paid after the end") if over else N_("paid more than asked")
    return Held(entry_id, Money(kept, request.currency), Money(beyond, request.currency), reason)


def write_received(session: Session, request: PaymentRequest, amount: Money) -> None:
    """Tell a person that money has arrived, and how much is still open."""
    still_open = asked(request) - held(session, request)
    write(
        session,
        "payment-received",
        request.person.email,
        request.person.language,
        person_id=request.person_id,
        amount_minor=amount.minor,
        open_minor=0 if has_ended(session, request) else still_open.minor,
        currency=request.currency,
        reference=request.reference,
    )
