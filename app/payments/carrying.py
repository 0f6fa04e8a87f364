"""Carrying: what was held for a request is held from now on for the request that replaces it."""

from sqlalchemy.orm import Session

from app.core import clock
from app.core.money import Money
from app.ledger import journal
from app.payments.models import PaymentCarry, PaymentRequest
from app.payments.requesting import asked, held, held_account


def carry(session: Session, old: PaymentRequest, new: PaymentRequest, *, by: int | None) -> PaymentCarry | None:
    """Hold for `new` what is held for `old`, as far as `new` asks for it; None when nothing is held.

    Take `locked_request` of both first. What `new` does not ask for stays with `old`, to be owed back.
    """
    assert old.currency == new.currency and old.person_id == new.person_id, "a request is replaced by its like"
    amount = Money(min(held(session, old).minor, asked(new).minor), new.currency)
    if amount.minor <= 0:
        return None
    legs = (
        journal.Leg(*held_account(old), amount.currency, amount.minor),
        journal.Leg(*held_account(new), amount.currency, -amount.minor),
    )
    draft = journal.Draft(f"carry:{old.id}", "carried over", clock.today(), legs)
    row = PaymentCarry(
        from_request_id=old.id,
        to_request_id=new.id,
        amount_cents=amount.minor,
        currency=amount.currency,
        carried_at=clock.now(),
        entry_id=journal.post(session, draft, by=by),
    )
    session.add(row)
    session.flush()
    return row
