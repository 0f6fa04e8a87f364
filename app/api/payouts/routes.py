"""Payouts over the API: what is owed and was paid, the orders of a batch, and what becomes of distributions."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Query, Response

from app.api.access import ApiRoute, Once, ReadsPayments, WritesPayments
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.payouts.shapes import (
    BatchPaidGiven,
    OrderEndTaken,
    OrderGiven,
    PaidTaken,
    PayoutGiven,
    RedemptionGiven,
    RedemptionTaken,
    order_given,
    payout_given,
    redemption_given,
)
from app.api.shapes import ReasonTaken
from app.core import audit
from app.core.errors import N_
from app.distributions.redeeming.paying import propose_redemption
from app.distributions.redeeming.resting import redemptions_of
from app.distributions.redeeming.undoing import propose_undoing
from app.distributions.reversing import distribution_numbered, propose_reversal
from app.distributions.taxing import tax_summary
from app.payments.payouts.batches.models import PayoutOrder
from app.payments.payouts.batches.ordering import batch_file, batch_numbered, end_order, orders_of, record_batch_paid
from app.payments.payouts.files.orders import ENDINGS, Form
from app.payments.payouts.models import Payout
from app.payments.payouts.owing import pay_out, unpaid_payouts
from app.web.database import Id, Snapshot, Tx
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Payments"])
Year = Annotated[int, Query(ge=2000, le=2199)]
AS_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}
AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}


@router.get("/payouts", operation_id="listPayouts", summary=N_("List payouts that are owed"))
def list_payouts(caller: ReadsPayments, session: Snapshot, paging: Pages) -> Listed[PayoutGiven]:
    """What is owed out of redemptions, interest and the like, the oldest due first."""
    after = paging.after()
    rows = [row for row in unpaid_payouts(session) if after is None or [row.due_on.isoformat(), row.id] > after]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row.due_on.isoformat(), row.id], payout_given)


@router.post("/payouts/{payout_id}/payment", operation_id="payPayout", summary=N_("Record a payout as paid"))
def pay(caller: WritesPayments, session: Once, payout_id: Id, wanted: PaidTaken) -> PayoutGiven:
    """Record that a payout has left the bank."""
    pay_out(session, payout_id, paid_on=wanted.paid_on, bank_reference=wanted.bank_reference, by=caller.person_id)
    return payout_given(session.get_one(Payout, payout_id))


@router.get("/payout-batches/{batch_id}/orders", operation_id="listPayoutOrders", summary=N_("List orders of a batch"))
def list_orders(caller: ReadsPayments, session: Snapshot, batch_id: Id, paging: Pages) -> Listed[OrderGiven]:
    """The payments of a batch, and what became of each."""
    batch, after = batch_numbered(session, batch_id), paging.after()
    found = sorted(orders_of(session, batch), key=lambda each: each[0].id)
    rows = [each for each in found if after is None or each[0].id > after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda each: [each[0].id], lambda each: order_given(batch, *each))


@router.get(
    "/payout-batches/{batch_id}/file",
    operation_id="downloadPayoutBatch",
    summary=N_("Download the file of a batch"),
    response_class=Response,
    responses=AS_FILE,
)
def download(caller: WritesPayments, session: Tx, batch_id: Id) -> Response:
    """The file of a batch for the bank, with account numbers in full; each reading is noted."""
    row, content = batch_file(session, batch_id, by=caller.person_id)
    ending, media_type = ENDINGS[Form(row.form)]
    return _kept_by_nobody(content, media_type, f"batch-{row.number}.{ending}")


@router.post("/payout-batches/{batch_id}/payment", operation_id="payPayoutBatch", summary=N_("Record a batch as paid"))
def record_paid(caller: WritesPayments, session: Once, batch_id: Id, wanted: PaidTaken) -> BatchPaidGiven:
    """Record that the bank has done every order of a batch that is still open."""
    on, line, by = wanted.paid_on, wanted.bank_reference, caller.person_id
    return BatchPaidGiven(orders=record_batch_paid(session, batch_id, paid_on=on, bank_reference=line, by=by))


@router.post(
    "/payout-batches/{batch_id}/orders/{order_id}/end",
    operation_id="endPayoutOrder",
    summary=N_("Note that an order was not done"),
)
def end(caller: WritesPayments, session: Once, batch_id: Id, order_id: Id, wanted: OrderEndTaken) -> OrderGiven:
    """Note that the bank did not do an order, so that it can be ordered anew."""
    ended = end_order(session, order_id, batch_id=batch_id, reason=wanted.reason, by=caller.person_id)
    return order_given(batch_numbered(session, batch_id), session.get_one(PayoutOrder, order_id), ended, None)


@router.post(
    "/distributions/{distribution_id}/reversal",
    operation_id="proposeDistributionReversal",
    summary=N_("Propose to reverse a distribution"),
    status_code=201,
)
def reverse(caller: WritesPayments, session: Once, distribution_id: Id, wanted: ReasonTaken) -> ProposalGiven:
    """Propose to reverse a distribution of which nothing was paid; another person decides."""
    found = propose_reversal(session, distribution_id, by=caller.person(session), reason=wanted.reason)
    return proposal_given(found, may_decide=False)


@router.get(
    "/distributions/{distribution_id}/redemptions",
    operation_id="listAllocationRedemptions",
    summary=N_("List payments of allocations"),
)
def list_redemptions(
    caller: ReadsPayments, session: Snapshot, distribution_id: Id, paging: Pages
) -> Listed[RedemptionGiven]:
    """What was paid out of what a distribution had retained, in order, reversed payments too."""
    after = paging.after()
    found = redemptions_of(session, distribution_numbered(session, distribution_id))
    rows = [each for each in found if after is None or each[0].id > after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda each: [each[0].id], lambda each: redemption_given(*each))


@router.post(
    "/distributions/{distribution_id}/redemptions",
    operation_id="proposeAllocationRedemption",
    summary=N_("Propose to pay out allocations"),
    status_code=201,
)
def redeem(caller: WritesPayments, session: Once, distribution_id: Id, wanted: RedemptionTaken) -> ProposalGiven:
    """Propose to pay out what a distribution had retained, or a part of it; another person decides."""
    found = propose_redemption(
        session,
        distribution_id,
        percent_ppm=wanted.percent_ppm,
        payable_on=wanted.payable_on,
        member=wanted.member,
        form_key=str(uuid4()),
        by=caller.person(session),
        reason=wanted.reason,
    )
    return proposal_given(found, may_decide=False)


@router.post(
    "/allocation-redemptions/{redemption_id}/reversal",
    operation_id="proposeRedemptionReversal",
    summary=N_("Propose to reverse a payment of allocations"),
    status_code=201,
)
def undo(caller: WritesPayments, session: Once, redemption_id: Id, wanted: ReasonTaken) -> ProposalGiven:
    """Propose to reverse a payment of allocations of which nothing was paid or ordered; another person decides."""
    found = propose_undoing(session, redemption_id, by=caller.person(session), reason=wanted.reason)
    return proposal_given(found, may_decide=False)


@router.get(
    "/tax-summary",
    operation_id="downloadTaxSummary",
    summary=N_("Download the tax summary of a year"),
    response_class=Response,
    responses=AS_CSV,
)
def download_tax_summary(caller: WritesPayments, session: Tx, year: Year) -> Response:
    """The tax summary of a year with tax numbers in full, as CSV; each reading is noted."""
    content = tax_summary(session, year)
    audit.record(session, audit.Tag.TAX_SUMMARY_READ, "distributions", by=caller.person_id, year=year)
    return _kept_by_nobody(content, "text/csv; charset=utf-8", f"tax-summary-{year}.csv")


def _kept_by_nobody(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)
