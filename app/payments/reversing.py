"""Reversing receipts: money was booked for the wrong request, or the bank took it back; nothing is deleted."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import audit, clock
from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_, Refusal
from app.ledger import journal
from app.payments.models import Receipt, Refund
from app.payments.requesting import locked_request


class NoSuchReceipt(Refusal):
    """The receipt does not exist."""

    message = N_("There is no such receipt.")
    status = 404


class ReceiptReversedAlready(Refusal):
    """The receipt was reversed before."""

    message = N_("This receipt was reversed on {day} already. Nothing was changed.")
    status = 409


class SurplusOwedBack(Refusal):
    """A part of the receipt was more than was asked, and is owed back."""

    message = N_("A part of this receipt is owed back as a refund. It cannot be reversed; pay the refund instead.")
    status = 409


class ReceiptUsed(Refusal):
    """The money has moved on."""

    message = N_("The money of this receipt has become shares or a refund since. It cannot be reversed.")
    status = 409


class ReceiptReversal(Base):
    """A receipt counts no more; its entry was reversed."""

    __tablename__ = "receipt_reversal"

    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipt.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String)
    reversed_at: Mapped[datetime]
    reversed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)


append_only(ReceiptReversal.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table


def reversals_of(session: Session, receipts: Iterable[Receipt]) -> dict[int, ReceiptReversal]:
    """The reversals of those among some receipts that were reversed, by the receipt's id."""
    ids = [each.id for each in receipts]
    rows = session.scalars(select(ReceiptReversal).where(ReceiptReversal.receipt_id.in_(ids)))
    return {row.receipt_id: row for row in rows}


def reverse_receipt(session: Session, receipt_id: int, *, on: date, reason: str, by: int | None) -> ReceiptReversal:
    """Take a receipt off what is held for its request, by an entry of a day; refused once the money has moved on."""
    receipt = session.get(Receipt, receipt_id)
    if receipt is None:
        raise NoSuchReceipt
    locked_request(session, receipt.payment_request_id)
    earlier = session.get(ReceiptReversal, receipt_id)
    if earlier is not None:
        raise ReceiptReversedAlready(day=earlier.reversed_at.date())
    if session.scalars(select(Refund.id).where(Refund.source == f"receipt:{receipt_id}")).first() is not None:
        raise SurplusOwedBack
    try:
        with session.begin_nested():
            entry_id = journal.reverse(session, receipt.entry_id, key=f"receipt-reversed:{receipt_id}", on=on, by=by)
    except journal.Overdrawn:
        raise ReceiptUsed from None
    row = ReceiptReversal(
        receipt_id=receipt_id, reason=reason, reversed_at=clock.now(), reversed_by=by, entry_id=entry_id
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        audit.Tag.RECEIPT_REVERSED,
        f"receipt:{receipt_id}",
        by=by,
        reason=reason,
        amount_cents=receipt.amount_cents,
    )
    return row
