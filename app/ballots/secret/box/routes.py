"""The desk of the box: tellers note envelopes, read the mixed sheets each on their own, and put the box in."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.ballots.casting.form import read_answers, typed_answers
from app.ballots.casting.models import Channel
from app.ballots.casting.paper import PAPER
from app.ballots.casting.recording import Part
from app.ballots.drafting import find_ballot, items_of
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import elector_of, roll_of
from app.ballots.models import BallotState, Casting
from app.ballots.secret.box.noting import note_envelope, waiting
from app.ballots.secret.box.reading import box_of, boxes_of, groups_of, put_in_box, read_sheet
from app.ballots.showing import ballot_facts
from app.core.errors import N_, NotFound
from app.members.access import BallotTeller
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/ballots/{slug}/box")
PAGE = "ballots/box/show.html"


@router.get("")
def show(request: Request, session: Snapshot, viewer: BallotTeller, slug: str) -> Response:
    """Whose envelopes are here, the form of an envelope, and that of the next sheet which the viewer reads."""
    query = request.query_params
    facts = _facts(session, request, viewer.person_id, slug, query.get("number", ""), query.get("sheet", ""))
    return page(request, PAGE, **facts)


@router.post("/envelopes")
def note(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotTeller) -> Response:
    """Note that the envelope of an elector came in."""
    ballot, number = find_ballot(session, slug), fields.get("elector", "")
    elector = elector_of(session, ballot, int(number) if number.isdigit() else 0)
    with shown_again(request, PAGE, fields, **_facts(session, request, viewer.person_id, slug)):
        form = Form(fields)
        channel = Channel(form.choice("channel", [each.value for each in PAPER]) or Channel.POSTAL)
        form.done()
        noted = note_envelope(session, slug, elector.id, channel=channel, by=viewer.person_id)
    said = N_("Two tellers have noted this envelope.") if noted else N_("Noted. Another teller notes it too.")
    return redirect(request, f"/desk/ballots/{slug}/box", said)


@router.post("/sheets")
def read(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotTeller) -> Response:
    """Keep what the viewer reads on a sheet."""
    ballot = find_ballot(session, slug)
    with shown_again(request, PAGE, fields, **_facts(session, request, viewer.person_id, slug)):
        form = Form(fields)
        sheet, group = form.whole("sheet", min=1), form.peek("group")
        form.done()
        answers = read_answers(items_of(session, ballot, withdrawn=False), fields, splits=False)
        read_sheet(session, slug, sheet, group, answers, by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}/box", N_("The sheet is kept. Read the next one."))


@router.post("")
def put_in(request: Request, session: Tx, slug: str, fields: Fields, viewer: BallotTeller) -> Response:
    """Put the sheets that two tellers read alike into the urns."""
    with shown_again(request, PAGE, fields, **_facts(session, request, viewer.person_id, slug)):
        put_in_box(session, slug, by=viewer.person_id)
    return redirect(request, f"/desk/ballots/{slug}/box", N_("The box is in the urns. Keep the sheets, sealed."))


def _facts(session: Session, request: Request, by: int, slug: str, number: str = "", sheet: str = "") -> dict[str, Any]:
    ballot = find_ballot(session, slug)
    if ballot.terms.casting != Casting.SECRET:
        raise NotFound
    facts = ballot_facts(session, ballot, language_of(request))
    is_open, electors = ballot.state == BallotState.OPEN, waiting(session, ballot)
    box = box_of(session, ballot, by)
    unread = next((each for each in range(1, box.envelopes + 1) if each not in box.mine), None)
    chosen = int(sheet) if sheet.isdecimal() and len(sheet) < 8 else unread
    groups = groups_of(session, ballot, electors)
    of_number = (
        roll_of(ballot).where(Elector.number == int(number)) if number.isdecimal() and len(number) < 19 else None
    )
    items = [each for each in facts["items"] if each.item.withdrawal is None]
    read_before = box.mine.get(chosen or 0)
    values = {"sheet": str(chosen or "")}
    if read_before is not None:
        said = {item: [Part(answer)] for item, answer in read_before.answers}
        values |= typed_answers([each.item for each in items], said, splits=False)
        values["group"] = groups.get((read_before.kind, read_before.college), "")
    return facts | {
        "elector": session.scalars(of_number).first() if of_number is not None else None,
        "number": number,
        "items": items,
        "is_open": is_open,
        "envelopes": electors,
        "half": waiting(session, ballot, noted=False),
        "box": box,
        "boxes": boxes_of(session, ballot),
        "groups": [(name, name) for name in groups.values()],
        "colleges": {name: college for (_, college), name in groups.items()},
        "sheet": chosen,
        "values": values,
        "channels": [(each.value, each) for each in PAPER],
    }
