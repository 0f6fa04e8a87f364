"""The ways in which a pledge can be paid through the card processor: those of its terms that fit its currency."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.offers.models import Pledge
from app.payments.cards.stripe import is_configured
from app.payments.cards.telling import show_payments_of
from app.payments.models import PayBy, PaymentRequest

_CURRENCY = {PayBy.US_BANK_DEBIT: "USD", PayBy.SEPA_DEBIT: "EUR"}
DAYS = {PayBy.US_BANK_DEBIT: 4, PayBy.SEPA_DEBIT: 5}
"""About how many banking days a debit is on its way; cards are charged at once."""


def ways_of(pledge: Pledge) -> list[PayBy]:
    """The ways of a pledge through the processor; none where no processor is configured."""
    if not is_configured():
        return []
    offered = [PayBy(way) for way in pledge.terms.ways_to_pay if way != PayBy.BANK_TRANSFER]
    return [way for way in offered if _CURRENCY.get(way, pledge.currency) == pledge.currency]


def page_of_pledge(pledge: Pledge) -> str:
    """The path of the page on which a pledge is paid."""
    return f"/pledges/{pledge.public_id}/payment"


def _page_of(session: Session, request: PaymentRequest) -> str:
    pledge = session.scalars(select(Pledge).where(Pledge.payment_request_id == request.id)).one()
    return page_of_pledge(pledge)


show_payments_of("pledge", _page_of)
