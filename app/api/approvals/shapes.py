"""Shapes of proposals that wait for a second person, and of their decisions."""

from datetime import datetime

from pydantic import Field

from app.api.shapes import Given
from app.members.approvals.models import Decision, Proposal


class ProposalGiven(Given):
    """An act that somebody proposed, and whether the caller may decide it."""

    id: int
    act: str = Field(description="The stable name of the act.", examples=["member:expel"])
    subject: str = Field(examples=["member:12"])
    reason: str
    proposed_at: datetime
    expires_at: datetime
    may_decide: bool = Field(description="Whether the caller's roles and part in it let them decide.")
    proposer_has_role: bool = Field(description="Whether whoever proposed it still has a role that may propose it.")


class DecisionGiven(Given):
    """How a proposal was decided; an approved act is done."""

    id: int
    approved: bool
    reason: str
    decided_at: datetime


def proposal_given(proposal: Proposal, may_decide: bool, *, proposer_has_role: bool = True) -> ProposalGiven:
    """A proposal as the API gives it."""
    return ProposalGiven(
        id=proposal.id,
        act=proposal.act,
        subject=proposal.subject,
        reason=proposal.reason,
        proposed_at=proposal.proposed_at,
        expires_at=proposal.expires_at,
        may_decide=may_decide,
        proposer_has_role=proposer_has_role,
    )


def decision_given(decision: Decision) -> DecisionGiven:
    """A decision as the API gives it."""
    return DecisionGiven(
        id=decision.proposal_id, approved=decision.approved, reason=decision.reason, decided_at=decision.decided_at
    )
