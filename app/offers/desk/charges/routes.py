"""The desk's charge runs of an offer: propose one, look how it goes, pause it and let it go on."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_, NotFound
from app.core.settings import settings
from app.members.access import OfferDesk, OfferOrganizer
from app.members.signin.access import Fresh
from app.offers import charging  # noqa: F401  (says what is due of offers)
from app.offers.drafting import find_offer
from app.offers.result.proposing import proposals_on, subject_of
from app.payments.cards.returning.batching import SEND_ALL, batch_of, propose_batch
from app.payments.cards.running import states
from app.payments.cards.running.models import ChargeRun
from app.payments.cards.running.preparing import START, due_of, earliest, propose_run, runs_of
from app.payments.cards.running.progress import progress_of
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect
from app.web.typed import Form

router = APIRouter(prefix="/desk/offers/{slug}/charges")
SHOW = "offers/desk/charges.html"


@router.get("")
def show(request: Request, session: Snapshot, viewer: OfferDesk, slug: str) -> Response:
    """The charge runs of an offer, and what a new one would charge."""
    return page(request, SHOW, **_facts(session, slug))


@router.post("")
def propose(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh) -> Response:
    """Propose to announce and make a charge run."""
    with shown_again(request, SHOW, fields, **_facts(session, slug)):
        form = Form(fields)
        charge_on, reason = form.day("charge_on"), form.text("reason", max=500)
        form.done()
        purpose = subject_of(find_offer(session, slug))
        propose_run(session, purpose, charge_on, by=viewer.person(session), reason=reason)
    return redirect(request, f"/desk/offers/{slug}/charges", N_("Proposed. Another person decides it."))


@router.post("/refunds")
def send_back(
    request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer, fresh: Fresh
) -> Response:
    """Propose to send every refund of the offer back to the cards that paid."""
    with shown_again(request, SHOW, fields, **_facts(session, slug)):
        form = Form(fields)
        reason = form.text("reason", max=500)
        form.done()
        propose_batch(session, subject_of(find_offer(session, slug)), by=viewer.person(session), reason=reason)
    return redirect(request, f"/desk/offers/{slug}/charges", N_("Proposed. Another person decides it."))


@router.post("/{run_id}/pause")
def pause(
    request: Request, session: Tx, slug: str, run_id: Id, fields: Fields, viewer: OfferOrganizer, fresh: Fresh
) -> Response:
    """Pause a charge run."""
    with shown_again(request, SHOW, fields, **_facts(session, slug)):
        states.pause(session, run_of(session, slug, run_id).id, by=viewer.person_id, reason=_reason(fields))
    return redirect(request, f"/desk/offers/{slug}/charges", N_("The run is paused."))


@router.post("/{run_id}/resumption")
def resume(
    request: Request, session: Tx, slug: str, run_id: Id, fields: Fields, viewer: OfferOrganizer, fresh: Fresh
) -> Response:
    """Let a paused charge run go on."""
    with shown_again(request, SHOW, fields, **_facts(session, slug)):
        states.resume(session, run_of(session, slug, run_id).id, by=viewer.person_id, reason=_reason(fields))
    return redirect(request, f"/desk/offers/{slug}/charges", N_("The run goes on."))


@router.post("/{run_id}/end")
def end(
    request: Request, session: Tx, slug: str, run_id: Id, fields: Fields, viewer: OfferOrganizer, fresh: Fresh
) -> Response:
    """End a charge run for good."""
    with shown_again(request, SHOW, fields, **_facts(session, slug)):
        states.end(session, run_of(session, slug, run_id).id, by=viewer.person_id, reason=_reason(fields))
    return redirect(request, f"/desk/offers/{slug}/charges", N_("The run has ended."))


def run_of(session: Session, slug: str, run_id: int) -> ChargeRun:
    """A run of this offer; another's is as unknown as one that does not exist."""
    run = session.get(ChargeRun, run_id)
    if run is None or run.purpose != subject_of(find_offer(session, slug)):
        raise NotFound
    return run


def _reason(fields: dict[str, str]) -> str:
    return fields.get("reason", "").strip()[:500]


def _facts(session: Session, slug: str) -> dict[str, Any]:
    offer = find_offer(session, slug)
    purpose = subject_of(offer)
    runs = runs_of(session, purpose)
    going = bool(runs) and states.state_of(session, runs[0].id) != states.RunState.ENDED
    first = earliest(session, purpose)
    return {
        "offer": offer,
        "terms": offer.terms,
        "runs": [(run, progress_of(session, run), states.moves_of(session, run.id)) for run in runs],
        "states": states.RunState,
        "going": going,
        "earliest": first,
        "notice_days": settings().charge_notice_days,
        "due": None if going else due_of(session, purpose, first),
        "proposals": [each for each in proposals_on(session, offer) if each.act == START],
        "refunds": batch_of(session, purpose),
        "refunds_proposed": [each for each in proposals_on(session, offer) if each.act == SEND_ALL],
    }
