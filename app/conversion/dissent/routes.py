"""Leaving over HTTP: the member's page with what they may accept, and the desk's with offers and who accepted."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.conversion.dissent.accepting import accept, acceptances, find_offer, settle
from app.conversion.dissent.models import ExitAcceptance
from app.conversion.dissent.offering import ACT, Terms, offers_of, propose_offer
from app.conversion.dissent.showing import leaving_facts
from app.conversion.plan.models import Conversion
from app.conversion.plan.starting import find_conversion
from app.core import clock
from app.core.errors import N_, NotFound
from app.members.access import Desk, Registrar, SignedInViewer, Someone
from app.members.approvals.approving import undecided
from app.members.entering import current_membership
from app.members.models import Membership
from app.members.signin.access import Fresh
from app.shares.models import ShareClass
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.pages import page, redirect

router = APIRouter()
OWN, DESK = "conversion/leaving.html", "conversion/exit_offers.html"
CURRENCIES = ("USD", "EUR", "GBP")


@router.get("/conversions/{slug}/exit")
def show_own(request: Request, session: Snapshot, viewer: Someone, slug: str) -> Response:
    """What the viewer may accept if they do not want to be a member of the new form."""
    return page(request, OWN, **_own_facts(session, viewer, slug))


@router.post("/conversions/{slug}/exit")
def accept_own(
    request: Request,
    session: Tx,
    viewer: Someone,
    fresh: Fresh,
    slug: str,
    offer: Annotated[int, Query(ge=0, lt=2**63)],
    fields: Fields,
) -> Response:
    """Accept an exit offer for the viewer's own shares, for good."""
    with shown_again(request, OWN, fields, **_own_facts(session, viewer, slug)):
        member = _member(session, viewer)
        if find_offer(session, offer).conversion.slug != slug:
            raise NotFound
        form = Form(fields)
        shares = form.whole("shares", min=1)
        form.checked("agreed", required=True)
        form.done()
        accept(session, offer, member, shares, by=viewer.person_id)
    return redirect(request, f"/conversions/{slug}/exit", N_("You accepted. Your shares are redeemed and paid."))


@router.get("/desk/conversions/{slug}/exit")
def show_desk(request: Request, session: Snapshot, viewer: Desk, slug: str) -> Response:
    """The exit offers of a conversion, and who accepted them."""
    return page(request, DESK, **_desk_facts(session, find_conversion(session, slug)))


@router.post("/desk/conversions/{slug}/exit")
def propose(request: Request, session: Tx, viewer: Registrar, fresh: Fresh, slug: str, fields: Fields) -> Response:
    """Propose a price for the shares of those who leave."""
    facts = _desk_facts(session, find_conversion(session, slug))
    with shown_again(request, DESK, fields, **facts):
        form = Form(fields)
        classes = {row.code: row for row in facts["classes"]}
        code = form.choice("class_code", classes)
        currency = form.choice("currency", CURRENCIES) or CURRENCIES[0]
        price = form.money("price", currency)
        opens_on, closes_on, due_on = (form.day(name) for name in ("opens_on", "closes_on", "due_on"))
        basis, only = form.text("basis", 1000), form.checked("objectors_only")
        reason = form.text("reason", 500)
        form.done()
        terms = Terms(classes[code], price, opens_on, closes_on, due_on, only, basis)
        propose_offer(session, slug, terms, by=viewer.person(session), reason=reason)
    return redirect(request, f"/desk/conversions/{slug}/exit", N_("Proposed. Another person decides."))


@router.post("/desk/conversions/{slug}/exit/{acceptance_id}/settlement")
def settle_one(
    request: Request, session: Tx, viewer: Registrar, fresh: Fresh, slug: str, acceptance_id: Id, fields: Fields
) -> Response:
    """Redeem the shares of somebody who accepted; the treasurer pays what is owed."""
    conversion = find_conversion(session, slug)
    with shown_again(request, DESK, fields, **_desk_facts(session, conversion)):
        row = session.get(ExitAcceptance, acceptance_id)
        if row is None or row.offer.conversion_id != conversion.id:
            raise NotFound
        settle(session, acceptance_id, on=clock.today(conversion.zone), by=viewer.person_id)
    return redirect(request, f"/desk/conversions/{slug}/exit", N_("Redeemed. What is owed waits among the payouts."))


def _own_facts(session: Session, viewer: SignedInViewer, slug: str) -> dict[str, Any]:
    conversion = find_conversion(session, slug)
    return leaving_facts(session, conversion, current_membership(session, viewer.person_id))


def _desk_facts(session: Session, conversion: Conversion) -> dict[str, Any]:
    subject = f"conversion:{conversion.slug}"
    return {
        "conversion": conversion,
        "offers": [(offer, acceptances(session, offer)) for offer in offers_of(session, conversion)],
        "waiting": [each for each in undecided(session) if (each.act, each.subject) == (ACT, subject)],
        "classes": list(session.scalars(select(ShareClass).order_by(ShareClass.code))),
        "currencies": CURRENCIES,
        "today": clock.today(conversion.zone),
    }


def _member(session: Session, viewer: SignedInViewer) -> Membership:
    member = current_membership(session, viewer.person_id)
    if member is None:
        raise NotFound
    return member
