"""Which pledges wait for their supporters to confirm them under changed terms."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.offers.models import OfferState, OfferTerms, Pledge, PledgeState


def awaits_reconfirmation(session: Session, pledge: Pledge) -> bool:
    """Whether a pledge counts only once its supporter has confirmed it under changed terms."""
    open_and_standing = pledge.state == PledgeState.CONFIRMED and pledge.offer.state == OfferState.OPEN
    return open_and_standing and asked_again(session, pledge) is not None


def asked_again(session: Session, pledge: Pledge) -> OfferTerms | None:
    """The last version after the pledge's own that asked for confirming."""
    return session.scalars(
        select(OfferTerms)
        .where(
            OfferTerms.offer_id == pledge.offer_id,
            OfferTerms.id > pledge.terms_id,
            OfferTerms.reconfirm_by.is_not(None),
        )
        .order_by(OfferTerms.id.desc())
        .limit(1)
    ).first()
