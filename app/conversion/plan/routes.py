"""A conversion over HTTP: the desk's plan with evidence, and the public timeline with its calendar."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.conversion.exchange.drafting import exchanges
from app.conversion.plan.meeting import Offered, contest, meet, plan_day
from app.conversion.plan.starting import conversions, find_conversion, start_conversion
from app.conversion.plan.telling import calendar, told
from app.core.contents import Kind
from app.core.errors import N_
from app.law.plans import plan_ids, plan_of
from app.law.plans.steps import Evidence
from app.members.access import Desk, Registrar
from app.members.signin.access import Fresh
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, Form, shown_again, takes_files
from app.web.language import language_of
from app.web.pages import page, redirect
from app.web.uploads import UploadField

router = APIRouter()
FILE = UploadField("file", (Kind.PDF,))
FORM, SHOW = "conversion/start.html", "conversion/plan.html"


@router.get("/conversions")
def show_all(request: Request, session: Snapshot) -> Response:
    """Every conversion for everyone: how far each is, and what is next."""
    return page(request, "conversion/followed.html", followed=[told(session, row) for row in conversions(session)])


@router.get("/conversions/{slug}")
def show_publicly(request: Request, session: Snapshot, slug: str) -> Response:
    """The timeline for everyone: what happened, what is next, and how to verify it."""
    return page(request, "conversion/timeline.html", **told(session, find_conversion(session, slug)))


@router.get("/conversions/{slug}/calendar.ics")
def give_calendar(request: Request, session: Snapshot, slug: str) -> Response:
    """The days and deadlines ahead, for a calendar to follow."""
    text = calendar(session, find_conversion(session, slug), language_of(request))
    return Response(text, media_type="text/calendar; charset=utf-8")


@router.get("/desk/conversions")
def show_conversions(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """Every conversion, the latest first."""
    return page(request, "conversion/conversions.html", conversions=conversions(session))


@router.get("/desk/conversions/new")
def show_form(request: Request, session: Snapshot, viewer: Registrar) -> Response:
    """The form that starts a conversion."""
    return page(request, FORM, **_form_facts(session))


@router.post("/desk/conversions/new")
def start(request: Request, session: Tx, viewer: Registrar, fields: Fields) -> Response:
    """Start a conversion by the plan of a law."""
    facts = _form_facts(session)
    with shown_again(request, FORM, fields, **facts):
        form = Form(fields)
        law = form.choice("law", plan_ids())
        follows = form.choice("follows", ["", *(row.slug for row in facts["conversions"])])
        said = {name: form.text(name) for name in ("title", "entity_name", "resulting_name")}
        slug, reason = form.text("slug", 60), form.text("reason", 500)
        form.done()
        start_conversion(session, slug, law, **said, by=viewer.person_id, reason=reason, follows=follows or None)
    return redirect(request, f"/desk/conversions/{slug}", N_("The conversion is started. Set the days that you know."))


@router.get("/desk/conversions/{slug}")
def show_plan(request: Request, session: Snapshot, viewer: Desk, slug: str) -> Response:
    """The plan with everything that is recorded of it, and the forms of whoever may act."""
    return page(request, SHOW, **_desk_facts(session, slug))


@router.post("/desk/conversions/{slug}/{step}/evidence")
@takes_files
def give_evidence(
    request: Request, session: Tx, viewer: Registrar, fresh: Fresh, slug: str, step: str, fields: Fields
) -> Response:
    """Meet a step by evidence."""
    with shown_again(request, SHOW, fields, opened=step, **_desk_facts(session, slug)):
        form = Form(fields)
        kind = form.choice("kind", [each.name for each in Evidence])
        happened_on, statement = form.day("happened_on"), form.text("statement", 1000, required=False)
        ballot, exchange_id = form.text("ballot", required=False), form.whole_or_none("exchange")
        published, file = form.checked("published"), FILE.read_or_none(fields, form)
        form.done()
        what = Offered(Evidence[kind], happened_on, statement, file, published, ballot, exchange_id)
        meet(session, slug, step, what, by=viewer.person(session))
    return redirect(request, f"/desk/conversions/{slug}#{step}", N_("The step is met."))


@router.post("/desk/conversions/{slug}/{step}/day")
def set_day(request: Request, session: Tx, viewer: Registrar, slug: str, step: str, fields: Fields) -> Response:
    """Say on which day a step is meant to be met."""
    with shown_again(request, SHOW, fields, opened=step, **_desk_facts(session, slug)):
        form = Form(fields)
        day, reason = form.day("day"), form.text("reason", 500)
        form.done()
        plan_day(session, slug, step, day, by=viewer.person_id, reason=reason)
    return redirect(request, f"/desk/conversions/{slug}#{step}", N_("The day is set."))


@router.post("/desk/conversions/{slug}/{step}/contest")
def contest_step(
    request: Request, session: Tx, viewer: Registrar, fresh: Fresh, slug: str, step: str, fields: Fields
) -> Response:
    """Contest what met a step, which opens it again."""
    with shown_again(request, SHOW, fields, opened=step, **_desk_facts(session, slug)):
        form = Form(fields)
        reason = form.text("reason", 500)
        form.done()
        contest(session, slug, step, by=viewer.person_id, reason=reason)
    return redirect(request, f"/desk/conversions/{slug}#{step}", N_("The step is open again."))


def _desk_facts(session: Session, slug: str) -> dict[str, Any]:
    return told(session, find_conversion(session, slug)) | {"exchanges": exchanges(session), "file_field": FILE}


def _form_facts(session: Session) -> dict[str, Any]:
    return {"plans": [plan_of(each) for each in plan_ids()], "conversions": conversions(session)}
