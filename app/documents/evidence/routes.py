"""The desk's page of one dispute: how it stands, the bundle of evidence, and sending it to the bank."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, NotFound
from app.documents.access import give_document
from app.documents.evidence.bundling import bundle, latest_bundle, submit_bundle
from app.documents.evidence.gathering import pledge_of
from app.members.access import Desk, Treasurer
from app.members.signin.access import Fresh
from app.payments.cards.evidence.submitting import WAITS, evidence_of, find_dispute
from app.payments.cards.returning.disputing import OVER, REASONS, STATES, state
from app.payments.cards.returning.models import DisputeMove
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect
from app.web.typed import Form

router = APIRouter(prefix="/desk/disputes")
PAGE = "documents/evidence/dispute.html"


@router.get("/{dispute_id}")
def show(request: Request, session: Snapshot, viewer: Desk, dispute_id: Id) -> Response:
    """One dispute, its evidence, and what can be done."""
    return page(request, PAGE, **_facts(session, dispute_id))


@router.post("/{dispute_id}/bundle")
def make(request: Request, session: Tx, viewer: Treasurer, dispute_id: Id, fields: Fields) -> Response:
    """Make the bundle of evidence from the records as they stand."""
    with shown_again(request, PAGE, fields, **_facts(session, dispute_id)):
        form = Form(fields)
        statement = form.text("statement", max=4_000)
        form.done()
        bundle(session, dispute_id, statement, by=viewer.person_id)
    return redirect(request, f"/desk/disputes/{dispute_id}", N_("The bundle is made. Read it, then send it."))


@router.get("/{dispute_id}/bundle.pdf")
def download(session: Tx, viewer: Desk, dispute_id: Id) -> Response:
    """The bundle of evidence as a PDF; each reading is noted."""
    document = latest_bundle(session, find_dispute(session, dispute_id))
    if document is None:
        raise NotFound
    return give_document(session, document, by=viewer.person_id)


@router.post("/{dispute_id}/submission")
def submit(request: Request, session: Tx, viewer: Treasurer, fresh: Fresh, dispute_id: Id, fields: Fields) -> Response:
    """Send the bundle to the bank, which looks at it once."""
    with shown_again(request, PAGE, fields, **_facts(session, dispute_id)):
        submit_bundle(session, dispute_id, by=viewer.person_id)
    return redirect(request, f"/desk/disputes/{dispute_id}", N_("The evidence is being sent."))


def _facts(session: Session, dispute_id: int) -> dict[str, Any]:
    row = find_dispute(session, dispute_id)
    moves = select(DisputeMove).where(DisputeMove.dispute_id == row.id, DisputeMove.entry_id.is_(None))
    return {
        "dispute": row,
        "state": state(session, row),
        "moves": session.scalars(moves.order_by(DisputeMove.id)).all(),
        "states": STATES,
        "reasons": REASONS,
        "over": OVER,
        "waits": WAITS,
        "pledge": pledge_of(session, row),
        "bundle": latest_bundle(session, row),
        "sent": evidence_of(session, row),
        "now": clock.now(),
    }
