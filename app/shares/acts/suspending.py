"""Suspending: shares whose payment is disputed stand still until the dispute is decided."""

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.core.errors import N_, Refusal
from app.ledger.models import Account, Posting
from app.payments.cards.returning.disputing import open_disputes
from app.payments.cards.returning.losing import requests_behind
from app.payments.cards.returning.models import Dispute
from app.shares.holding import stands
from app.shares.models import Lot


class SharesDisputed(Refusal):
    """The payment for some of the shares is disputed."""

    message = N_(
        "The payment for {disputed} shares of member no. {number} is disputed; only {free} of class {code} may move."
    )
    status = 409


def lots_bought(session: Session, row: Dispute) -> list[Lot]:
    """The lots that stand for the payment of a dispute, as far as its buyer still holds them, the oldest first."""
    subjects = [f"request:{request.id}" for request in requests_behind(session, row)]
    first = (
        select(Lot.id, Lot.membership_id)
        .join(Posting, Posting.entry_id == Lot.entry_id)
        .join(Account, Account.id == Posting.account_id)
        .where(Account.kind == "subscriptions_held", Account.subject.in_(subjects))
    )
    chain = first.cte("bought", recursive=True)
    later = aliased(Lot)
    chain = chain.union(
        select(later.id, later.membership_id).join(
            chain, (later.from_lot_id == chain.c.id) & (later.membership_id == chain.c.membership_id)
        )
    )
    return list(session.scalars(select(Lot).where(Lot.id.in_(select(chain.c.id)), stands()).order_by(Lot.id)))


def disputed_lots(session: Session) -> set[int]:
    """The lots whose payment is disputed now."""
    return {lot.id for row in open_disputes(session) for lot in lots_bought(session, row)}
