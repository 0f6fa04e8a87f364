"""The desk of ballots: an organizer plans meetings, drafts and calls ballots; auditors and tellers look on."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.amending import amend_item, withdraw_item
from app.ballots.calling import call_ballot, notice_today
from app.ballots.delegations.topics import topics_of
from app.ballots.desk.form import choices, read_ballot, read_item, read_meeting, read_texts, typed_ballot, typed_texts
from app.ballots.documents import KINDS, add_document
from app.ballots.drafting import (
    add_item,
    change_ballot,
    change_item,
    draft_ballot,
    find_ballot,
    item_of,
    moves_of,
    texts_of,
)
from app.ballots.meetings import find_meeting, plan_meeting
from app.ballots.models import Ballot, BallotState, Meeting, RollShown
from app.ballots.opening import call_off, move_closing
from app.ballots.records import records_of
from app.ballots.result.certifying import result_of
from app.ballots.result.following import second_call_of
from app.ballots.showing import SHOWN, ballot_facts
from app.ballots.stating import in_language, title_of
from app.core import clock
from app.core.errors import N_
from app.members.access import BallotDesk, BallotOrganizer, Organizer, SomeBallotDesk
from app.members.signin.access import Fresh
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect
from app.web.uploads import UploadField, takes_files

router = APIRouter(prefix="/desk")
TERMS, ITEM, MEETING, SHOW = (f"ballots/desk/{name}.html" for name in ("terms", "item", "meeting", "show"))
DOCUMENT = UploadField("document", KINDS)
SAVED = N_("The draft is saved. Only staff can see it.")


@router.get("/ballots")
def show_all(request: Request, session: Snapshot, viewer: SomeBallotDesk) -> Response:
    """Every ballot and meeting; with a role for one ballot only, that one."""
    rows = session.scalars(select(Ballot).order_by(Ballot.id.desc()))
    ballots = [row for row in rows if viewer.roles_for(row.subject) - {"member"}]
    meetings = session.scalars(select(Meeting).order_by(Meeting.id.desc())).all() if viewer.roles - {"member"} else []
    titles = {each.id: title_of(each, language_of(request)) for each in ballots}
    return page(request, "ballots/desk/index.html", ballots=ballots, meetings=meetings, titles=titles)


@router.get("/meetings/new")
def show_new_meeting(request: Request, session: Snapshot, viewer: Organizer) -> Response:
    """The form of a new meeting."""
    return page(request, MEETING, values={"zone": "UTC"}, **choices(session))


@router.post("/meetings/new")
def plan(request: Request, session: Tx, fields: Fields, viewer: Organizer) -> Response:
    """Plan a meeting."""
    with shown_again(request, MEETING, fields, **choices(session)):
        form = Form(fields)
        meant, slug = read_meeting(form), form.text("slug", max=60)
        form.done()
        plan_meeting(session, slug, meant, by=viewer.person_id)
    return redirect(request, "/desk/ballots", N_("The meeting is planned. Draft its ballots now."))


@router.get("/ballots/new")
def show_new(request: Request, session: Snapshot, viewer: Organizer) -> Response:
    """The form of a new ballot."""
    blank = {"zone": "UTC", "changes_allowed": "yes", "casting": "recorded", "basis": "one vote per member"}
    blank["roll_shown"] = RollShown.HASHES.value
    return page(request, TERMS, values=blank, **_terms_facts(session, request, None))


@router.post("/ballots/new")
def draft(request: Request, session: Tx, fields: Fields, viewer: Organizer) -> Response:
    """Write a new ballot as a draft."""
    with shown_again(request, TERMS, fields, **_terms_facts(session, request, None)):
        form = Form(fields)
        meant, slug = read_ballot(session, form), form.text("slug", max=60)
        meeting = find_meeting(session, form.peek("meeting")) if form.peek("meeting") else None
        form.done()
        draft_ballot(session, slug, meant, by=viewer.person_id, meeting=meeting)
    return redirect(request, f"/desk/ballots/{slug}", SAVED)


@router.get("/ballots/{slug}")
def show(request: Request, session: Snapshot, viewer: BallotDesk, slug: str) -> Response:
    """One ballot with everything that can be done with it now."""
    return page(request, SHOW, **desk_facts(session, request, slug))


@router.get("/ballots/{slug}/terms")
def show_terms(request: Request, session: Snapshot, viewer: BallotOrganizer, slug: str) -> Response:
    """The form of a draft's terms."""
    ballot = find_ballot(session, slug)
    return page(request, TERMS, values=typed_ballot(ballot.terms), **_terms_facts(session, request, ballot))


@router.post("/ballots/{slug}/terms")
def change(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotOrganizer) -> Response:
    """Write the next version of a draft's terms."""
    with shown_again(request, TERMS, fields, **_terms_facts(session, request, find_ballot(session, slug))):
        form = Form(fields)
        meant = read_ballot(session, form)
        form.done()
        change_ballot(session, slug, meant, by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}", SAVED)


@router.get("/ballots/{slug}/items/new")
def show_new_item(request: Request, session: Snapshot, viewer: BallotOrganizer, slug: str) -> Response:
    """The form of a new item."""
    return page(request, ITEM, values={"question": "motion"}, **_item_facts(session, slug))


