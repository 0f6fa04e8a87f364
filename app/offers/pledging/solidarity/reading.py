"""Reading what the pledge form says of the solidarity fund."""

from collections.abc import Mapping

from app.offers.models import OfferTerms
from app.offers.pledging.solidarity.asking import GivesAndAsks
from app.offers.pledging.solidarity.giving import has_fund, refuse_gift
from app.web.typed import Form


def read_solidarity(form: Form, fields: Mapping[str, str], terms: OfferTerms) -> tuple[int, bool]:
    """Shares for the fund, and whether it is asked to pay for this pledge; refuses both together."""
    if not has_fund(terms):
        return 0, False
    given = form.whole("solidarity_shares", min=0) if fields.get("solidarity_shares", "").strip() else 0
    asks_fund = form.checked("asks_fund")
    if asks_fund and given:
        form.refuse("solidarity_shares", GivesAndAsks())
    elif refusal := refuse_gift(terms, given):
        form.refuse("solidarity_shares", refusal)
    return given, asks_fund
