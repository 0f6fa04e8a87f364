"""The page on which somebody begins the identity check at the processor, and sees how it stands."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.core import tokens
from app.core.errors import N_, NotFound, Refusal
from app.members.access import Someone
from app.payments.cards import stripe
from app.payments.cards.answers import Busy, KeyRefused, NoAnswer, Rejected
from app.payments.cards.identity.checking import PATH, Standing, standing_of_check, visit_to_identify
from app.web.forms import Fields, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix=PATH)
PAGE = "payments/identity/check.html"


class CheckAway(Refusal):
    """The processor does not answer, or does not offer the check."""

    message = N_(
        "Stripe does not answer at the moment, or does not offer the check here. Nothing was changed. Try again later, "
        "or show your document to two people of the organization."
    )
    status = 503


@router.get("")
def show(request: Request, viewer: Someone) -> Response:
    """How the viewer's identity check stands, and the button that begins it."""
    return page(request, PAGE, **_facts(viewer))


@router.post("")
def begin(request: Request, viewer: Someone, fields: Fields) -> Response:
    """Lead the viewer to the processor's page, on which a document is shown."""
    _require_processor()
    with shown_again(request, PAGE, fields, standing=Standing.NONE):
        try:
            url = visit_to_identify(viewer.person_id)
        except (NoAnswer, Busy, KeyRefused, Rejected) as error:
            raise CheckAway from error
    return redirect(request, f"{PATH}/onward/{tokens.seal(f'onward:{viewer.person_id}', url)}")


@router.get("/onward/{sealed}")
def onward(request: Request, viewer: Someone, sealed: str) -> Response:
    """A page that leads the viewer to the identity check: forms of ours may not lead to other sites."""
    url = tokens.unseal(f"onward:{viewer.person_id}", sealed)
    if url is None:
        raise NotFound
    return page(request, "payments/identity/onward.html", url=url, back=PATH)


def _facts(viewer: Someone) -> dict[str, Any]:
    _require_processor()
    try:
        return {"standing": standing_of_check(viewer.person_id)}
    except (NoAnswer, Busy, KeyRefused, Rejected) as error:
        raise CheckAway from error


def _require_processor() -> None:
    """Without a processor there is no such page."""
    if not stripe.is_configured():
        raise NotFound
