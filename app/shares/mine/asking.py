"""Asking with one's own shares: the currency in which a price for them is told."""

from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.members.models import Membership
from app.shares.holding import lots_of
from app.shares.models import ShareClass


class CurrencyOfShares(Refusal):
    """A price is told in the currency in which the shares were paid."""

    message = N_("Give the price in {currency}, in which these shares were paid.")
    field = "price"


def currency_held(session: Session, member: Membership, found: ShareClass) -> str | None:
    """The currency of what a member holds of a class; None where they hold nothing of it."""
    return next((lot.currency for lot in lots_of(session, [member.id]) if lot.share_class_id == found.id), None)
