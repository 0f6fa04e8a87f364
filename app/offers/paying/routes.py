"""The one page on which a supporter saves a card or account, pays, confirms a payment, or takes another card."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import tokens
from app.core.database import reading
from app.core.errors import N_, NotFound, Refusal
from app.core.settings import settings
from app.members.access import SignedInViewer, Someone
from app.offers.models import Pledge
from app.offers.paying.ways import DAYS, page_of_pledge, ways_of
from app.offers.pledging.standing import own_pledge
from app.payments.cards.answers import Busy, KeyRefused, NoAnswer, Rejected
from app.payments.cards.paying import come_back, pay_now
from app.payments.cards.saving import remove_method
from app.payments.cards.standing import standing_of
from app.payments.cards.visiting import PayOtherwise, visit_to_save
from app.payments.fees import fee_of
from app.payments.models import PayBy
from app.payments.references import spaced
from app.web.database import Tx
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect

router = APIRouter()
PAGE = "offers/payment.html"


class ProcessorAway(Refusal):
    """The card processor does not answer."""

    message = N_("The card processor does not answer at the moment. Nothing was changed. Please try again in a minute.")
    status = 503


@router.get("/pledges/{public_id}/payment")
def show(request: Request, viewer: Someone, public_id: str, visit: str = "") -> Response:
    """How the payment stands; who comes back from the processor's page is told at once what came of it."""
    request_id, _ = _own(viewer, public_id)
    come_back(request_id, visit)
    return page(request, PAGE, **_facts(viewer, public_id))


@router.post("/pledges/{public_id}/payment/card")
def save(request: Request, viewer: Someone, public_id: str, fields: Fields) -> Response:
    """Lead to the processor's page, on which a card or account is saved; in place of the one that is there."""
    request_id, ways = _own(viewer, public_id)
    with shown_again(request, PAGE, fields, **_facts(viewer, public_id)):
        chosen = [way for way in ways if fields.get("way", way) == way]
        if not chosen:
            raise PayOtherwise
        return _onward(request, public_id, _asked(lambda: visit_to_save(request_id, chosen, _path(public_id))))


@router.post("/pledges/{public_id}/payment/now")
def pay(request: Request, viewer: Someone, public_id: str, fields: Fields) -> Response:
    """Pay the next part with what is saved, confirm a payment that waits, or pay on the processor's page."""
    request_id, ways = _own(viewer, public_id)
    with shown_again(request, PAGE, fields, **_facts(viewer, public_id)):
        address = settings().base_url.rstrip("/") + _path(public_id)
        where = _asked(lambda: pay_now(request_id, ways, _path(public_id), address))
    return _onward(request, public_id, where) if where else redirect(request, _path(public_id))


@router.post("/pledges/{public_id}/payment/removal")
def remove(request: Request, session: Tx, viewer: Someone, public_id: str, fields: Fields) -> Response:
    """Remove the saved card or account."""
    found = own_pledge(session, public_id, viewer.person(session))
    if found.request is None:
        raise NotFound
    remove_method(session, found.request)
    return redirect(request, _path(public_id), N_("It is removed, and will not be charged."))


@router.get("/pledges/{public_id}/payment/onward/{sealed}")
def onward(request: Request, viewer: Someone, public_id: str, sealed: str) -> Response:
    """A page that leads to the processor: forms of ours may not lead to other sites."""
    _own(viewer, public_id)
    url = tokens.unseal(f"onward:{viewer.person_id}", sealed)
    if url is None:
        return redirect(request, _path(public_id))
    return page(request, "offers/onward.html", url=url, back=_path(public_id))


def _path(public_id: str) -> str:
    return f"/pledges/{public_id}/payment"


def _onward(request: Request, public_id: str, url: str) -> Response:
    viewer = request.state.viewer
    return redirect(request, f"{_path(public_id)}/onward/{tokens.seal(f'onward:{viewer.person_id}', url)}")


def _asked(ask: Any) -> str:
    """What the processor answers; when it does not, a refusal in words."""
    try:
        return str(ask())
    except (NoAnswer, Busy, KeyRefused, Rejected) as error:
        raise ProcessorAway from error


def _own(viewer: SignedInViewer, public_id: str) -> tuple[int, list[PayBy]]:
    """The payment request of a pledge of the viewer, and the ways to pay it; refused where there are none."""
    with reading() as session:
        found = own_pledge(session, public_id, viewer.person(session))
        if found.payment_request_id is None or not ways_of(found):
            raise PayOtherwise
        return found.payment_request_id, ways_of(found)


def _facts(viewer: SignedInViewer, public_id: str) -> dict[str, Any]:
    with reading() as session:
        found = own_pledge(session, public_id, viewer.person(session))
        return _shown(session, found)


def _shown(session: Session, found: Pledge) -> dict[str, Any]:
    assert found.request is not None, "a pledge that is paid"
    ways, standing = ways_of(found), standing_of(session, found.request)
    amount = standing.amount or found.due
    return {
        "pledge": found,
        "terms": found.terms,
        "standing": standing,
        "compared": [(way, fee_of(way, amount), DAYS.get(way, 0)) for way in (PayBy.BANK_TRANSFER, *ways)],
        "ways": ways,
        "amount": amount,
        "reference": spaced(found.request.reference),
        "mine": page_of_pledge(found),
    }
