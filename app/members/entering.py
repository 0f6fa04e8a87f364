"""Entering persons into the register of members."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, series
from app.members.models import Membership, MembershipEnd, Person


def current_membership(session: Session, person_id: int) -> Membership | None:
    """The membership of a person that has not ended."""
    return session.scalars(
        select(Membership)
        .outerjoin(MembershipEnd, MembershipEnd.membership_id == Membership.id)
        .where(Membership.person_id == person_id, MembershipEnd.membership_id.is_(None))
    ).first()


def enter_member(session: Session, person: Person, *, on: date, basis: str, by: int | None) -> Membership:
    """The person's membership, entered now with a new number when there is none; safe under concurrency."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    existing = current_membership(session, person.id)
    if existing is not None:
        return existing
    member = Membership(
        person_id=person.id,
        number=series.draw(session, "member"),
        entered_on=on,
        basis=basis,
        recorded_at=clock.now(),
    )
    session.add(member)
    session.flush()
    audit.record(session, audit.Tag.MEMBER_ENTERED, f"member:{member.number}", by=by, reason=basis)
    return member
