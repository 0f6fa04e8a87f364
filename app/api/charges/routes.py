"""Charge runs over the API: proposed, watched, paused, ended; and refunds sent back to the cards that paid."""

from fastapi import APIRouter

from app.api.access import ApiRoute, Once, WatchesOffer, WritesOffer
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.charges.shapes import ChargeRunGiven, RunTaken, run_given
from app.api.shapes import ReasonTaken
from app.core.errors import N_
from app.offers.desk.charges.routes import run_of
from app.offers.drafting import find_offer
from app.offers.result.proposing import subject_of
from app.payments.cards.returning.batching import propose_batch
from app.payments.cards.running import states
from app.payments.cards.running.preparing import propose_run, runs_of
from app.web.database import Id, Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/offers/{slug}", route_class=ApiRoute, tags=["Payments"])


@router.get("/charge-runs", operation_id="listChargeRuns", summary=N_("List charge runs"))
def list_runs(caller: WatchesOffer, session: Snapshot, paging: Pages, slug: str) -> Listed[ChargeRunGiven]:
    """The charge runs of an offer, the newest first, and how each goes."""
    after = paging.after()
    found = sorted(runs_of(session, subject_of(find_offer(session, slug))), key=lambda run: -run.id)
    rows = [run for run in found if after is None or run.id < after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda run: [run.id], lambda run: run_given(session, run))


@router.post(
    "/charge-runs/proposals", operation_id="proposeChargeRun", summary=N_("Propose a charge run"), status_code=201
)
def propose(caller: WritesOffer, session: Once, slug: str, wanted: RunTaken) -> ProposalGiven:
    """Propose to announce and make a charge run; once another person approves, everybody is told in time."""
    purpose, by = subject_of(find_offer(session, slug)), caller.person(session)
    found = propose_run(session, purpose, wanted.charge_on, by=by, reason=wanted.reason)
    return proposal_given(found, may_decide=False)


@router.post("/charge-runs/{run_id}/pause", operation_id="pauseChargeRun", summary=N_("Pause a charge run"))
def pause(caller: WritesOffer, session: Once, slug: str, run_id: Id, wanted: ReasonTaken) -> ChargeRunGiven:
    """Pause a charge run; what is on its way to the processor still comes to its end."""
    run = run_of(session, slug, run_id)
    return run_given(session, states.pause(session, run.id, by=caller.person_id, reason=wanted.reason))


@router.post("/charge-runs/{run_id}/resumption", operation_id="resumeChargeRun", summary=N_("Resume a charge run"))
def resume(caller: WritesOffer, session: Once, slug: str, run_id: Id, wanted: ReasonTaken) -> ChargeRunGiven:
    """Let a paused charge run go on."""
    run = run_of(session, slug, run_id)
    return run_given(session, states.resume(session, run.id, by=caller.person_id, reason=wanted.reason))


@router.post("/charge-runs/{run_id}/end", operation_id="endChargeRun", summary=N_("End a charge run"))
def end(caller: WritesOffer, session: Once, slug: str, run_id: Id, wanted: ReasonTaken) -> ChargeRunGiven:
    """End a charge run for good."""
    run = run_of(session, slug, run_id)
    return run_given(session, states.end(session, run.id, by=caller.person_id, reason=wanted.reason))


@router.post(
    "/card-refunds/proposals",
    operation_id="proposeCardRefunds",
    summary=N_("Propose to send refunds back to cards"),
    status_code=201,
)
def send_back(caller: WritesOffer, session: Once, slug: str, wanted: ReasonTaken) -> ProposalGiven:
    """Propose to send every refund of the offer back to the cards that paid."""
    purpose, by = subject_of(find_offer(session, slug)), caller.person(session)
    return proposal_given(propose_batch(session, purpose, by=by, reason=wanted.reason), may_decide=False)
