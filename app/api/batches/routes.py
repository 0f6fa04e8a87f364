"""Batches of payments over the API: what is owed, and proposing to order it; the bank's file stays at the desk."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Request

from app.api.access import ApiRoute, Once, ReadsPayments, WritesPayments
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.batches.shapes import BatchTaken, OwedGiven, PayerTaken, owed_given
from app.api.shapes import Currency, Day
from app.core import clock
from app.core.errors import N_, InvalidInput, Refusal
from app.payments.payouts.batches.gathering import gather
from app.payments.payouts.batches.ordering import last_payer, propose_batch
from app.payments.payouts.files.orders import Form, Payer
from app.web.database import Snapshot
from app.web.language import language_of
from app.web.paging import Listed, Pages
from app.web.typed import Missing

router = APIRouter(prefix="/api/v1/payout-batches", route_class=ApiRoute, tags=["Payments"])


@router.get("/owed", operation_id="listOwed", summary=N_("List what is owed"))
def list_owed(
    request: Request,
    caller: ReadsPayments,
    session: Snapshot,
    paging: Pages,
    currency: Currency,
    form: Annotated[Form, Query(alias="format")] = Form.SEPA,
    on: Annotated[Day | None, Query(description="The day on which the bank would pay; today if absent.")] = None,
) -> Listed[OwedGiven]:
    """What is owed in a currency, and why some of it cannot be paid by such a file yet."""
    after, lang = paging.after(), language_of(request)
    dues = enumerate(gather(session, form, currency, on or clock.today()), start=1)
    rows = [row for row in dues if after is None or row[0] > after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row[0]], lambda row: owed_given(row[1], lang))


@router.post(
    "/proposals", operation_id="proposePayoutBatch", summary=N_("Propose a batch of payments"), status_code=201
)
def propose(caller: WritesPayments, session: Once, wanted: BatchTaken) -> ProposalGiven:
    """Propose to order everything that a file can pay on a day; once another person approves it, it is ordered."""
    payer = _payer(wanted.payer) if wanted.payer else last_payer(session)
    if payer is None:
        raise InvalidInput({"payer": Missing()})
    proposal = propose_batch(
        session,
        wanted.format,
        payer,
        currency=wanted.currency,
        execute_on=wanted.execute_on,
        form_key=str(uuid4()),
        by=caller.person(session),
        reason=wanted.reason,
    )
    return proposal_given(proposal, may_decide=False)


def _payer(said: PayerTaken) -> Payer:
    try:
        return said.payer()
    except Refusal as refusal:
        raise InvalidInput({f"payer.{refusal.field or 'number'}": refusal}) from refusal
