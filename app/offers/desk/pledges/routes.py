"""The pledges of an offer at the desk: the list, one pledge with its history and notes, files in and out."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.orm import Session
from starlette.datastructures import QueryParams

from app.core import audit
from app.core.errors import N_, InvalidInput
from app.core.language import fill
from app.members.access import OfferDesk, OfferOrganizer, SignedInViewer, holding_for
from app.members.people.kinds import KIND_TITLES
from app.members.persons import name_of
from app.members.roles import Role
from app.offers.desk.pledges.finding import NAMES, Alike, Paid, Sort, read_asked
from app.offers.desk.pledges.history import alike, history_of, others_of, pledge_of_offer
from app.offers.desk.pledges.importing import COLUMNS, Preview, import_pledges, preview
from app.offers.desk.pledges.listing import COUNT_MAX, count_found, paid_on_each, pledges_page
from app.offers.desk.pledges.noting import notes_on, write_note
from app.offers.desk.pledges.writing import csv_lines, file_name
from app.offers.drafting import find_offer
from app.offers.models import Offer, PledgeState
from app.payments.models import PayBy
from app.web.countries import country_names
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, problems_of, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/offers/{slug}")

Keeper = Annotated[
    SignedInViewer, Depends(holding_for("offer", "slug", Role.ORGANIZER, Role.TREASURER, Role.SECRETARY))
]
"""Whoever works on an offer's pledges, and does not only look on."""


@router.get("/pledges")
def show_pledges(request: Request, session: Snapshot, viewer: OfferDesk, slug: str, after: str = "") -> Response:
    """The pledges of an offer that a search finds, page by page."""
    offer = find_offer(session, slug)
    asked, wrong = read_asked(_given(request.query_params))
    lang = language_of(request)
    return page(
        request,
        "offers/desk/pledges.html",
        offer=offer,
        asked=asked,
        found=pledges_page(session, offer, asked, after),
        count=count_found(session, offer, asked),
        count_max=COUNT_MAX,
        query=urlencode(asked.query),
        after=after,
        typed=_given(request.query_params),
        wrong=problems_of(wrong, lang) if wrong else {},
        choices=_choices(lang),
    )


@router.get("/pledges.csv")
def download_pledges(request: Request, session: Tx, viewer: OfferDesk, slug: str) -> Response:
    """The pledges of an offer that a search finds, as CSV; each export is noted."""
    offer = find_offer(session, slug)
    asked, _ = read_asked(_given(request.query_params))
    filters = sorted(name for name in asked.query if name != "sort")
    audit.record(session, audit.Tag.PLEDGES_EXPORTED, f"offer:{offer.id}", by=viewer.person_id, filters=filters)
    return StreamingResponse(
        csv_lines(slug, asked),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name(slug)}"', "Cache-Control": "no-store"},
    )


@router.get("/pledges/import")
def show_import(request: Request, session: Snapshot, viewer: OfferOrganizer, slug: str) -> Response:
    """The form for pledges that were taken on paper or elsewhere."""
    return page(request, "offers/desk/import.html", **_import_facts(find_offer(session, slug)))


@router.post("/pledges/import")
def check_import(request: Request, session: Tx, slug: str, fields: Fields, viewer: OfferOrganizer) -> Response:
    """Check pasted pledges line by line and show what would happen, or import what was checked."""
    offer = find_offer(session, slug)
    facts = _import_facts(offer)
    data = fields.get("lines", "").encode()
    with shown_again(request, "offers/desk/import.html", fields, **facts):
        if fields.get("confirmed"):
            made = len(import_pledges(session, slug, data, by=viewer.person_id).new)
            notice = N_("Imported: {count} pledges. Each counts once its person has confirmed it by the letter.")
            return redirect(request, f"/desk/offers/{slug}/pledges", notice, count=made)
        found = preview(session, offer, data)
    return page(request, "offers/desk/import.html", **facts | _previewed(request, found), values=fields)


@router.get("/pledges/{pledge_id}")
def show_pledge(request: Request, session: Snapshot, viewer: OfferDesk, slug: str, pledge_id: Id) -> Response:
    """One pledge with what was typed, its history and the notes on it."""
    return page(request, "offers/desk/pledge.html", **_facts(request, session, viewer, slug, pledge_id))


@router.post("/pledges/{pledge_id}/notes")
def note(request: Request, session: Tx, slug: str, pledge_id: Id, fields: Fields, viewer: Keeper) -> Response:
    """Write a note on a pledge, for other staff."""
    facts = _facts(request, session, viewer, slug, pledge_id)
    with shown_again(request, "offers/desk/pledge.html", fields, **facts):
        write_note(session, facts["pledge"], fields.get("note", ""), by=viewer.person_id)
    return redirect(request, f"/desk/offers/{slug}/pledges/{pledge_id}", N_("The note is kept."))


def _given(params: QueryParams) -> dict[str, str]:
    return {name: params[name] for name in NAMES if params.get(name)}


def _facts(request: Request, session: Session, viewer: SignedInViewer, slug: str, pledge_id: int) -> dict[str, Any]:
    pledge = pledge_of_offer(session, find_offer(session, slug), pledge_id)
    lang = language_of(request)
    return {
        "offer": pledge.offer,
        "pledge": pledge,
        "hidden": pledge.person is not None and pledge.person.restricted,
        "paid": paid_on_each(session, [pledge])[pledge.id],
        "events": [(event, fill(event.what, event.facts, lang)) for event in history_of(session, pledge)],
        "notes": [(each, name_of(session, each.writer)) for each in notes_on(session, pledge)],
        "others": others_of(session, pledge, viewer.person_id),
        "alike": alike(session, pledge),
        "countries": country_names(lang),
        "kinds": KIND_TITLES,
    }


def _import_facts(offer: Offer) -> dict[str, Any]:
    return {"offer": offer, "columns": COLUMNS, "found": None, "wrong": []}


def _previewed(request: Request, found: Preview) -> dict[str, Any]:
    lang = language_of(request)
    wrong = [
        (line, column, problems_of(InvalidInput({column: problem}), lang)[column])
        for line, column, problem in found.problems
    ]
    return {"found": found, "wrong": wrong}


def _choices(lang: str) -> dict[str, list[tuple[str, str]]]:
    return {
        "state": [(each.value, each.value) for each in PledgeState],
        "paid": [(each.value, each.value) for each in Paid],
        "holder_kind": [(kind.value, title) for kind, title in KIND_TITLES.items()],
        "pay_by": [(each.value, each.value) for each in PayBy],
        "alike": [(each.value, each.value) for each in Alike],
        "sort": [(each.value, each.value) for each in Sort],
        "country": list(country_names(lang).items()),
    }
