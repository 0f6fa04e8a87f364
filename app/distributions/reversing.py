"""Reversing a distribution: two people undo it by an entry, as long as nothing of it was paid or ordered."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.core.jobs import defer
from app.distributions.booked import entries_of, refuse_any_paid, undo_entries
from app.distributions.models import Distribution, DistributionEnd, DistributionPart
from app.distributions.redeeming.resting import redemptions_of
from app.distributions.telling import REVERSED_JOB
from app.ledger.closing import refuse_closed
from app.members.approvals.about import About, row_of, tell_of
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.models import Person
from app.members.roles import Role
from app.shares.granting import undo_granted

ACT = "distribution-reversal"


class DistributionEnded(Refusal):
    """It was reversed before."""

    message = N_("This distribution was reversed already.")
    status = 409


class AllocationsPaidOut(Refusal):
    """What it had retained was paid out since."""

    message = N_("What this distribution had retained was paid out on {day}. Reverse that first.")
    status = 409


def distribution_numbered(session: Session, distribution_id: int) -> Distribution:
    """The distribution of an id; else `NotFound`."""
    found = session.get(Distribution, distribution_id)
    if found is None:
        raise NotFound
    return found


def propose_reversal(session: Session, distribution_id: int, *, by: Person, reason: str) -> Proposal:
    """Propose to reverse a distribution; it is tried and undone first."""
    row = distribution_numbered(session, distribution_id)
    payload = {"distribution": row.id, "proposed_by": by.id, "reason": reason.strip()}
    trial = session.begin_nested()
    _reverse(session, payload, by.id)
    trial.rollback()
    return propose(session, ACT, subject=row.source, payload=payload, by=by, reason=reason)


def _reverse(session: Session, payload: dict[str, Any], by: int) -> None:
    row = session.scalars(
        select(Distribution).where(Distribution.id == payload["distribution"]).with_for_update(key_share=True)
    ).one()
    if session.get(DistributionEnd, row.id) is not None:
        raise DistributionEnded
    for redemption, undone_by in redemptions_of(session, row):
        if undone_by is None:
            raise AllocationsPaidOut(day=redemption.redeemed_on)
    on = clock.today()
    refuse_closed(session, on)
    entries = entries_of(session, row)
    refuse_any_paid(session, entries)
    _undo_shares(session, row, payload, by)
    undone = undo_entries(session, row.source, entries, on=on, by=by, reason=payload["reason"])
    end = DistributionEnd(
        distribution_id=row.id,
        entry_id=undone[0],
        reason=payload["reason"],
        ended_at=clock.now(),
        proposed_by=payload["proposed_by"],
        approved_by=by,
    )
    session.add(end)
    session.flush()
    audit.record(session, audit.Tag.DISTRIBUTION_REVERSED, row.source, by=by, reason=payload["reason"])
    defer(session, REVERSED_JOB, distribution_id=row.id, after=0)


def _undo_shares(session: Session, row: Distribution, payload: dict[str, Any], by: int) -> None:
    """Undo the acts that made shares of retained parts, but those that somebody reversed by themselves."""
    acts = session.scalars(
        select(DistributionPart.share_act_id)
        .where(DistributionPart.distribution_id == row.id, DistributionPart.share_act_id.is_not(None))
        .order_by(DistributionPart.membership_id)
    )
    ids = [act_id for act_id in acts if act_id is not None]
    undo_granted(session, ids, on=clock.today(), by=by, reason=payload["reason"], proposed_by=payload["proposed_by"])


def _about(session: Session, number: str, _lang: str) -> About | None:
    found = session.get(Distribution, row_of(number))
    return About(found.title, f"/desk/distributions/{found.id}") if found else None


tell_of("distribution", _about)

register(
    TwoPersonAct(
        ACT, N_("Reverse a distribution"), (Role.ORGANIZER, Role.TREASURER), _reverse, unsaid=("distribution",)
    )
)
