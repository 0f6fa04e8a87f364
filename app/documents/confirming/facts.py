"""What a confirmation of a purchase says: of the lot, of the whole offer, and of what intermediaries earn."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.documents.issuing import issuer
from app.members.models import Particulars
from app.offers.models import OfferTerms, Pledge
from app.offers.terms.intermediaries import Remuneration, intermediaries_of
from app.shares.models import Lot

CONFIRMATION = "transaction-confirmation"
SHARE = N_("share")


def sold_in(session: Session, offer_id: int) -> dict[str, Any]:
    """What the issuer sold in an offer: how many shares, at which prices (minor units, the lowest first)."""
    of_offer = select(func.concat("pledge:", Pledge.id)).where(Pledge.offer_id == offer_id)
    sums = select(func.coalesce(func.sum(Lot.shares), 0), func.array_agg(distinct(Lot.price_cents)))
    shares, prices = session.execute(sums.where(Lot.source.in_(of_offer))).one()
    return {"sold_shares": int(shares), "sold_prices_minor": sorted(prices or ())}


def terms_behind(session: Session, lots: Sequence[Lot]) -> dict[int, OfferTerms]:
    """Of each lot that was bought in an offer whose terms say what intermediaries earn: the terms of its pledge."""
    pledges = {f"pledge:{pledge_id}": pledge_id for lot in lots if (pledge_id := _pledge_of(lot)) is not None}
    found = select(Pledge.id, OfferTerms).join(OfferTerms, OfferTerms.id == Pledge.terms_id)
    known = {row.id: row.OfferTerms for row in session.execute(found.where(Pledge.id.in_(pledges.values())))}
    terms = {lot.id: known.get(pledges.get(lot.source, 0)) for lot in lots}
    return {lot_id: one for lot_id, one in terms.items() if one is not None and one.intermediaries is not None}


def confirmation_facts(lot: Lot, known: Particulars, terms: OfferTerms, sold: dict[str, Any]) -> dict[str, Any]:
    """What the confirmation of a lot says; money in minor units, dates in ISO 8601."""
    return (
        issuer()
        | {
            "legal_name": known.legal_name,
            "closed_on": lot.allotted_on.isoformat(),
            "security_type": SHARE,
            "share_class": lot.share_class.name,
            "share_class_code": lot.share_class.code,
            "certificate_number": lot.certificate_number,
            "member_number": lot.membership.number,
            "shares": lot.shares,
            "price_minor": lot.price_cents,
            "paid_minor": lot.paid_cents,
            "currency": lot.currency,
            "remunerations": [_earned(one, lot) for one in intermediaries_of(terms.intermediaries) or ()],
        }
        | sold
    )


def _earned(one: Remuneration, lot: Lot) -> dict[str, Any]:
    return {
        "earner": one.earner,
        "payer": one.payer,
        "form": one.form,
        "rate_ppm": one.ppm,
        "amount_minor": one.earned(lot.paid_cents),
    }


def _pledge_of(lot: Lot) -> int | None:
    kind, _, number = lot.source.partition(":")
    return int(number) if kind == "pledge" and number.isdecimal() else None
