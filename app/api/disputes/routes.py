"""Disputes and refunds by card over the API: evidence is bundled and sent, a refund goes back to the card."""

from fastapi import APIRouter
from sqlalchemy import select

from app.api.access import ApiRoute, Once, ReadsPayments, WritesPayments
from app.api.approvals.shapes import proposal_given
from app.api.disputes.shapes import (
    CardRefundGiven,
    DisputeGiven,
    NoteTaken,
    ParkedGiven,
    StatementTaken,
    dispute_given,
    parked_given,
)
from app.api.shapes import ReasonTaken
from app.core.errors import N_
from app.documents.evidence.bundling import bundle, submit_bundle
from app.payments.cards.evidence.submitting import find_dispute
from app.payments.cards.hearing.models import ParkedItem
from app.payments.cards.hearing.parking import finish_parked, parked
from app.payments.cards.returning.asking import send_back
from app.payments.cards.returning.disputing import state
from app.payments.cards.returning.models import Dispute
from app.web.database import Id, Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Payments"])


@router.get("/disputes", operation_id="listDisputes", summary=N_("List disputes"))
def list_disputes(caller: ReadsPayments, session: Snapshot, paging: Pages) -> Listed[DisputeGiven]:
    """Payments that people dispute at their banks, the newest first, and until when evidence can be sent."""
    wanted = select(Dispute).order_by(Dispute.id.desc()).limit(paging.limit + 1)
    if (after := paging.after()) is not None:
        wanted = wanted.where(Dispute.id < after[0])
    rows = session.scalars(wanted).all()
    return paging.listed(rows, lambda row: [row.id], lambda row: dispute_given(session, row, state(session, row)))


@router.post("/disputes/{dispute_id}/bundle", operation_id="bundleEvidence", summary=N_("Bundle evidence"))
def make(caller: WritesPayments, session: Once, dispute_id: Id, wanted: StatementTaken) -> DisputeGiven:
    """Make the bundle of evidence from the records as they stand; read it before it is sent."""
    bundle(session, dispute_id, wanted.statement, by=caller.person_id)
    row = find_dispute(session, dispute_id)
    return dispute_given(session, row, state(session, row))


@router.post(
    "/disputes/{dispute_id}/submission", operation_id="submitEvidence", summary=N_("Send evidence to the bank")
)
def submit(caller: WritesPayments, session: Once, dispute_id: Id) -> DisputeGiven:
    """Send the latest bundle to the bank, which looks at it once."""
    submit_bundle(session, dispute_id, by=caller.person_id)
    row = find_dispute(session, dispute_id)
    return dispute_given(session, row, state(session, row))


@router.post("/refunds/{refund_id}/card", operation_id="refundToCard", summary=N_("Send a refund back to the card"))
def to_card(caller: WritesPayments, session: Once, refund_id: Id, wanted: ReasonTaken) -> CardRefundGiven:
    """Send a refund back to the card or account that paid; above the limit a second person decides."""
    found = send_back(session, refund_id, by=caller.person(session), reason=wanted.reason)
    return CardRefundGiven(sending=found is None, proposal=proposal_given(found, may_decide=False) if found else None)


@router.get("/processor-items", operation_id="listParkedItems", summary=N_("List what the processor left to a person"))
def list_parked(caller: ReadsPayments, session: Snapshot, paging: Pages) -> Listed[ParkedGiven]:
    """What no rule may settle and a person looks at, the oldest first."""
    after = paging.after()
    rows = [row for row in parked(session) if after is None or row.id > after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row.id], parked_given)


@router.post("/processor-items/{item_id}/note", operation_id="noteParkedItem", summary=N_("Note what was done"))
def finish(caller: WritesPayments, session: Once, item_id: Id, wanted: NoteTaken) -> ParkedGiven:
    """Note what was done about something that waited; it waits no more."""
    finish_parked(session, item_id, by=caller.person_id, note=wanted.note)
    return parked_given(session.get_one(ParkedItem, item_id))
