"""Changing ballots over the API: the terms and texts of a draft, amendments, a later closing, documents."""

from fastapi import APIRouter, Request

from app.api.access import CallsBallot, LongRoute, Once
from app.api.ballotdesk.rules import plan_taken
from app.api.ballotdesk.shapes import BallotTermsTaken
from app.api.ballotdesk.showing import shown_at_desk
from app.api.ballotdrafts.shapes import ClosingTaken, DocumentKept, DocumentTaken, ItemTextsTaken, document_kept
from app.api.ballots.shapes import BallotShown
from app.api.shapes import ReasonTaken
from app.ballots.amending import amend_item, withdraw_item
from app.ballots.documents import add_document
from app.ballots.drafting import ItemPlan, change_ballot, change_item, find_ballot, item_of
from app.ballots.models import BallotState
from app.ballots.opening import move_closing
from app.core.errors import N_
from app.web.database import Id
from app.web.language import language_of

router = APIRouter(prefix="/api/v1/ballots/{slug}", route_class=LongRoute, tags=["Ballots"])


@router.post("/terms", operation_id="changeBallotTerms", summary=N_("Change the terms of a draft"))
def change(request: Request, caller: CallsBallot, session: Once, slug: str, wanted: BallotTermsTaken) -> BallotShown:
    """Write the next version of a draft's terms; after the notice they are frozen."""
    change_ballot(session, slug, plan_taken(session, wanted), by=caller.person_id)
    return shown_at_desk(session, slug, language_of(request))


@router.post("/items/{item_id}", operation_id="changeBallotItem", summary=N_("Change or amend an item"))
def write(
    request: Request, caller: CallsBallot, session: Once, slug: str, item_id: Id, wanted: ItemTextsTaken
) -> BallotShown:
    """Write the next texts of an item: of a draft, or from the notice until the opening as an amendment."""
    ballot = find_ballot(session, slug)
    item = item_of(session, ballot, item_id)
    plan = ItemPlan(wanted.title.said(), wanted.text.said(), item.question, item.rule)
    if ballot.state == BallotState.DRAFT:
        change_item(session, slug, item_id, plan, by=caller.person_id)
    else:
        amend_item(session, slug, item_id, plan, by=caller.person_id, reason=wanted.reason)
    return shown_at_desk(session, slug, language_of(request))


@router.post("/items/{item_id}/withdrawal", operation_id="withdrawBallotItem", summary=N_("Withdraw an item"))
def withdraw(
    request: Request, caller: CallsBallot, session: Once, slug: str, item_id: Id, wanted: ReasonTaken
) -> BallotShown:
    """Withdraw an item before the ballot closes; votes on it are kept and not counted."""
    withdraw_item(session, slug, item_id, by=caller.person_id, reason=wanted.reason)
    return shown_at_desk(session, slug, language_of(request))


@router.post("/documents", operation_id="addBallotDocument", summary=N_("Add a document to a draft"), status_code=201)
def attach(caller: CallsBallot, session: Once, slug: str, wanted: DocumentTaken) -> DocumentKept:
    """Lay a PDF before the voters; the notice freezes it with its hash."""
    return document_kept(add_document(session, slug, wanted.sent_as(wanted.file_name), by=caller.person_id))


@router.post("/closing-time", operation_id="moveBallotClosing", summary=N_("Move the closing of a ballot"))
def put_off(request: Request, caller: CallsBallot, session: Once, slug: str, wanted: ClosingTaken) -> BallotShown:
    """Move the closing to a later moment, as long as nobody voted."""
    move_closing(session, slug, wanted.closes_at, by=caller.person_id, reason=wanted.reason)
    return shown_at_desk(session, slug, language_of(request))
