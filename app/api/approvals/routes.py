"""Approvals over the API: what waits for a second person, approved or refused by a token of the last day."""

from fastapi import APIRouter

from app.api.access import ApiRoute, Once, ReadsApprovals, WritesApprovals
from app.api.approvals.shapes import DecisionGiven, ProposalGiven, decision_given, proposal_given
from app.api.shapes import ReasonTaken
from app.core.errors import N_
from app.members.approvals.approving import decide, has_lost_role, may_decide, undecided
from app.web.database import Id, Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/approvals", route_class=ApiRoute, tags=["Approvals"])


@router.get("", operation_id="listApprovals", summary=N_("List proposals that wait"))
def list_approvals(caller: ReadsApprovals, session: Snapshot, paging: Pages) -> Listed[ProposalGiven]:
    """What was proposed and waits for another person, the oldest first."""
    after = paging.after()
    rows = [proposal for proposal in undecided(session) if after is None or proposal.id > after[0]]
    return paging.listed(
        rows[: paging.limit + 1],
        lambda proposal: [proposal.id],
        lambda proposal: proposal_given(
            proposal,
            may_decide(session, proposal, caller.person_id),
            proposer_has_role=not has_lost_role(session, proposal),
        ),
    )


@router.post("/{proposal_id}/approval", operation_id="approveProposal", summary=N_("Approve a proposal"))
def approve(caller: WritesApprovals, session: Once, proposal_id: Id, wanted: ReasonTaken) -> DecisionGiven:
    """Approve what somebody else proposed: it is done at once."""
    by = caller.person(session)
    return decision_given(decide(session, proposal_id, approve=True, by=by, reason=wanted.reason))


@router.post("/{proposal_id}/refusal", operation_id="refuseProposal", summary=N_("Refuse a proposal"))
def refuse(caller: WritesApprovals, session: Once, proposal_id: Id, wanted: ReasonTaken) -> DecisionGiven:
    """Refuse what somebody else proposed: nothing is done."""
    by = caller.person(session)
    return decision_given(decide(session, proposal_id, approve=False, by=by, reason=wanted.reason))
