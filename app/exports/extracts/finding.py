"""Finding whose entry an extract is of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.members.entering import memberships_of
from app.members.models import Membership


def own_membership(session: Session, person_id: int) -> Membership:
    """A person's latest membership, also one that has ended; else `NotFound`."""
    found = memberships_of(session, person_id)
    if not found:
        raise NotFound
    return found[-1][0]


def member_numbered(session: Session, number: int) -> Membership:
    """The membership of a number; else `NotFound`."""
    member = session.scalars(select(Membership).where(Membership.number == number)).first()
    if member is None:
        raise NotFound
    return member
