"""The desk of distributions: drafted with their basis, previewed, proposed, declared, reversed; and members' own."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, NotFound
from app.core.language import say
from app.distributions.asking import percentage, read_terms
from app.distributions.basis import COLUMNS, BasisRefused
from app.distributions.declaring import propose_distribution
from app.distributions.drafting import BASIS_KINDS, draft_distribution, draft_numbered, preview
from app.distributions.models import KIND_TITLES, Kind
from app.distributions.redeeming.paying import propose_redemption
from app.distributions.redeeming.undoing import propose_undoing, redemption_numbered
from app.distributions.reversing import distribution_numbered, propose_reversal
from app.distributions.showing import declared_facts, overview, own_facts, preview_facts
from app.distributions.taxing import tax_summary
from app.distributions.terms import LAWS, NOTICES, WITHHOLD_FROM
from app.members.access import Desk, SignedInViewer, Someone, Treasurer, holding
from app.members.roles import Role
from app.members.signin.access import Fresh
from app.shares.desk.showing import class_options
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again, takes_files
from app.web.language import language_of
from app.web.pages import Reply, page, redirect
from app.web.uploads import UploadField

router = APIRouter()
DESK = "/desk/distributions"
BASIS = UploadField("basis", BASIS_KINDS)
FORM = "distributions/form.html"
Declarer = Annotated[SignedInViewer, Depends(holding(Role.ORGANIZER, Role.TREASURER))]
"""Whoever may draft and propose distributions."""


@router.get(DESK)
def show_distributions(request: Request, session: Snapshot, viewer: Desk) -> Response:
    """Distributions that were declared, and drafts."""
    return page(request, "distributions/index.html", **overview(session), year=clock.today().year)


@router.get(DESK + "/new/{kind}")
def show_form(request: Request, session: Snapshot, viewer: Declarer, kind: str) -> Response:
    """The form of a distribution."""
    return page(request, FORM, **_form(session, kind))


@router.post(DESK + "/new/{kind}")
@takes_files
def draft(request: Request, session: Tx, viewer: Declarer, kind: str, fields: Fields) -> Response:
    """Keep terms and the file of their basis as a draft, which declares nothing; a wrong file is told line by line."""
    facts = _form(session, kind)
    with shown_again(request, FORM, fields, **facts):
        form = Form(fields)
        key = form.key()
        terms = read_terms(form, facts["kind"], [code for code, _ in facts["classes"]])
        basis = None if facts["kind"] is Kind.INTEREST else BASIS.read(fields, form)
        form.done()
        try:
            row = draft_distribution(session, terms, basis, form_key=key, by=viewer.person(session))
        except BasisRefused as refusal:
            lang = language_of(request)
            wrong = [(line, say(problem, lang)) for line, problem in refusal.lines]
            shown = page(request, FORM, 422, **facts | {"wrong": wrong}, values=fields, refusal=say(refusal, lang))
            raise Reply(shown) from refusal
    return redirect(request, f"{DESK}/drafts/{row.id}")


@router.get(DESK + "/drafts/{draft_id}")
def show_draft(request: Request, session: Snapshot, viewer: Desk, draft_id: Id, number: int = 1) -> Response:
    """A draft as it would be declared now: sums, what the law says, and each member's part."""
    return page(request, "distributions/preview.html", **_draft(request, session, draft_id, number))


@router.post(DESK + "/drafts/{draft_id}/proposal")
def propose(request: Request, session: Tx, viewer: Declarer, fresh: Fresh, draft_id: Id, fields: Fields) -> Response:
    """Propose to declare the list that was looked at."""
    with shown_again(request, "distributions/preview.html", fields, **_draft(request, session, draft_id, 1)):
        form = Form(fields)
        seen = form.text("list_sha256", 64)
        form.done()
        propose_distribution(session, draft_id, list_sha256=seen, by=viewer.person(session))
    return redirect(request, DESK, N_("Proposed. Another person decides."))


