"""What a member's page of leaving shows: offers open to them, what they accepted, what they hold too much of."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.conversion.dissent.accepting import acceptance_of, has_objected, held_of, settled_act
from app.conversion.dissent.models import ExitAcceptance, ExitOffer
from app.conversion.dissent.offering import offers_of
from app.conversion.exchange.judging import members_above
from app.conversion.exchange.models import ExchangeExecution
from app.conversion.exchange.showing import ways_for
from app.conversion.plan.models import Conversion
from app.conversion.plan.relying import ballot_of, exchange_of
from app.core import clock
from app.members.models import Membership
from app.shares.models import ShareAct


@dataclass(frozen=True)
class OfferSeen:
    """An offer as a member sees it: whether it is open to them today, what they hold, and what they accepted."""

    offer: ExitOffer
    is_open: bool
    entitled: bool
    held: int
    accepted: ExitAcceptance | None
    act: ShareAct | None


def leaving_facts(session: Session, conversion: Conversion, member: Membership | None) -> dict[str, Any]:
    """The page of a person, who may hold nothing."""
    today, exchange = clock.today(conversion.zone), exchange_of(session, conversion)
    ballot = ballot_of(session, conversion)
    above = []
    if member is not None and exchange is not None and session.get(ExchangeExecution, exchange.id) is None:
        above = [(row, ways_for(row)) for row in members_above(session, exchange, member.number)]
    return {
        "conversion": conversion,
        "member": member,
        "ballot": ballot,
        "offers": [_seen(session, offer, member, today) for offer in offers_of(session, conversion)] if member else [],
        "above": above,
        "exchange": exchange,
    }


def _seen(session: Session, offer: ExitOffer, member: Membership, today: Any) -> OfferSeen:
    accepted = acceptance_of(session, offer, member)
    return OfferSeen(
        offer,
        offer.opens_on <= today <= offer.closes_on,
        not offer.objectors_only or has_objected(session, offer, member),
        held_of(session, offer, member),
        accepted,
        settled_act(session, accepted) if accepted else None,
    )
