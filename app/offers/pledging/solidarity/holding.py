"""Holding: the fund's account, what is held for its gifts, and whether the fund paid for a pledge."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.money import Money
from app.ledger import journal
from app.ledger.models import Account, Balance
from app.offers.models import Offer, Pledge
from app.offers.pledging.solidarity.models import SolidarityGift, SolidarityGrant
from app.payments.models import PaymentRequestEnd

FUND = "solidarity_fund"


def fund_account(offer_id: int) -> tuple[str, str]:
    """The account of an offer's fund."""
    return FUND, f"offer:{offer_id}"


def in_fund(session: Session, offer: Offer) -> Money:
    """What lies in the fund itself: money that came back from pledges it had paid for."""
    currency = offer.terms.currency
    return Money(journal.balance(session, *fund_account(offer.id), currency), currency)


def gifts_held(session: Session, offer: Offer) -> list[tuple[SolidarityGift, int]]:
    """The confirmed gifts that have not ended, the earliest first, each with what is held of it in minor units."""
    rows = session.execute(
        select(SolidarityGift, -Balance.amount)
        .join(Account, Account.subject == func.concat("request:", SolidarityGift.payment_request_id))
        .join(Balance, (Balance.account_id == Account.id) & (Balance.unit == SolidarityGift.currency))
        .outerjoin(PaymentRequestEnd, PaymentRequestEnd.payment_request_id == SolidarityGift.payment_request_id)
        .where(
            SolidarityGift.offer_id == offer.id,
            Account.kind == "subscriptions_held",
            Balance.amount < 0,
            PaymentRequestEnd.payment_request_id.is_(None),
        )
        .order_by(SolidarityGift.id)
    )
    return [(gift, int(held)) for gift, held in rows]


def paid_by_fund(session: Session, pledge: Pledge) -> SolidarityGrant | None:
    """What the fund paid for a pledge, if it did."""
    return session.get(SolidarityGrant, pledge.id)