@router.post("/ballots/{slug}/items/new")
def add(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotOrganizer) -> Response:
    """Add an item to a draft."""
    with shown_again(request, ITEM, fields, **_item_facts(session, slug)):
        meant = read_item(session, find_ballot(session, slug), Form(fields))
        add_item(session, slug, meant, by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}", N_("The item is added."))


@router.get("/ballots/{slug}/items/{item_id}")
def show_item(request: Request, session: Snapshot, viewer: BallotOrganizer, slug: str, item_id: Id) -> Response:
    """An item with its versions, and the form for the next one."""
    facts = _item_facts(session, slug, item_id)
    return page(request, ITEM, values=typed_texts(facts["item"]), **facts)


@router.post("/ballots/{slug}/items/{item_id}")
def write(request: Request, session: Tx, slug: str, item_id: Id, fields: Fields, viewer: BallotOrganizer) -> Response:
    """Write the next text of an item: of a draft, or as an amendment after notice was given."""
    facts = _item_facts(session, slug, item_id)
    with shown_again(request, ITEM, fields, **facts):
        meant = read_texts(Form(fields), facts["item"])
        if facts["ballot"].state == BallotState.DRAFT:
            change_item(session, slug, item_id, meant, by=viewer.person_id)
        else:
            reason = fields.get("reason", "").strip()[:500]
            amend_item(session, slug, item_id, meant, by=viewer.person_id, reason=reason)
    return redirect(request, f"/desk/ballots/{slug}", N_("The text is kept as a new version."))


@router.post("/ballots/{slug}/items/{item_id}/withdrawal")
def withdraw(
    request: Request, session: Tx, slug: str, item_id: Id, fields: Fields, viewer: BallotOrganizer
) -> Response:
    """Withdraw an item before the ballot closes."""
    with shown_again(request, ITEM, fields, **_item_facts(session, slug, item_id)):
        withdraw_item(session, slug, item_id, by=viewer.person_id, reason=fields.get("reason", "").strip()[:500])
    return redirect(request, f"/desk/ballots/{slug}", N_("The item is withdrawn."))


@router.post("/ballots/{slug}/documents")
@takes_files
def attach(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotOrganizer) -> Response:
    """Add a document to a draft."""
    with shown_again(request, SHOW, fields, **desk_facts(session, request, slug)):
        form = Form(fields)
        file = DOCUMENT.read(fields, form)
        form.done()
        add_document(session, slug, file, by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}", N_("The document is added."))


@router.post("/ballots/{slug}/notice")
def call(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotOrganizer, fresh: Fresh) -> Response:
    """Give notice of a draft, which freezes it and writes to every member."""
    with shown_again(request, SHOW, fields, **desk_facts(session, request, slug)):
        call_ballot(session, slug, by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}", N_("Notice is given. Letters are on their way to every member."))


@router.post("/ballots/{slug}/closing-time")
def put_off(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotOrganizer) -> Response:
    """Move the closing to a later moment, as long as nobody voted."""
    ballot = find_ballot(session, slug)
    with shown_again(request, SHOW, fields, **desk_facts(session, request, slug)):
        form = Form(fields)
        closes_at, reason = form.moment("closes_at", ballot.terms.zone), form.text("reason", max=500)
        form.done()
        move_closing(session, slug, closes_at, by=viewer.person_id, reason=reason)
    return redirect(request, f"/desk/ballots/{slug}", N_("The closing is moved."))


@router.post("/ballots/{slug}/calling-off")
def stop(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotOrganizer, fresh: Fresh) -> Response:
    """Call a ballot off before it closes."""
    with shown_again(request, SHOW, fields, **desk_facts(session, request, slug)):
        call_off(session, slug, by=viewer.person_id, reason=fields.get("reason", "").strip()[:500])
    return redirect(request, f"/desk/ballots/{slug}", N_("The ballot is called off."))


def desk_facts(session: Session, request: Request, slug: str) -> dict[str, Any]:
    """What the page of a ballot at the desk shows."""
    ballot = find_ballot(session, slug)
    return ballot_facts(session, ballot, language_of(request)) | {
        "moves": moves_of(session, ballot),
        "notice": notice_today(session, ballot) if ballot.state == BallotState.DRAFT else None,
        "records": records_of(session, ballot, staff=True),
        "may_close": ballot.state == BallotState.OPEN and clock.now() >= ballot.terms.closes_at,
        "field_": DOCUMENT,
        "missed": _missed(session, ballot),
        "follower": second_call_of(session, ballot),
    }


def _terms_facts(session: Session, request: Request, ballot: Ballot | None) -> dict[str, Any]:
    meetings, lang = session.scalars(select(Meeting).order_by(Meeting.id.desc())).all(), language_of(request)
    topics = [(str(each.id), in_language(each.name, lang)) for each in topics_of(session)]
    facts = {"ballot": ballot, "meetings": [(each.slug, each.slug) for each in meetings], "topics": topics}
    return choices(session) | facts


def _item_facts(session: Session, slug: str, item_id: int | None = None) -> dict[str, Any]:
    ballot = find_ballot(session, slug)
    item = item_of(session, ballot, item_id) if item_id is not None else None
    versions = texts_of(session, item) if item is not None else []
    return choices(session, ballot) | {"ballot": ballot, "item": item, "versions": versions}


def _missed(session: Session, ballot: Ballot) -> bool:
    """Whether some item missed its quorum."""
    if ballot.state not in SHOWN:
        return False
    return any(each.get("quorate") is False for each in result_of(session, ballot).facts["items"])
