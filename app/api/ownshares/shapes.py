"""Shapes of what a member asks for with their own shares: transfers, and their money back."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.api.shapes import Amount, AmountTaken, Counted, Email, Given, Line, Taken
from app.core.money import Money
from app.shares.acts.models import TransferConsent, TransferRequest, Withdrawal

Code = Annotated[Line, Field(max_length=8, examples=["A"])]


class TransferTaken(Taken):
    """Shares that the caller wants to pass on; asking is their consent."""

    share_class: Code
    shares: Counted
    recipient: Email
    price: AmountTaken | None = Field(None, description="For all of them; null: a gift.")


class WithdrawalTaken(Taken):
    """Shares for which the caller wants the money back."""

    share_class: Code
    shares: Counted
    reason: Annotated[Line, Field(max_length=500)] | None = None


class TransferGiven(Given):
    """A request for a transfer that stands."""

    id: int
    role: Literal["giver", "recipient"] = Field(description="What the caller is in it.")
    giver: str
    recipient: str
    share_class: str
    shares: int
    price: Amount | None = Field(description="Null: a gift.")
    requested_at: datetime
    agreed_at: datetime | None = Field(description="When the recipient agreed; then the desk carries it out.")


class TransferEnded(Given):
    """A request for a transfer that was taken back or declined."""

    id: int
    ended_at: datetime


class WithdrawalGiven(Given):
    """A withdrawal in the queue."""

    id: int
    share_class: str
    shares: int
    open_shares: int = Field(description="Neither redeemed nor taken back.")
    requested_on: date
    payable_from: date
    reason: str


def transfer_given(
    row: TransferRequest, consent: TransferConsent | None, names: tuple[str, str], *, gives: bool
) -> TransferGiven:
    """A request as one of its two parties gets it; `names` are those of giver and recipient."""
    return TransferGiven(
        id=row.id,
        role="giver" if gives else "recipient",
        giver=names[0],
        recipient=names[1],
        share_class=row.share_class.code,
        shares=row.shares,
        price=Amount.of(Money(row.price_cents, row.currency)) if row.price_cents is not None else None,
        requested_at=row.requested_at,
        agreed_at=consent.given_at if consent else None,
    )


def withdrawal_given(row: Withdrawal, open_shares: int) -> WithdrawalGiven:
    """A withdrawal as its member gets it."""
    return WithdrawalGiven(
        id=row.id,
        share_class=row.share_class.code,
        shares=row.shares,
        open_shares=open_shares,
        requested_on=row.requested_on,
        payable_from=row.payable_from,
        reason=row.reason,
    )
