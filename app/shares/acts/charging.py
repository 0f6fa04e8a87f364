"""Charging shares: noted as security for a debt, they do not move until the creditor releases them."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.errors import N_, Refusal
from app.members.models import Membership
from app.shares.acts.judging import lock_holders, movable_lots
from app.shares.acts.models import ShareCharge, ShareChargeEnd
from app.shares.models import ShareClass

PAPER_JOB = "documents.file_charge"


class NoSuchCharge(Refusal):
    """The charge does not exist."""

    message = N_("There is no such charge.")
    status = 404
    field = "charge"


class ReleasedAlready(Refusal):
    """The charge was released before."""

    message = N_("This charge was released on {day} already.")
    status = 409


class ReleasedTooEarly(Refusal):
    """Nothing is released before it is charged."""

    message = N_("The shares stand as security since {day} only.")
    field = "on"


def charge(
    session: Session,
    source: str,
    member: Membership,
    found: ShareClass,
    shares: int,
    *,
    creditor: str,
    debt: str,
    on: date,
    by: int,
    proposed_by: int,
    reason: str,
) -> ShareCharge:
    """Note shares as security; only what is free can be charged. The same source charges once."""
    lock_holders(session, member)
    existing = session.scalars(select(ShareCharge).where(ShareCharge.source == source)).first()
    if existing is not None:
        return existing
    movable_lots(session, member, found, shares, on)
    row = ShareCharge(
        source=source,
        membership_id=member.id,
        share_class_id=found.id,
        shares=shares,
        creditor=creditor,
        debt=debt,
        charged_on=on,
        reason=reason,
        recorded_at=clock.now(),
        recorded_by=by,
        proposed_by=proposed_by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.SHARES_CHARGED, f"member:{member.number}", by=by, reason=reason, charge=row.id)
    jobs.defer(session, PAPER_JOB, charge_id=row.id)
    return row


def release(session: Session, charge_id: int, *, on: date, by: int, proposed_by: int, reason: str) -> ShareChargeEnd:
    """Release shares that stood as security."""
    row = session.get(ShareCharge, charge_id)
    if row is None:
        raise NoSuchCharge
    lock_holders(session, row.membership)
    ended = session.get(ShareChargeEnd, charge_id)
    if ended is not None:
        raise ReleasedAlready(day=ended.released_on)
    if on < row.charged_on:
        raise ReleasedTooEarly(day=row.charged_on)
    end = ShareChargeEnd(
        charge_id=charge_id,
        released_on=on,
        reason=reason,
        recorded_at=clock.now(),
        recorded_by=by,
        proposed_by=proposed_by,
    )
    session.add(end)
    session.flush()
    subject = f"member:{row.membership.number}"
    audit.record(session, audit.Tag.SHARES_RELEASED, subject, by=by, reason=reason, charge=charge_id)
    jobs.defer(session, PAPER_JOB, charge_id=charge_id)
    return end


def charges(session: Session, member: Membership | None = None) -> list[tuple[ShareCharge, ShareChargeEnd | None]]:
    """The register of charges in the order of their noting, each with its release; of all or of one member."""
    statement = (
        select(ShareCharge, ShareChargeEnd)
        .outerjoin(ShareChargeEnd, ShareChargeEnd.charge_id == ShareCharge.id)
        .order_by(ShareCharge.charged_on, ShareCharge.id)
    )
    if member is not None:
        statement = statement.where(ShareCharge.membership_id == member.id)
    return [(row, end) for row, end in session.execute(statement)]
