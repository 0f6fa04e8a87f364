"""The co-operative's year over HTTP: its duties for everyone with a calendar, and the desk where they are ticked."""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.conversion.after.rights import rights_of_all
from app.conversion.after.telling import duty_calendar, duty_facts
from app.conversion.after.ticking import Done, set_year_end, take_back, tick
from app.conversion.plan.starting import find_conversion
from app.core import clock
from app.core.contents import Kind
from app.core.errors import N_
from app.core.language import fill
from app.law.plans.steps import Evidence
from app.members.access import Desk, Registrar
from app.members.signin.access import Fresh
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again, takes_files
from app.web.language import language_of
from app.web.pages import page, redirect
from app.web.uploads import UploadField

router = APIRouter()
FILE = UploadField("file", (Kind.PDF,))
SHOW = "conversion/duties.html"


@router.get("/conversions/{slug}/duties")
def show_duties(request: Request, session: Snapshot, slug: str) -> Response:
    """What the co-operative owes its members and the law, by which day, and what is done."""
    return page(request, SHOW, desk=False, **duty_facts(session, find_conversion(session, slug)))


@router.get("/conversions/{slug}/duties.ics")
def give_duties(request: Request, session: Snapshot, slug: str) -> Response:
    """The duties that are not done, for a calendar to follow."""
    text = duty_calendar(session, find_conversion(session, slug), language_of(request))
    return Response(text, media_type="text/calendar; charset=utf-8")


@router.get("/classes")
def show_classes(request: Request, session: Snapshot) -> Response:
    """What each class of shares gives, in words, as its terms hold today."""
    lang, classes = language_of(request), []
    for share_class, terms, said in rights_of_all(session, clock.today()):
        headed: dict[str, list[str]] = {}
        for each in said:
            headed.setdefault(each.heading, []).append(fill(each.message, each.facts, lang))
        classes.append((share_class, terms, headed))
    return page(request, "conversion/classes.html", classes=classes)


@router.get("/desk/conversions/{slug}/duties")
def show_desk(request: Request, session: Snapshot, viewer: Desk, slug: str) -> Response:
    """The duties with the forms that tick them."""
    return page(request, SHOW, desk=True, file_field=FILE, **duty_facts(session, find_conversion(session, slug)))


@router.post("/desk/conversions/{slug}/duties")
def set_year(request: Request, session: Tx, viewer: Registrar, slug: str, fields: Fields) -> Response:
    """Say on which day the financial year ends."""
    facts = duty_facts(session, find_conversion(session, slug))
    with shown_again(request, SHOW, fields, desk=True, file_field=FILE, **facts):
        form = Form(fields)
        month, day = form.whole("month", min=1, max=12), form.whole("day", min=1, max=31)
        reason = form.text("reason", 500)
        form.done()
        set_year_end(session, slug, month, day, by=viewer.person_id, reason=reason)
    return redirect(request, f"/desk/conversions/{slug}/duties", N_("The year is set, and its duties are counted."))


@router.post("/desk/conversions/{slug}/duties/{key}/{period_end}/evidence")
@takes_files
def tick_duty(
    request: Request,
    session: Tx,
    viewer: Registrar,
    fresh: Fresh,
    slug: str,
    key: str,
    period_end: date,
    fields: Fields,
) -> Response:
    """Tick a duty by evidence."""
    facts = duty_facts(session, find_conversion(session, slug))
    with shown_again(request, SHOW, fields, desk=True, file_field=FILE, opened=(key, period_end), **facts):
        form = Form(fields)
        kind = form.choice("kind", [each.name for each in Evidence])
        happened_on, statement = form.day("happened_on"), form.text("statement", 1000, required=False)
        ballot, distribution = form.text("ballot", required=False), form.whole_or_none("distribution")
        file = FILE.read_or_none(fields, form)
        form.done()
        done = Done(Evidence[kind], happened_on, statement, file, ballot, distribution)
        tick(session, slug, key, period_end, done, by=viewer.person(session))
    return redirect(request, f"/desk/conversions/{slug}/duties", N_("The duty is done."))


@router.post("/desk/conversions/{slug}/duties/{evidence_id}/taking-back")
def take_evidence_back(
    request: Request, session: Tx, viewer: Registrar, fresh: Fresh, slug: str, evidence_id: Id, fields: Fields
) -> Response:
    """Take evidence back, which opens the duty again."""
    facts = duty_facts(session, find_conversion(session, slug))
    with shown_again(request, SHOW, fields, desk=True, file_field=FILE, **facts):
        form = Form(fields)
        reason = form.text("reason", 500)
        form.done()
        take_back(session, slug, evidence_id, by=viewer.person_id, reason=reason)
    return redirect(request, f"/desk/conversions/{slug}/duties", N_("The duty is open again."))
