"""Shapes of payments: lines of the bank statement as taken, receipts and refunds as given."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from app.api.shapes import Amount, AmountTaken, Day, Given, Line, Taken
from app.core.money import Money
from app.members.restricting import HIDDEN
from app.payments.models import Receipt, Refund, RefundPayment
from app.payments.receiving import BankLine
from app.payments.references import spaced
from app.payments.reversing import ReceiptReversal
from app.payments.settled import settled_by_card

BankReference = Annotated[Line, Field(max_length=140, examples=["2026-11-23/0007"])]


class ReceiptTaken(Taken):
    """Money that arrived, as the bank statement says it."""

    reference: Annotated[Line, Field(max_length=60, examples=["RF18 5390 0754 7034"])]
    amount: AmountTaken
    received_on: Day
    payer_name: Annotated[Line, Field(max_length=140, examples=["Maya Whitfield"])]
    bank_reference: BankReference = Field(description="The bank's own number of the line, so that it is taken once.")

    def bank_line(self) -> BankLine:
        """The line as the house knows it."""
        return BankLine(self.reference, self.amount.money(), self.received_on, self.payer_name, self.bank_reference)


class RefundPaymentTaken(Taken):
    """A refund that has left the bank."""

    paid_on: Day
    bank_reference: BankReference


class ReceiptGiven(Given):
    """Money that arrived and was recorded."""

    id: int
    reference: str
    amount: Amount
    received_on: date
    payer_name: str
    bank_reference: str
    recorded_at: datetime
    entry_id: int = Field(description="The entry in the journal.")
    reversed_at: datetime | None = Field(description="Since when it counts no more; null while it stands.")
    reversal_reason: str | None
    reversal_entry_id: int | None = Field(description="The entry that took it off the books.")


class RefundGiven(Given):
    """Money that must go back, and when it did."""

    id: int
    reference: str
    amount: Amount
    reason: str
    due_at: datetime
    by_card: Amount = Field(description="What of it went back to the card or account that paid.")
    paid_on: date | None = Field(description="When it, or what did not go back to a card, left the bank.")
    bank_reference: str | None


def receipt_given(receipt: Receipt, reversal: ReceiptReversal | None = None) -> ReceiptGiven:
    """A receipt as the API gives it."""
    return ReceiptGiven(
        id=receipt.id,
        reference=spaced(receipt.request.reference),
        amount=Amount.of(Money(receipt.amount_cents, receipt.currency)),
        received_on=receipt.received_on,
        payer_name=HIDDEN if receipt.request.person.restricted else receipt.payer_name,
        bank_reference=receipt.bank_reference,
        recorded_at=receipt.recorded_at,
        entry_id=receipt.entry_id,
        reversed_at=reversal.reversed_at if reversal else None,
        reversal_reason=reversal.reason if reversal else None,
        reversal_entry_id=reversal.entry_id if reversal else None,
    )


def refund_given(session: Session, refund: Refund, payment: RefundPayment | None) -> RefundGiven:
    """A refund as the API gives it."""
    return RefundGiven(
        id=refund.id,
        reference=spaced(refund.request.reference),
        amount=Amount.of(Money(refund.amount_cents, refund.currency)),
        reason=refund.reason,
        due_at=refund.due_at,
        by_card=Amount.of(settled_by_card(session, refund)),
        paid_on=payment.paid_on if payment else None,
        bank_reference=payment.bank_reference if payment else None,
    )
