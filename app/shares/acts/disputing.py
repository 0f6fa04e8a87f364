"""Disputes that are lost: the shares bought with the money end, since its bank has given it back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.core.money import Money
from app.ledger import journal
from app.payments.cards.returning.disputing import LOST, receivable, state
from app.payments.cards.returning.losing import conclude, requests_behind, take_back
from app.payments.cards.returning.models import Dispute
from app.payments.refunding import owe_directly
from app.shares.acts.judging import charged_shares, lock_holders, open_call_parts
from app.shares.acts.suspending import lots_bought
from app.shares.models import Lot
from app.shares.moving import Act, Part, record_act, rest_paid

WHY = N_("the payment was disputed, and the dispute is lost")
BEYOND = N_("more was paid on the shares that were cancelled than the dispute took")


def settle_lost(session: Session, dispute_id: int) -> None:
    """Settle a dispute that was lost, once: from what is held or owed for its payment, else by cancelling shares.

    As few whole shares end as the money was for; what was paid on them beyond that is owed back.
    """
    row = session.scalars(select(Dispute).where(Dispute.id == dispute_id).with_for_update()).one()
    if state(session, row) != LOST:
        return
    left = take_back(session, row)
    parts: list[Part] = []
    beyond = 0
    for lot in lots_bought(session, row) if left.minor else []:
        if not left.minor:
            break
        if not _may_end(session, lot) or lot.currency != left.currency:
            continue
        shares = min(lot.shares, -(-left.minor * lot.shares // lot.paid_cents))
        paid = lot.paid if shares == lot.shares else rest_paid(lot, shares)[0]
        parts.append(Part(lot.id, shares))
        beyond = max(0, paid.minor - left.minor)
        left = left - min(paid, left)
    if parts:
        _cancel(session, row, parts, beyond)
    conclude(session, row)


def _may_end(session: Session, lot: Lot) -> bool:
    """Whether a lot can be cancelled by itself: paid, not called upon, and no security for a creditor's debt."""
    lock_holders(session, lot.membership)
    charged = charged_shares(session, lot.membership, lot.share_class)
    return bool(lot.paid_cents) and not charged and not open_call_parts(session, [lot.id])


def _cancel(session: Session, row: Dispute, parts: list[Part], beyond: int) -> None:
    lots = [session.get_one(Lot, part.lot_id) for part in parts]
    paid = sum(
        (lot.paid if part.shares == lot.shares else rest_paid(lot, part.shares)[0]).minor
        for lot, part in zip(lots, parts, strict=True)
    )
    request = requests_behind(session, row)[-1]
    money = [journal.Leg(*receivable(row), row.currency, beyond - paid)]
    if beyond:
        money.append(journal.Leg("refunds_payable", f"request:{request.id}", row.currency, -beyond))
    details = {"member": lots[0].membership.number, "shares": sum(part.shares for part in parts), "dispute": row.id}
    act = Act("cancellation", f"dispute:{row.id}", clock.today(), WHY, parts, money=money, details=details)
    done = record_act(session, act, by=None)
    if beyond:
        assert done.entry_id is not None, "money was booked"
        owe_directly(session, request, Money(beyond, row.currency), f"dispute:{row.id}", BEYOND, done.entry_id)
