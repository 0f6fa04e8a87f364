"""Charging: what charge runs may take for an offer, of pledges that stand and have a card or account saved."""

from datetime import date

from sqlalchemy import Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from app.offers.models import Offer, OfferState, OfferTerms, PayWhen, Pledge, PledgeState
from app.offers.scoping import KIND
from app.payments.cards.running.purposes import Purpose, register_purpose
from app.payments.models import Instalment, PaymentRequest


def _offer(session: Session, slug: str) -> Offer | None:
    return session.scalars(select(Offer).where(Offer.slug == slug)).first()


def _title(session: Session, slug: str) -> str | None:
    offer = _offer(session, slug)
    return None if offer is None else offer.terms.title


def _zone(session: Session, slug: str) -> str:
    offer = _offer(session, slug)
    return "UTC" if offer is None else offer.terms.zone


def _due(session: Session, slug: str, by: date) -> Select[int, str]:
    """Parts of pledges that stand: the first part at once, later ones once their day has come."""
    charged = or_(
        Offer.state == OfferState.COLLECTING,
        and_(OfferTerms.pay_when == PayWhen.AT_ONCE, Offer.state.in_((OfferState.OPEN, OfferState.TALLYING))),
    )
    return (
        select(Instalment.id, func.concat(literal("/pledges/"), Pledge.public_id, literal("/payment")))
        .join(Pledge, Pledge.payment_request_id == Instalment.payment_request_id)
        .join(Offer, Offer.id == Pledge.offer_id)
        .join(OfferTerms, OfferTerms.id == Offer.terms_id)
        .where(Offer.slug == slug, charged, Pledge.state == PledgeState.CONFIRMED)
        .where(or_(Instalment.number == 1, Instalment.due_on <= by))
    )


def _requests(session: Session, slug: str) -> Select[int]:
    pledges = select(PaymentRequest.id).join(Pledge, Pledge.payment_request_id == PaymentRequest.id)
    return pledges.join(Offer, Offer.id == Pledge.offer_id).where(Offer.slug == slug)


register_purpose(Purpose(KIND, _title, _zone, _due, _requests))
