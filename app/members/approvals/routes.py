"""The desk's page of proposals: what waits for a second person, and what was decided."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.members.access import Decider, Desk, SignedInViewer
from app.members.approvals.about import about
from app.members.approvals.approving import decide, has_lost_role, known_acts, latest_decisions, may_decide, undecided
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Words, in_words
from app.members.persons import name_of
from app.members.signin.access import Fresh
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/approvals")


@router.get("")
def show(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """Every proposal that waits, and the latest decisions."""
    return page(request, "members/approvals/index.html", **_facts(request, session, viewer))


@router.post("/{proposal_id}/approval")
def approve(request: Request, session: Tx, proposal_id: int, fields: Fields, viewer: Decider, fresh: Fresh) -> Response:
    """Approve another person's proposal; the act is done at once."""
    with shown_again(request, "members/approvals/index.html", fields, **_facts(request, session, viewer)):
        decide(session, proposal_id, approve=True, by=viewer.person(session), reason=fields.get("reason", "")[:500])
    return redirect(request, "/desk/approvals", N_("Approved and done."))


@router.post("/{proposal_id}/refusal")
def refuse(request: Request, session: Tx, proposal_id: int, fields: Fields, viewer: Decider, fresh: Fresh) -> Response:
    """Refuse another person's proposal."""
    with shown_again(request, "members/approvals/index.html", fields, **_facts(request, session, viewer)):
        decide(session, proposal_id, approve=False, by=viewer.person(session), reason=fields.get("reason", "")[:500])
    return redirect(request, "/desk/approvals", N_("Refused. Nothing was done."))


def _facts(request: Request, session: Session, viewer: SignedInViewer) -> dict[str, Any]:
    lang, acts = language_of(request), known_acts()

    def words(proposal: Proposal) -> list[tuple[str, Words]]:
        return in_words(session, acts[proposal.act].values, proposal.payload, lang)

    waiting = [(proposal, may_decide(session, proposal, viewer.person_id)) for proposal in undecided(session)]
    return {
        "waiting": waiting,
        "without_role": {proposal.id for proposal, _ in waiting if has_lost_role(session, proposal)},
        "decisions": latest_decisions(session),
        "titles": {name: act.title for name, act in acts.items()},
        "in_words": words,
        "about": lambda subject: about(session, subject, lang),
        "name_of": lambda person: name_of(session, person),
    }
