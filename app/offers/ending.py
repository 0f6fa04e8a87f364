"""When an offer ends for pledges: at its deadline, or at an earlier moment that was announced."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.offers.models import Offer
from app.offers.result.models import EarlyClosing


def closes_at(session: Session, offer: Offer) -> datetime:
    """When an offer closes for pledges: at its deadline, or earlier when that was announced."""
    announced = session.scalars(
        select(EarlyClosing.closes_at)
        .where(EarlyClosing.offer_id == offer.id)
        .order_by(EarlyClosing.id.desc())
        .limit(1)
    ).first()
    return min(announced or offer.terms.deadline_at, offer.terms.deadline_at)
