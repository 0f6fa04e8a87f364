"""Closing an offer over the API: pledges end, the result is shown, and each move of money is proposed."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Caller, Once, WatchesOffer, WritesOffer
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.closing.shapes import Act, OfferProposalTaken, ResultGiven, TermsChangeTaken, result_given
from app.api.offers.shapes import OfferGiven, offer_given
from app.api.shapes import ReasonTaken
from app.core.errors import N_
from app.members.approvals.models import Proposal
from app.offers.closing import cancel_draft
from app.offers.drafting import StateChanged, find_offer
from app.offers.models import OfferState
from app.offers.result.counting import tally_offer
from app.offers.result.previewing import result_of
from app.offers.result.proposing import (
    propose_allotment,
    propose_cancellation,
    propose_extension,
    propose_refund,
    propose_result,
)
from app.offers.terms.changing import propose_change
from app.web.database import Snapshot

router = APIRouter(prefix="/api/v1/offers/{slug}", route_class=ApiRoute, tags=["Offers"])


@router.post("/closing", operation_id="closeOffer", summary=N_("Close an offer for pledges"))
def close(caller: WritesOffer, session: Once, slug: str, wanted: ReasonTaken) -> OfferGiven:
    """Take no more pledges: at the deadline, or earlier where terms and law allow. Money moves only by proposals."""
    return offer_given(tally_offer(session, slug, by=caller.person_id, reason=wanted.reason), staff=True)


@router.post("/cancellation", operation_id="cancelOffer", summary=N_("Cancel a draft"))
def cancel(caller: WritesOffer, session: Once, slug: str, wanted: ReasonTaken) -> OfferGiven:
    """Cancel a draft; an offer that has opened is cancelled by a proposal."""
    return offer_given(cancel_draft(session, slug, by=caller.person_id, reason=wanted.reason), staff=True)


@router.get("/result", operation_id="getResult", summary=N_("What the result of an offer would be"))
def get_result(
    caller: WatchesOffer, session: Snapshot, slug: str, seed: Annotated[str, Query(max_length=300)] = ""
) -> ResultGiven:
    """The result of an offer that is closed for pledges, before anybody approves it."""
    offer = find_offer(session, slug)
    if offer.state != OfferState.TALLYING:
        raise StateChanged(state=OfferState(offer.state))
    return result_given(result_of(session, offer, seed))


@router.post("/proposals", operation_id="proposeForOffer", summary=N_("Propose a move of money"), status_code=201)
def propose(caller: WritesOffer, session: Once, slug: str, wanted: OfferProposalTaken) -> ProposalGiven:
    """Propose a result, an allotment, an extension, a refund or a cancellation; another person approves it."""
    return proposal_given(_proposed(session, caller, slug, wanted), may_decide=False)


@router.post("/terms-proposals", operation_id="proposeTerms", summary=N_("Propose new terms"), status_code=201)
def propose_terms(caller: WritesOffer, session: Once, slug: str, wanted: TermsChangeTaken) -> ProposalGiven:
    """Propose new terms of an open offer; approved, supporters are asked to confirm their pledges under them."""
    find_offer(session, slug)
    by = caller.person(session)
    proposal = propose_change(session, slug, wanted.terms(session), by=by, reason=wanted.reason)
    return proposal_given(proposal, may_decide=False)


def _proposed(session: Session, caller: Caller, slug: str, wanted: OfferProposalTaken) -> Proposal:
    by, reason = caller.person(session), wanted.reason
    if wanted.act == Act.RESULT:
        return propose_result(session, slug, by=by, reason=reason, seed=wanted.seed or "")
    if wanted.act == Act.EXTENSION:
        assert wanted.until is not None, "the shape asks for it"
        return propose_extension(session, slug, wanted.until, by=by, reason=reason)
    propose_it = {
        Act.ALLOTMENT: propose_allotment,
        Act.REFUND: propose_refund,
        Act.CANCELLATION: propose_cancellation,
    }[wanted.act]
    return propose_it(session, slug, by=by, reason=reason)
