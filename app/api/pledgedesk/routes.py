"""Pledges at the desk over the API: one with its history, notes, pledges taken elsewhere, and reminders."""

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.api.access import ImportsPledges, KeepsPledges, LongRoute, Once, WatchesOffer, WatchesPledges, WritesOffer
from app.api.pledgedesk.shapes import (
    Kind,
    NoteGiven,
    NoteTaken,
    OutlookGiven,
    PledgeAtDesk,
    ReminderTaken,
    RunGiven,
    SheetGiven,
    SheetTaken,
    note_given,
    outlook_given,
    pledge_at_desk,
    run_given,
    sheet_given,
)
from app.core.errors import N_, NotFound
from app.core.language import say
from app.offers.desk.pledges.importing import import_pledges, preview
from app.offers.desk.pledges.noting import write_note
from app.offers.desk.reminders.reminding import outlook, runs_of, start_reminders, wrong_time
from app.offers.drafting import find_offer
from app.offers.models import Pledge
from app.web.database import Snapshot
from app.web.language import language_of
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/offers/{slug}", route_class=LongRoute, tags=["Pledges"])


@router.get("/pledges/{pledge_id}", operation_id="getOfferPledge", summary=N_("Get a pledge of an offer"))
def get_pledge(request: Request, caller: WatchesPledges, session: Snapshot, slug: str, pledge_id: str) -> PledgeAtDesk:
    """One pledge with everything on record of it and the notes of staff."""
    return pledge_at_desk(session, _one(session, slug, pledge_id), language_of(request))


@router.post(
    "/pledges/{pledge_id}/notes", operation_id="notePledge", summary=N_("Write a note on a pledge"), status_code=201
)
def note(caller: KeepsPledges, session: Once, slug: str, pledge_id: str, wanted: NoteTaken) -> NoteGiven:
    """Write a note for other staff; it is never changed, a later one corrects it."""
    return note_given(session, write_note(session, _one(session, slug, pledge_id), wanted.note, by=caller.person_id))


@router.post(
    "/pledge-imports/previews", operation_id="previewPledgeImport", summary=N_("Check pledges taken elsewhere")
)
def check(request: Request, caller: ImportsPledges, session: Once, slug: str, wanted: SheetTaken) -> SheetGiven:
    """What an import of these lines would do, or what is wrong with which; nothing of it is kept."""
    return sheet_given(preview(session, find_offer(session, slug), wanted.lines.encode()), language_of(request))


@router.post(
    "/pledge-imports", operation_id="importPledges", summary=N_("Import pledges taken elsewhere"), status_code=201
)
def take(request: Request, caller: ImportsPledges, session: Once, slug: str, wanted: SheetTaken) -> SheetGiven:
    """Make every pledge of the lines or none; each counts once its person has confirmed it by the letter."""
    found = import_pledges(session, slug, wanted.lines.encode(), by=caller.person_id)
    return sheet_given(found, language_of(request))


@router.get("/reminders", operation_id="listReminders", summary=N_("List reminders"))
def list_reminders(caller: WatchesOffer, session: Snapshot, paging: Pages, slug: str) -> Listed[RunGiven]:
    """The latest reminders of an offer that were started, the newest first."""
    after = paging.after()
    rows = [row for row in runs_of(session, find_offer(session, slug)) if after is None or row[0].id < after[0]]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row[0].id], lambda row: run_given(*row))


@router.get("/reminders/{way}", operation_id="previewReminders", summary=N_("Who would be reminded"))
def show(request: Request, caller: WatchesOffer, session: Snapshot, slug: str, way: Kind) -> OutlookGiven:
    """How many would be reminded of a thing now, how many not and why."""
    offer = find_offer(session, slug)
    refusal = wrong_time(session, offer, way.reminder)
    return outlook_given(outlook(session, offer, way.reminder), say(refusal, language_of(request)) if refusal else None)


@router.post("/reminders/{way}", operation_id="startReminders", summary=N_("Remind supporters"), status_code=202)
def remind(caller: WritesOffer, session: Once, slug: str, way: Kind, wanted: ReminderTaken) -> RunGiven:
    """Have everyone reminded who may be; the worker writes the letters."""
    run = start_reminders(session, slug, way.reminder, by=caller.person_id, reason=wanted.reason)
    return run_given(run, 0)


def _one(session: Session, slug: str, public_id: str) -> Pledge:
    offer = find_offer(session, slug)
    wanted = select(Pledge).where(Pledge.public_id == public_id[:64], Pledge.offer_id == offer.id)
    found = session.scalars(wanted).first()
    if found is None:
        raise NotFound
    return found
