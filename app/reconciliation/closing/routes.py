"""Pages of the close: a month with its buckets, the items of one bucket, and the closes that were signed."""

from itertools import islice
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_, NotFound
from app.members.access import Desk, Treasurer
from app.members.approvals.approving import undecided
from app.members.models import Person
from app.members.persons import called
from app.members.signin.access import Fresh
from app.reconciliation.closing.keeping import bucket_as_signed
from app.reconciliation.closing.reckoning import Item, Reckoning, reckon
from app.reconciliation.closing.sections import SECTIONS, section_named
from app.reconciliation.closing.signing import ACT, closes, end_of_month, field_of, months_open, place_of, propose_close
from app.web.database import Snapshot, Tx
from app.web.days import read_day
from app.web.forms import Fields, Form, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk/closing")
SHOWN = 500
INDEX = "reconciliation/closing.html"


@router.get("")
def show(request: Request, session: Snapshot, viewer: Desk, until: str = "") -> Response:
    """A month that may be closed, with every item in its bucket; and the months that were closed."""
    return page(request, INDEX, **_facts(session, until))


@router.post("")
def propose(request: Request, session: Tx, fields: Fields, viewer: Treasurer, fresh: Fresh) -> Response:
    """Propose to close a month, and explain what remains."""
    with shown_again(request, INDEX, fields, **_facts(session, fields.get("until", ""))):
        form = Form(fields)
        until, reason = form.day("until"), form.text("reason", 500)
        form.done()
        said = {
            place_of(section.name, bucket.name): fields.get(field_of(section.name, bucket.name), "")[:2000]
            for section in SECTIONS
            for bucket in section.buckets
            if bucket.remains
        }
        propose_close(session, until, said, by=viewer.person(session), reason=reason)
    return redirect(request, f"/desk/closing?until={until}", N_("Proposed. Another person decides."))


@router.get("/{section}/{bucket}")
def show_items(
    request: Request, session: Snapshot, viewer: Desk, section: str, bucket: str, until: str = ""
) -> Response:
    """The items of one bucket, of a closed month as they were signed."""
    found = section_named(section)
    if found is None or bucket not in {each.name for each in found.buckets}:
        raise NotFound
    day = end_of_month(read_day(until))
    rows = list(islice(bucket_as_signed(session, found, bucket, day), SHOWN + 1))
    facts: dict[str, Any] = {"section": found, "bucket": found.bucket(bucket), "until": day, "shown": SHOWN}
    linked = [(each, _link(section, each)) for each in rows[:SHOWN]]
    return page(request, "reconciliation/bucket.html", rows=linked, more=len(rows) > SHOWN, **facts)


def _link(section: str, item: Item) -> str:
    """Where an item is looked at, when it has a page."""
    if section == "bank":
        return f"/desk/bank/lines/{item.name.split()[1]}"
    return f"/desk/processor/payouts/{item.key.partition(':')[2]}" if section == "payouts" else ""


def _facts(session: Session, until: str) -> dict[str, Any]:
    months = months_open(session)
    day = end_of_month(read_day(until)) if until else (months[0] if months else None)
    reckoning: Reckoning | None = reckon(session, day) if day in months and day is not None else None
    waiting = {each.subject: each for each in undecided(session) if each.act == ACT}
    signed = [
        (
            each,
            called(session.get_one(Person, each.closing.proposed_by)),
            called(session.get_one(Person, each.closing.closed_by)),
        )
        for each in closes(session)
    ]
    return {
        "months": months,
        "until": day,
        "reckoning": reckoning,
        "waiting": waiting.get(f"period:{day}"),
        "signed": signed,
        "field_of": field_of,
    }
