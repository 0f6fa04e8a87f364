"""Scoping: roles can be limited to one offer, named by its address."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.members.approvals.about import About, tell_of
from app.members.role_scopes import ScopeKind, register_scope
from app.offers.models import Offer

KIND = "offer"


def _offers(session: Session) -> dict[str, str]:
    offers = session.scalars(select(Offer).order_by(Offer.id.desc()))
    return {offer.slug: offer.terms.title for offer in offers}


def _about(session: Session, slug: str, _lang: str) -> About | None:
    offer = session.scalars(select(Offer).where(Offer.slug == slug)).first()
    return About(offer.terms.title, f"/desk/offers/{slug}") if offer else None


register_scope(ScopeKind(KIND, _offers))
tell_of(KIND, _about)
