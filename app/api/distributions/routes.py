"""Distributions over the API: what was declared, drafts as they would be, proposing one, and batches of payments."""

from fastapi import APIRouter
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.api.access import ApiRoute, Once, ReadsPayments, WritesPayments
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.distributions.shapes import (
    DistributionGiven,
    DistributionPartGiven,
    DistributionPreview,
    DistributionProposalTaken,
    PayoutBatchGiven,
    batch_given,
    distribution_given,
    part_given,
    preview_given,
)
from app.core.errors import N_
from app.distributions.declaring import propose_distribution
from app.distributions.drafting import draft_numbered, preview
from app.distributions.models import Distribution, DistributionEnd, DistributionPart
from app.distributions.reversing import distribution_numbered
from app.members.models import Membership
from app.payments.payouts.batches.models import PayoutBatch
from app.web.database import Id, Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Payments"])


@router.get("/distributions", operation_id="listDistributions", summary=N_("List distributions"))
def list_distributions(caller: ReadsPayments, session: Snapshot, paging: Pages) -> Listed[DistributionGiven]:
    """What was declared, the newest first, reversed ones too."""
    wanted = (
        select(Distribution, DistributionEnd)
        .outerjoin(DistributionEnd, DistributionEnd.distribution_id == Distribution.id)
        .order_by(Distribution.id.desc())
        .limit(paging.limit + 1)
    )
    if (after := paging.after()) is not None:
        wanted = wanted.where(Distribution.id < after[0])
    rows = session.execute(wanted).all()
    return paging.listed(rows, lambda row: [row[0].id], lambda row: distribution_given(*row))


@router.get(
    "/distributions/{distribution_id}/parts", operation_id="listDistributionParts", summary=N_("List members' parts")
)
def list_parts(
    caller: ReadsPayments, session: Snapshot, distribution_id: Id, paging: Pages
) -> Listed[DistributionPartGiven]:
    """What a distribution brought each member, by member numbers."""
    row = distribution_numbered(session, distribution_id)
    wanted = (
        select(DistributionPart)
        .join(Membership, Membership.id == DistributionPart.membership_id)
        .options(joinedload(DistributionPart.membership))
        .where(DistributionPart.distribution_id == row.id)
        .order_by(Membership.number)
        .limit(paging.limit + 1)
    )
    if (after := paging.after()) is not None:
        wanted = wanted.where(Membership.number > after[0])
    rows = session.scalars(wanted).all()
    return paging.listed(rows, lambda part: [part.membership.number], lambda part: part_given(row, part))


@router.get("/distribution-drafts/{draft_id}", operation_id="previewDistribution", summary=N_("Preview a distribution"))
def preview_draft(caller: ReadsPayments, session: Snapshot, draft_id: Id) -> DistributionPreview:
    """A draft as it would be declared now, with the hash under which it is proposed."""
    return preview_given(draft_id, preview(session, draft_numbered(session, draft_id)))


@router.post(
    "/distribution-drafts/{draft_id}/proposal",
    operation_id="proposeDistribution",
    summary=N_("Propose to declare a distribution"),
    status_code=201,
)
def propose(caller: WritesPayments, session: Once, draft_id: Id, wanted: DistributionProposalTaken) -> ProposalGiven:
    """Propose to declare the list that was looked at; another person approves it."""
    by = caller.person(session)
    found = propose_distribution(session, draft_id, list_sha256=wanted.list_sha256, by=by)
    return proposal_given(found, may_decide=False)


@router.get("/payout-batches", operation_id="listPayoutBatches", summary=N_("List batches of payments"))
def list_batches(caller: ReadsPayments, session: Snapshot, paging: Pages) -> Listed[PayoutBatchGiven]:
    """What was ordered from the bank, the newest first."""
    wanted = select(PayoutBatch).order_by(PayoutBatch.id.desc()).limit(paging.limit + 1)
    if (after := paging.after()) is not None:
        wanted = wanted.where(PayoutBatch.id < after[0])
    return paging.listed(session.scalars(wanted).all(), lambda row: [row.id], batch_given)
