"""Undoing a redemption of allocations: by two people and an entry, as long as nothing of it was paid or ordered."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.distributions.booked import refuse_any_paid, undo_entries
from app.distributions.models import AllocationRedemption, AllocationRedemptionEnd
from app.distributions.redeeming.paying import NATURE
from app.ledger.closing import refuse_closed
from app.ledger.models import Entry
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.models import Person
from app.members.roles import Role

ACT = "allocation-redemption-reversal"


class RedemptionEnded(Refusal):
    """It was reversed before."""

    message = N_("This was reversed already.")
    status = 409


def propose_undoing(session: Session, redemption_id: int, *, by: Person, reason: str) -> Proposal:
    """Propose to reverse a redemption of allocations; it is tried and undone first."""
    row = redemption_numbered(session, redemption_id)
    payload = {"redemption": row.id, "proposed_by": by.id, "reason": reason.strip()}
    trial = session.begin_nested()
    _undo(session, payload, by.id)
    trial.rollback()
    return propose(session, ACT, subject=row.source, payload=payload, by=by, reason=reason)


def redemption_numbered(session: Session, redemption_id: int) -> AllocationRedemption:
    """The redemption of an id; else `NotFound`."""
    found = session.get(AllocationRedemption, redemption_id)
    if found is None:
        raise NotFound
    return found


def _undo(session: Session, payload: dict[str, Any], by: int) -> None:
    row = session.scalars(
        select(AllocationRedemption)
        .where(AllocationRedemption.id == payload["redemption"])
        .with_for_update(key_share=True)
    ).one()
    if session.get(AllocationRedemptionEnd, row.id) is not None:
        raise RedemptionEnded
    on = clock.today()
    refuse_closed(session, on)
    later = Entry.key.startswith(f"{row.source}:entry:", autoescape=True)
    of_it = select(Entry.id).where(Entry.nature == NATURE, or_(Entry.id == row.entry_id, later)).order_by(Entry.id)
    entries = session.scalars(of_it).all()
    refuse_any_paid(session, entries)
    undone = undo_entries(session, row.source, entries, on=on, by=by, reason=payload["reason"])
    end = AllocationRedemptionEnd(
        redemption_id=row.id,
        entry_id=undone[0],
        reason=payload["reason"],
        ended_at=clock.now(),
        proposed_by=payload["proposed_by"],
        approved_by=by,
    )
    session.add(end)
    session.flush()
    subject = row.distribution.source
    audit.record(session, audit.Tag.ALLOCATIONS_RESTORED, subject, by=by, reason=payload["reason"])


register(
    TwoPersonAct(
        ACT, N_("Reverse a payment of allocations"), (Role.ORGANIZER, Role.TREASURER), _undo, unsaid=("redemption",)
    )
)
