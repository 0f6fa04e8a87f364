"""Shapes of payouts, of orders in a batch, and of what becomes of distributions."""

from datetime import date
from typing import Annotated

from pydantic import Field, Strict

from app.api.payments.shapes import BankReference
from app.api.shapes import Amount, Counted, Day, Given, Line, ReasonTaken, Taken
from app.core.money import Money
from app.distributions.models import AllocationRedemption, AllocationRedemptionEnd
from app.distributions.sharing import PPM
from app.payments.payouts.batches.models import PayoutBatch, PayoutOrder, PayoutOrderEnd
from app.payments.payouts.models import Payout


class PaidTaken(Taken):
    """What has left the bank: on which day, by which line."""

    paid_on: Day
    bank_reference: BankReference


class OrderEndTaken(Taken):
    """Why the bank did not do an order."""

    reason: Annotated[Line, Field(max_length=300)]


class RedemptionTaken(ReasonTaken):
    """How much of what a distribution retained is paid out, when, and to whom."""

    percent_ppm: Annotated[int, Strict(), Field(ge=1, le=PPM, description="In millionths: 250000 is 25 per cent.")]
    payable_on: Day
    member: Counted | None = Field(None, description="A member number; null: everybody.")


class RedemptionGiven(Given):
    """What was paid out of what a distribution had retained."""

    id: int
    percent_ppm: int
    paid: Amount = Field(description="In all, tax withheld of it included.")
    withheld: Amount
    redeemed_on: date
    payable_on: date
    reason: str
    reversed: bool


class PayoutGiven(Given):
    """Money that is owed to somebody."""

    id: int
    source: str = Field(description="Its cause, for good.", examples=["withdrawal:12"])
    person_id: int
    amount: Amount
    reason: str
    due_on: date


class OrderGiven(Given):
    """A payment that was ordered in a batch."""

    id: int
    end_to_end_id: str
    amount: Amount
    attempt: int = Field(description="The first order of the same is 1.")
    paid_on: date | None
    ended: str | None = Field(description="Why the bank did not do it; null: it may still.")


class BatchPaidGiven(Given):
    """What was recorded as paid of a batch."""

    orders: int


def redemption_given(row: AllocationRedemption, end: AllocationRedemptionEnd | None) -> RedemptionGiven:
    """A redemption of allocations as the API says it."""
    currency = row.distribution.currency
    return RedemptionGiven(
        id=row.id,
        percent_ppm=row.percent_ppm,
        paid=Amount.of(Money(row.paid_cents, currency)),
        withheld=Amount.of(Money(row.withheld_cents, currency)),
        redeemed_on=row.redeemed_on,
        payable_on=row.payable_on,
        reason=row.reason,
        reversed=end is not None,
    )


def payout_given(row: Payout) -> PayoutGiven:
    """A payout as the API says it."""
    return PayoutGiven(
        id=row.id,
        source=row.source,
        person_id=row.person_id,
        amount=Amount.of(row.amount),
        reason=row.reason,
        due_on=row.due_on,
    )


def order_given(batch: PayoutBatch, row: PayoutOrder, end: PayoutOrderEnd | None, paid: date | None) -> OrderGiven:
    """An order as the API says it."""
    return OrderGiven(
        id=row.id,
        end_to_end_id=row.end_to_end_id,
        amount=Amount.of(Money(row.amount_cents, batch.currency)),
        attempt=row.attempt,
        paid_on=paid,
        ended=end.reason if end else None,
    )
