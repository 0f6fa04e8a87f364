"""Likening: pledges of one offer whose holders may be one person are noted for people to look at."""

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import clock
from app.members.people.duplicating import candidates
from app.offers.models import Pledge, PledgeState
from app.offers.pledging.models import PledgeLikeness
from app.offers.pledging.standing import standing_pledge


def notice_likeness(session: Session, pledge_id: int) -> None:
    """Note every standing pledge of the same offer whose holder may be this one's; harmless when repeated."""
    pledge = session.get_one(Pledge, pledge_id)
    if pledge.holder_id is None or pledge.state != PledgeState.CONFIRMED:
        return
    for found in candidates(session, pledge.holder_id):
        other = standing_pledge(session, pledge.offer_id, found.other.id)
        if other is None:
            continue
        row = insert(PledgeLikeness).values(
            pledge_id=pledge.id,
            other_pledge_id=other.id,
            points=found.likeness.points,
            reasons=[reason.value for reason in found.likeness.reasons],
            noticed_at=clock.now(),
        )
        session.execute(row.on_conflict_do_nothing())


def likenesses_of(session: Session, pledge_ids: list[int]) -> dict[int, list[PledgeLikeness]]:
    """What was noted of each of these pledges, from either side."""
    rows = session.scalars(
        select(PledgeLikeness)
        .where(or_(PledgeLikeness.pledge_id.in_(pledge_ids), PledgeLikeness.other_pledge_id.in_(pledge_ids)))
        .order_by(PledgeLikeness.id)
    )
    found: dict[int, list[PledgeLikeness]] = {each: [] for each in pledge_ids}
    for row in rows:
        for side in {row.pledge_id, row.other_pledge_id} & set(pledge_ids):
            found[side].append(row)
    return found
