"""Standing: whose a pledge is, which pledge of a holder stands, and the note of every change of its state."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import NotFound
from app.members.models import Person
from app.members.people.resolving import same_person
from app.offers.models import Pledge, PledgeMove, PledgeState
from app.offers.public.counting import counted
from app.offers.terms.reserving import give_room_back, refuse_beyond_cap

STANDING = (PledgeState.CONFIRMED, PledgeState.ALLOTTED)


def own_pledge(session: Session, public_id: str, person: Person) -> Pledge:
    """A pledge of this person; someone else's is as unknown as one that does not exist."""
    pledge = session.scalars(select(Pledge).where(Pledge.public_id == public_id)).first()
    if pledge is None or pledge.person_id not in session.scalars(same_person(person.id)).all():
        raise NotFound
    return pledge


def standing_pledge(session: Session, offer_id: int, holder_id: int) -> Pledge | None:
    """The confirmed or allotted pledge of a holder in an offer."""
    return session.scalars(
        select(Pledge).where(
            Pledge.offer_id == offer_id, Pledge.holder_id.in_(same_person(holder_id)), Pledge.state.in_(STANDING)
        )
    ).first()


def move_pledge(session: Session, pledge: Pledge, to: PledgeState, *, by: int | None, reason: str) -> None:
    """Note a change of state; the pledge is locked by the caller. Raises `CapReached` when it no longer fits."""
    if to == PledgeState.CONFIRMED:
        refuse_beyond_cap(session, pledge.offer, pledge.shares, pledge.amount)
    elif pledge.state == PledgeState.CONFIRMED and to != PledgeState.ALLOTTED:
        give_room_back(session, pledge)
    session.add(PledgeMove(pledge_id=pledge.id, to_state=to, at=clock.now(), by=by, reason=reason))
    with counted(session, pledge):
        pledge.state = to