@router.get(DESK + "/{distribution_id}")
def show_distribution(
    request: Request, session: Snapshot, viewer: Desk, distribution_id: Id, number: int = 1
) -> Response:
    """A declared distribution: its sums, and each member's part with its payment."""
    row = distribution_numbered(session, distribution_id)
    return page(request, "distributions/declared.html", **declared_facts(session, row, number))


@router.post(DESK + "/{distribution_id}/reversal")
def reverse(
    request: Request, session: Tx, viewer: Declarer, fresh: Fresh, distribution_id: Id, fields: Fields
) -> Response:
    """Propose to reverse a distribution of which nothing was paid."""
    row = distribution_numbered(session, distribution_id)
    with shown_again(request, "distributions/declared.html", fields, **declared_facts(session, row, 1)):
        form = Form(fields)
        reason = form.text("reason", 500)
        form.done()
        propose_reversal(session, row.id, by=viewer.person(session), reason=reason)
    return redirect(request, f"{DESK}/{row.id}", N_("Proposed. Another person decides."))


@router.post(DESK + "/{distribution_id}/redemptions")
def redeem(
    request: Request, session: Tx, viewer: Declarer, fresh: Fresh, distribution_id: Id, fields: Fields
) -> Response:
    """Propose to pay out what a distribution had retained, or a part of it."""
    row = distribution_numbered(session, distribution_id)
    with shown_again(request, "distributions/declared.html", fields, **declared_facts(session, row, 1)):
        form = Form(fields)
        wanted: dict[str, Any] = {
            "percent_ppm": percentage(form, "percent", required=True),
            "member": form.whole_or_none("member", min=1),
            "payable_on": form.day("payable_on"),
            "reason": form.text("reason", 500),
            "form_key": form.key(),
        }
        form.done()
        propose_redemption(session, row.id, by=viewer.person(session), **wanted)
    return redirect(request, f"{DESK}/{row.id}", N_("Proposed. Another person decides."))


@router.post(DESK + "/redemptions/{redemption_id}/reversal")
def undo_redemption(
    request: Request, session: Tx, viewer: Declarer, fresh: Fresh, redemption_id: Id, fields: Fields
) -> Response:
    """Propose to reverse a payment of allocations of which nothing was paid."""
    row = redemption_numbered(session, redemption_id).distribution
    with shown_again(request, "distributions/declared.html", fields, **declared_facts(session, row, 1)):
        form = Form(fields)
        reason = form.text("reason", 500)
        form.done()
        propose_undoing(session, redemption_id, by=viewer.person(session), reason=reason)
    return redirect(request, f"{DESK}/{row.id}", N_("Proposed. Another person decides."))


@router.post(DESK + "/tax-summary")
def download_tax_summary(request: Request, session: Tx, viewer: Treasurer, fresh: Fresh, fields: Fields) -> Response:
    """The tax summary of a year with tax numbers in full; each reading is noted."""
    with shown_again(request, "distributions/index.html", fields, **overview(session), year=clock.today().year):
        form = Form(fields)
        year = form.whole("year", 2000, 2199)
        form.done()
        content = tax_summary(session, year)
        audit.record(session, audit.Tag.TAX_SUMMARY_READ, "distributions", by=viewer.person_id, year=year)
    headers = {"Content-Disposition": f'attachment; filename="tax-summary-{year}.csv"', "Cache-Control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/me/distributions")
def show_own(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """What distributions brought the viewer, and what is allocated to them."""
    return page(request, "distributions/own.html", **own_facts(session, viewer.person(session)))


def _form(session: Session, kind: str) -> dict[str, Any]:
    if kind not in list(Kind):
        raise NotFound
    classes = class_options(session)
    return {
        "kind": Kind(kind),
        "title": KIND_TITLES[Kind(kind)],
        "classes": classes,
        "columns": COLUMNS,
        "basis": BASIS,
        "laws": LAWS,
        "notices": NOTICES,
        "withhold_from": WITHHOLD_FROM,
        "today": clock.today(),
        "wrong": [],
    }


def _draft(request: Request, session: Session, draft_id: int, number: int) -> dict[str, Any]:
    row = draft_numbered(session, draft_id)
    return {"row": row, **preview_facts(session, preview(session, row), number, language_of(request))}
