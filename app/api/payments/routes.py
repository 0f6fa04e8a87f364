"""Payments over the API: receipts recorded from the bank statement, refunds due and paid."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select

from app.api.access import ApiRoute, Once, ReadsPayments, WritesPayments
from app.api.payments.shapes import (
    ReceiptGiven,
    ReceiptTaken,
    RefundGiven,
    RefundPaymentTaken,
    receipt_given,
    refund_given,
)
from app.core.errors import N_
from app.payments.models import Receipt, Refund, RefundPayment
from app.payments.receiving import record_receipt
from app.payments.refunding import pay_refund
from app.payments.reversing import reversals_of
from app.payments.settled import is_open
from app.web.database import Id, Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Payments"])

Unpaid = Annotated[bool, Query(description="Only those that have not been paid.")]


@router.get("/receipts", operation_id="listReceipts", summary=N_("List receipts"))
def list_receipts(caller: ReadsPayments, session: Snapshot, paging: Pages) -> Listed[ReceiptGiven]:
    """What arrived, the newest first; what was reversed since says when and why."""
    wanted = select(Receipt).order_by(Receipt.id.desc()).limit(paging.limit + 1)
    if (after := paging.after()) is not None:
        wanted = wanted.where(Receipt.id < after[0])
    rows = session.scalars(wanted).all()
    reversals = reversals_of(session, rows)
    return paging.listed(rows, lambda each: [each.id], lambda each: receipt_given(each, reversals.get(each.id)))


@router.post("/receipts", operation_id="recordReceipt", summary=N_("Record a receipt"), status_code=201)
def record(caller: WritesPayments, session: Once, wanted: ReceiptTaken) -> ReceiptGiven:
    """Record money that arrived; what is beyond the amount asked for becomes a refund due at once."""
    return receipt_given(record_receipt(session, wanted.bank_line(), by=caller.person_id))


@router.get("/refunds", operation_id="listRefunds", summary=N_("List refunds"))
def list_refunds(
    caller: ReadsPayments, session: Snapshot, paging: Pages, unpaid: Unpaid = False
) -> Listed[RefundGiven]:
    """What must go back or went back, the oldest first."""
    wanted = select(Refund, RefundPayment).outerjoin(RefundPayment, RefundPayment.refund_id == Refund.id)
    if unpaid:
        wanted = wanted.where(is_open())
    if (after := paging.after()) is not None:
        wanted = wanted.where(Refund.id > after[0])
    rows = session.execute(wanted.order_by(Refund.id).limit(paging.limit + 1)).all()
    return paging.listed(rows, lambda row: [row[0].id], lambda row: refund_given(session, *row))


@router.post("/refunds/{refund_id}/payment", operation_id="payRefund", summary=N_("Record a refund as paid"))
def pay(caller: WritesPayments, session: Once, refund_id: Id, wanted: RefundPaymentTaken) -> RefundGiven:
    """Record that a refund has left the bank."""
    payment = pay_refund(
        session, refund_id, paid_on=wanted.paid_on, bank_reference=wanted.bank_reference, by=caller.person_id
    )
    return refund_given(session, session.get_one(Refund, refund_id), payment)
