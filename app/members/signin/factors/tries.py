"""Few tries for typed codes: after some wrong ones a person must wait."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.signin.models import CodeTries

TRIES = 5
WAIT = timedelta(minutes=15)


class TooManyTries(Refusal):
    """Too many wrong codes were typed a moment ago."""

    message = N_("Too many wrong codes were entered. Wait a quarter of an hour, then try again.")
    status = 429


def begin_try(session: Session, person_id: int) -> CodeTries:
    """The count of a person's wrong codes, locked; raises `TooManyTries` while no more may be tried."""
    new = insert(CodeTries).values(person_id=person_id, began_at=clock.now(), count=0)
    session.execute(new.on_conflict_do_nothing())
    row = session.scalars(select(CodeTries).where(CodeTries.person_id == person_id).with_for_update()).one()
    if row.began_at <= clock.now() - WAIT:
        row.began_at, row.count = clock.now(), 0
    if row.count >= TRIES:
        raise TooManyTries
    return row


def end_try(session: Session, row: CodeTries, *, right: bool) -> bool:
    """Count a wrong code, in a transaction that must be kept; a right one begins anew. Gives `right` back."""
    if right:
        row.count = 0
    else:
        row.began_at, row.count = clock.now(), row.count + 1
        audit.record(session, audit.Tag.SECOND_FACTOR_REFUSED, f"person:{row.person_id}", by=None)
    return right
