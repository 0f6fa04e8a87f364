"""Entering persons into the register of members."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core import audit, clock, series
from app.members.models import Membership, MembershipEnd, Person
from app.members.people.resolving import canonical_person, same_person


def current_membership(session: Session, person_id: int, on: date | None = None) -> Membership | None:
    """The membership of a person that has not ceased by a day, today if absent."""
    day = on or clock.today()
    return session.scalars(
        select(Membership)
        .outerjoin(MembershipEnd, MembershipEnd.membership_id == Membership.id)
        .where(
            Membership.person_id.in_(same_person(person_id)),
            or_(MembershipEnd.membership_id.is_(None), MembershipEnd.ceased_on > day),
        )
        .order_by(Membership.id)
    ).first()


def memberships_of(session: Session, person_id: int) -> list[tuple[Membership, MembershipEnd | None]]:
    """Every membership of a person with its end, in order: whoever comes back has a new number."""
    rows = session.execute(
        select(Membership, MembershipEnd)
        .outerjoin(MembershipEnd, MembershipEnd.membership_id == Membership.id)
        .where(Membership.person_id.in_(same_person(person_id)))
        .order_by(Membership.id)
    )
    return [(membership, end) for membership, end in rows]


def enter_member(session: Session, person: Person, *, on: date, basis: str, by: int | None) -> Membership:
    """The person's membership, entered now with a new number when there is none; safe under concurrency."""
    holder = locked_holder(session, person.id)
    existing = current_membership(session, holder.id)
    if existing is not None:
        return existing
    member = Membership(
        person_id=holder.id,
        number=series.draw(session, "member"),
        entered_on=on,
        basis=basis,
        recorded_at=clock.now(),
    )
    session.add(member)
    session.flush()
    audit.record(session, audit.Tag.MEMBER_ENTERED, f"member:{member.number}", by=by, reason=basis)
    return member


def locked_holder(session: Session, person_id: int) -> Person:
    """The record under which a person is known now, locked: no membership and no merge begins meanwhile."""
    while True:
        holder = canonical_person(session, person_id)
        session.execute(select(Person.id).where(Person.id == holder.id).with_for_update(key_share=True))
        if canonical_person(session, person_id).id == holder.id:
            return holder
