"""What supporters see of offers: the public page, the pledge form, its confirmation, and their own pledges."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.members.access import Someone, here, open_here
from app.offers.drafting import target_of_everyone
from app.offers.models import Offer, OfferState
from app.offers.pledging import (
    confirm_pledge,
    make_pledge,
    own_pledge,
    pledge_of_link,
    refuse_unless_open,
    takes_pledges,
    withdraw_pledge,
)
from app.offers.reading import offer_seen, offers_shown, pledges_of, read_wish
from app.offers.tallying import paid_on, tally
from app.payments.references import spaced
from app.payments.refunding import refunds_of
from app.web.countries import country_names
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, shown_again
from app.web.language import language_of
from app.web.limiting import LINK, PLEDGE
from app.web.pages import page, redirect

router = APIRouter()


@router.get("/")
def show_offers(request: Request, session: Snapshot) -> Response:
    """The first page: the open offer with its live total, and the others."""
    shown = [_facts(session, offer) for offer in offers_shown(session)]
    return page(request, "offers/index.html", offers=shown)


@router.get("/offers/{slug}")
def show_offer(request: Request, session: Snapshot, slug: str) -> Response:
    """One offer: its terms, its live total, and the way to the form."""
    return page(request, "offers/show.html", **_facts(session, offer_seen(session, slug)))


@router.get("/offers/{slug}/pledge")
def show_form(request: Request, session: Snapshot, slug: str) -> Response:
    """The pledge form."""
    offer = offer_seen(session, slug)
    return page(request, "offers/pledge.html", **_form_facts(request, session, offer))


@router.post("/offers/{slug}/pledge", dependencies=PLEDGE)
def pledge(request: Request, session: Tx, slug: str, fields: Fields) -> Response:
    """Make a pledge, which the link in the letter confirms; sending the form twice makes one."""
    offer = offer_seen(session, slug)
    with shown_again(request, "offers/pledge.html", fields, **_form_facts(request, session, offer)):
        made = make_pledge(session, slug, read_wish(fields, language_of(request), offer.terms))
    return page(request, "offers/letter_sent.html", offer=offer, email=made.email)


@router.get("/confirm/{token}", dependencies=LINK)
def show_confirmation(request: Request, session: Tx, token: str) -> Response:
    """The page behind the letter's link: its button confirms."""
    found = pledge_of_link(session, token)
    refuse_unless_open(found.offer)
    return page(request, "offers/confirm.html", pledge=found, token=token)


@router.post("/confirm/{token}", dependencies=LINK)
def confirm(request: Request, session: Tx, token: str, fields: Fields) -> Response:
    """Confirm the pledge; whoever holds the letter is signed in as its addressee."""
    confirmed = confirm_pledge(session, token)
    assert confirmed.person is not None, "confirming makes the person known"
    response = redirect(request, f"/pledges/{confirmed.public_id}", N_("Thank you. Your pledge is confirmed."))
    open_here(response, session, confirmed.person, here(request), how="pledge")
    return response


@router.get("/pledges")
def show_pledges(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The viewer's own pledges."""
    rows = [(pledge, paid_on(session, pledge)) for pledge in pledges_of(session, viewer.person_id)]
    return page(request, "offers/pledges.html", rows=rows)


@router.get("/pledges/{public_id}")
def show_pledge(request: Request, session: Snapshot, viewer: Someone, public_id: str) -> Response:
    """One pledge of the viewer: how to pay, what was paid, and how to withdraw."""
    return page(request, "offers/mine.html", **_pledge_facts(session, viewer, public_id))


@router.post("/pledges/{public_id}/withdrawal")
def withdraw(request: Request, session: Tx, viewer: Someone, public_id: str, fields: Fields) -> Response:
    """Withdraw one's own pledge."""
    with shown_again(request, "offers/mine.html", fields, **_pledge_facts(session, viewer, public_id)):
        withdraw_pledge(session, public_id, by=viewer.person(session), reason=fields.get("reason", "")[:500])
    return redirect(request, f"/pledges/{public_id}", N_("Your pledge is withdrawn."))


def _facts(session: Session, offer: Offer) -> dict[str, Any]:
    return {
        "offer": offer,
        "terms": offer.terms,
        "tally": tally(session, offer),
        "model": target_of_everyone(offer.terms),
        "is_open": takes_pledges(offer),
        "is_over": offer.state == OfferState.OPEN and not takes_pledges(offer),
    }


def _form_facts(request: Request, session: Session, offer: Offer) -> dict[str, Any]:
    countries = country_names(language_of(request))
    return {**_facts(session, offer), "countries": countries}


def _pledge_facts(session: Session, viewer: Someone, public_id: str) -> dict[str, Any]:
    found = own_pledge(session, public_id, viewer.person(session))
    reference = spaced(found.request.reference) if found.request else ""
    refunds = refunds_of(session, found.request) if found.request else []
    return {
        "refunds": refunds,
        "pledge": found,
        "terms": found.terms,
        "paid": paid_on(session, found),
        "reference": reference,
    }
