"""Holdings: which lots a member has on a day, as known now or at an earlier moment."""

from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from app.shares.models import Lot, LotEnd

EVER = datetime.max.replace(tzinfo=UTC)


def stands(on: date | None = None, known_at: datetime = EVER) -> ColumnElement[bool]:
    """The condition that a lot counts at the end of a day (None: until today and ever after), as known at a moment."""
    ended = [LotEnd.lot_id == Lot.id, LotEnd.recorded_at <= known_at]
    begun = [Lot.recorded_at <= known_at]
    if on is not None:
        ended.append(LotEnd.ended_on <= on)
        begun.append(Lot.allotted_on <= on)
    return and_(*begun, ~exists().where(*ended))


def lots_of(session: Session, membership_ids: list[int], on: date | None = None) -> list[Lot]:
    """The lots of memberships that count on a day (None: now), in the order of their certificates."""
    return list(
        session.scalars(
            select(Lot).where(Lot.membership_id.in_(membership_ids), stands(on)).order_by(Lot.certificate_number)
        )
    )
