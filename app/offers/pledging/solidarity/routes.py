"""The solidarity fund for people: a gift to it alone, what became of one's gift, and a request taken back."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.core.errors import N_, NotFound
from app.core.language import translator
from app.members.access import Someone, here, open_here
from app.offers.models import Offer
from app.offers.pledging.judging import refuse_unless_open, takes_pledges
from app.offers.pledging.solidarity.asking import take_back_request
from app.offers.pledging.solidarity.giving import (
    CONSENT,
    SHARES_MOST,
    Given,
    confirm_gift,
    gift_of_link,
    has_fund,
    make_gift,
    own_gift,
    take_back,
)
from app.offers.pledging.solidarity.telling import fund_told, gift_told
from app.offers.reading import offer_seen
from app.payments.references import spaced
from app.payments.refunding import refunds_of
from app.payments.requesting import asked, has_ended
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.limiting import LINK, PLEDGE
from app.web.pages import page, redirect

router = APIRouter()
GIVE = "offers/solidarity/give.html"


@router.get("/offers/{slug}/solidarity")
def show_giving(request: Request, session: Snapshot, slug: str) -> Response:
    """The form for a gift to the solidarity fund of the offer, and what the fund has done."""
    offer = _with_fund(offer_seen(session, slug))
    facts = _giving(request, offer)
    return page(request, GIVE, **facts, told=fund_told(session, offer))


@router.post("/offers/{slug}/solidarity", dependencies=PLEDGE)
def give(request: Request, session: Tx, slug: str, fields: Fields) -> Response:
    """Make a gift to the fund, which the link in the letter confirms."""
    offer = _with_fund(offer_seen(session, slug))
    with shown_again(request, GIVE, fields, **_giving(request, offer), told=fund_told(session, offer)):
        form = Form(fields)
        shares = form.whole("solidarity_shares", min=1, max=SHARES_MOST)
        name, email = form.text("legal_name", max=200), form.email("email").lower()
        form.checked("understood", required=True)
        key = form.key()
        form.done()
        gift = make_gift(session, slug, Given(key, shares, name, email, language_of(request)))
    return page(request, "offers/solidarity/letter_sent.html", offer=offer, email=gift.email)


@router.get("/solidarity/confirm/{token}", dependencies=LINK)
def show_gift_confirmation(request: Request, session: Tx, token: str) -> Response:
    """The page behind the letter's link: its button confirms the gift."""
    gift = gift_of_link(session, token)
    refuse_unless_open(gift.offer)
    return page(request, "offers/solidarity/confirm.html", gift=gift, terms=gift.offer.terms, token=token)


@router.post("/solidarity/confirm/{token}", dependencies=LINK)
def confirm_giving(request: Request, session: Tx, token: str, fields: Fields) -> Response:
    """Confirm the gift; whoever holds the letter is signed in as its addressee."""
    gift = confirm_gift(session, token)
    assert gift.person is not None, "confirming makes the giver known"
    response = redirect(request, f"/solidarity/{gift.public_id}", N_("Thank you. Your gift is confirmed."))
    open_here(response, session, gift.person, here(request), how="pledge")
    return response


@router.get("/solidarity/{public_id}")
def show_gift(request: Request, session: Snapshot, viewer: Someone, public_id: str) -> Response:
    """One gift of the viewer: how to pay, and what it did, without a name."""
    gift = own_gift(session, public_id, viewer.person(session))
    assert gift.request is not None, "only a confirmed gift is somebody's own"
    ended, told = has_ended(session, gift.request), gift_told(session, gift)
    return page(
        request,
        "offers/solidarity/mine.html",
        gift=gift,
        terms=gift.offer.terms,
        told=told,
        fund=fund_told(session, gift.offer),
        to_pay=None if ended else asked(gift.request) - told.waiting,
        reference=spaced(gift.request.reference),
        refunds=refunds_of(session, gift.request),
        takes_back=not ended and takes_pledges(gift.offer),
    )


@router.post("/solidarity/{public_id}/withdrawal")
def take_gift_back(request: Request, session: Tx, viewer: Someone, public_id: str, fields: Fields) -> Response:
    """Take back what the fund has not used of one's own gift."""
    take_back(session, public_id, by=viewer.person(session))
    return redirect(request, f"/solidarity/{public_id}", N_("Your gift is taken back."))


@router.post("/solidarity-requests/{public_id}/withdrawal")
def ask_no_more(request: Request, session: Tx, viewer: Someone, public_id: str, fields: Fields) -> Response:
    """Take back one's own request to the fund."""
    take_back_request(session, public_id, by=viewer.person(session))
    return redirect(request, "/pledges", N_("Your request is taken back."))


def _with_fund(offer: Offer) -> Offer:
    if not has_fund(offer.terms):
        raise NotFound
    return offer


def _giving(request: Request, offer: Offer) -> dict[str, Any]:
    lang = language_of(request)
    return {
        "offer": offer,
        "terms": offer.terms,
        "is_open": takes_pledges(offer),
        "consent": translator(lang)(CONSENT),
    }
