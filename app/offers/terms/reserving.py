"""Reserving: how many shares of a class offers may still need, and how much of a cap confirmed pledges take."""

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.offers.models import Offer, OfferKind, OfferState, OfferTerms, Oversubscription, Pledge, PledgeState
from app.offers.terms.models import OfferRoom
from app.shares.classes import issued_shares

UNDER_WAY = (OfferState.OPEN, OfferState.TALLYING, OfferState.COLLECTING, OfferState.SHORT, OfferState.ALLOTTING)


class CapReached(Refusal):
    """The pledge would go beyond the cap, and the terms serve who comes first."""

    message = N_("Only {left} can still be pledged in this offer: it is nearly full. Nothing was recorded.")
    status = 409
    field = "shares"


class OfferFull(Refusal):
    """Every share of the offer is taken."""

    message = N_("Every share of this offer is taken. Nothing was recorded.")
    status = 409
    field = "shares"


@dataclass(frozen=True)
class Room:
    """Shares: what an offer may need, what its class has left to issue, and what other offers under way may need."""

    needed: int
    left: int
    reserved: int


def left_for(session: Session, terms: OfferTerms) -> Room | None:
    """The room that a class has for an offer; None when the class has no limit, or nothing is sold."""
    share_class = terms.share_class
    if share_class.authorized_shares is None or terms.kind == OfferKind.INDICATION:
        return None
    others = session.scalars(
        select(Offer)
        .join(OfferTerms, Offer.terms_id == OfferTerms.id)
        .where(
            OfferTerms.share_class_id == share_class.id,
            OfferTerms.kind == OfferKind.SUBSCRIPTION,
            Offer.id != terms.offer_id,
            Offer.state.in_(UNDER_WAY),
        )
    ).all()
    left = share_class.authorized_shares - issued_shares(session, share_class)
    return Room(shares_needed(terms), left, sum(_may_still_issue(session, offer) for offer in others))


def shares_needed(terms: OfferTerms) -> int:
    """The most shares that the cap (without one, the target) can come to: at the lowest price."""
    lowest: int = min([terms.price_cents, *(step["price_cents"] for step in terms.price_steps)])
    return -(-(terms.target_cents if terms.cap_cents is None else terms.cap_cents) // lowest)


def _may_still_issue(session: Session, offer: Offer) -> int:
    standing = Pledge.state == PledgeState.CONFIRMED
    pledged, issued = session.execute(
        select(
            func.coalesce(func.sum(func.coalesce(Pledge.allotted_shares, Pledge.shares)).filter(standing), 0),
            func.coalesce(func.sum(func.coalesce(Pledge.allotted_shares, Pledge.shares)).filter(~standing), 0),
        ).where(Pledge.offer_id == offer.id, Pledge.state.in_((PledgeState.CONFIRMED, PledgeState.ALLOTTED)))
    ).one()
    if offer.state != OfferState.OPEN:
        return int(pledged)
    if offer.terms.cap_cents is not None:
        return shares_needed(offer.terms) - int(issued)
    return max(int(pledged), shares_needed(offer.terms))


def refuse_beyond_cap(session: Session, offer: Offer, shares: int, amount: Money) -> None:
    """Take room under the cap for a pledge that is being confirmed, or refuse; only who comes first is ever refused.

    The room is one row, locked until the transaction ends: confirmations of other offers do not wait.
    """
    terms = offer.terms
    if not limits_at_once(terms):
        return
    cap = terms.cap_cents
    taken = session.execute(
        text(
            "UPDATE offer_room SET taken_cents = taken_cents + :amount "
            "WHERE offer_id = :offer AND taken_cents + :amount <= :cap RETURNING taken_cents"
        ),
        {"amount": amount.minor, "offer": offer.id, "cap": cap},
    ).first()
    if taken is None:
        left = Money(max(0, (cap or 0) - taken_of(session, offer)), terms.currency)
        price = amount.minor // shares
        raise CapReached(left=left) if left.minor >= price else OfferFull()


def give_room_back(session: Session, pledge: Pledge) -> None:
    """A confirmed pledge ends: what it took under the cap is free again, as long as the offer is open."""
    session.execute(
        text(
            "UPDATE offer_room SET taken_cents = taken_cents - :amount FROM offer "
            "WHERE offer.id = offer_room.offer_id AND offer.id = :offer AND offer.state = 'open'"
        ),
        {"amount": pledge.amount_cents, "offer": pledge.offer_id},
    )


def make_room(session: Session, offer: Offer) -> None:
    """Count what is taken under the cap of an offer that opens or whose terms change; take `locked_offer` first."""
    if not limits_at_once(offer.terms):
        session.execute(text("DELETE FROM offer_room WHERE offer_id = :offer"), {"offer": offer.id})
        return
    taken = session.execute(
        select(func.coalesce(func.sum(Pledge.amount_cents), 0)).where(
            Pledge.offer_id == offer.id, Pledge.state == PledgeState.CONFIRMED
        )
    ).scalar_one()
    row = insert(OfferRoom).values(offer_id=offer.id, taken_cents=int(taken))
    session.execute(row.on_conflict_do_update(index_elements=["offer_id"], set_={"taken_cents": int(taken)}))


def limits_at_once(terms: OfferTerms) -> bool:
    """Whether a pledge beyond the cap is refused when it is confirmed: then the first are served."""
    return (
        terms.cap_cents is not None
        and terms.oversubscription == Oversubscription.FIRST_COME
        and terms.kind == OfferKind.SUBSCRIPTION
    )


def taken_of(session: Session, offer: Offer) -> int:
    """What confirmed pledges take under the cap, in minor units."""
    return int(session.scalars(select(OfferRoom.taken_cents).where(OfferRoom.offer_id == offer.id)).first() or 0)
