"""Parking: what no rule may settle waits, once and with its reason, until a person has looked at it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.payments.cards.hearing.models import ParkedDone, ParkedItem


class NoSuchItem(Refusal):
    """Nothing of this number is parked."""

    message = N_("There is no such item.")
    status = 404


class DoneAlready(Refusal):
    """Somebody has looked at it."""

    message = N_("This was looked at already. Nothing was changed.")
    status = 409


class NoteMissing(Refusal):
    """Nothing is said of what was done."""

    message = N_("Say what was done.")
    field = "note"


def park(session: Session, kind: str, subject: str, reason: str, **payload: Any) -> bool:
    """Park something by its kind and name; whether it was not parked before."""
    values = {"kind": kind, "subject": subject, "reason": reason, "payload": payload, "at": clock.now()}
    statement = insert(ParkedItem).values(**values).on_conflict_do_nothing().returning(ParkedItem.id)
    number = session.scalars(statement).first()
    if number is None:
        return False
    audit.record(session, audit.Tag.PARKED, f"parked:{number}", by=None, reason=reason, kind=kind, about=subject)
    return True


def is_parked(session: Session, kind: str, subject: str) -> bool:
    """Whether something is or was parked."""
    wanted = select(ParkedItem.id).where(ParkedItem.kind == kind, ParkedItem.subject == subject)
    return session.scalars(wanted).first() is not None


def parked(session: Session) -> list[ParkedItem]:
    """What waits for a person, the oldest first."""
    waiting = (
        select(ParkedItem)
        .outerjoin(ParkedDone, ParkedDone.parked_item_id == ParkedItem.id)
        .where(ParkedDone.parked_item_id.is_(None))
        .order_by(ParkedItem.id)
    )
    return list(session.scalars(waiting))


def finish_parked(session: Session, number: int, *, by: int, note: str) -> None:
    """Note that a person has looked at a parked item, and what was done."""
    if session.scalars(select(ParkedItem.id).where(ParkedItem.id == number).with_for_update()).first() is None:
        raise NoSuchItem
    if session.get(ParkedDone, number) is not None:
        raise DoneAlready
    if not note.strip():
        raise NoteMissing
    session.add(ParkedDone(parked_item_id=number, at=clock.now(), by=by, note=note.strip()))
    session.flush()
    audit.record(session, audit.Tag.PARKED_DONE, f"parked:{number}", by=by, reason=note.strip())
