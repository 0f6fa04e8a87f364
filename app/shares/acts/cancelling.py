"""Cancelling and forfeiting: shares end without money; what was paid on them stays as a reserve of the co-operative."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.ledger import journal
from app.members.models import Membership
from app.payments.requesting import end_request, held, locked_request
from app.shares.acts.judging import (
    lock_holders,
    movable_lots,
    oldest_parts,
    open_call_parts,
    paid_on,
    refuse_beyond_limits,
)
from app.shares.holding import stands
from app.shares.models import Lot, ShareAct, ShareClass
from app.shares.moving import Act, Part, record_act


class NoSuchLot(Refusal):
    """No lot of that certificate stands."""

    message = N_("There is no certificate {certificate} that stands.")
    field = "certificate"


class NoCallOverdue(Refusal):
    """Shares are forfeited for calls that were not paid in time."""

    message = N_("No call on certificate {certificate} was overdue on {on}.")
    status = 409


class CallPaidFor(Refusal):
    """Money for the call has arrived."""

    message = N_("Money for the call on certificate {certificate} has arrived. Credit or return it first.")
    status = 409


def cancel(
    session: Session,
    source: str,
    member: Membership,
    found: ShareClass,
    shares: int,
    *,
    on: date,
    reason: str,
    consent: str,
    by: int | None,
    proposed_by: int | None = None,
) -> ShareAct:
    """Cancel shares that a member gives up without payment, as `consent` shows."""
    existing = session.scalars(select(ShareAct).where(ShareAct.source == source)).first()
    if existing is not None:
        return existing
    lock_holders(session, member)
    lots = movable_lots(session, member, found, shares, on)
    refuse_beyond_limits(session, member, found, -shares, on)
    details = {"member": member.number, "class": found.code, "shares": shares, "consent": consent}
    act = _ending(session, "cancellation", source, oldest_parts(lots, shares), found.code, on, reason, details)
    return record_act(session, act, by=by, proposed_by=proposed_by)


def forfeit(
    session: Session,
    source: str,
    certificate: int,
    *,
    on: date,
    reason: str,
    by: int | None,
    proposed_by: int | None = None,
) -> ShareAct:
    """Forfeit a lot on which a call is overdue; the call is asked for no more."""
    existing = session.scalars(select(ShareAct).where(ShareAct.source == source)).first()
    if existing is not None:
        return existing
    lot = session.scalars(select(Lot).where(Lot.certificate_number == certificate, stands())).first()
    if lot is None:
        raise NoSuchLot(certificate=certificate)
    lock_holders(session, lot.membership)
    parts = open_call_parts(session, [lot.id])
    if not any(part.call.due_on < on for part in parts):
        raise NoCallOverdue(certificate=certificate, on=on)
    for part in parts:
        request = locked_request(session, part.payment_request_id)
        if held(session, request).minor:
            raise CallPaidFor(certificate=certificate)
        end_request(session, request, N_("the shares were forfeited"))
    details = {"member": lot.membership.number, "class": lot.share_class.code, "shares": lot.shares}
    whole = [Part(lot.id, lot.shares)]
    act = _ending(session, "forfeiture", source, whole, lot.share_class.code, on, reason, details)
    return record_act(session, act, by=by, proposed_by=proposed_by)


def _ending(
    session: Session,
    kind: str,
    source: str,
    parts: list[Part],
    code: str,
    on: date,
    reason: str,
    details: dict[str, object],
) -> Act:
    paid = paid_on(session, parts)
    money = [journal.Leg("capital_reserve", code, paid.currency, -paid.minor)] if paid.minor else []
    return Act(kind, source, on, reason, parts, money=money, details=details)
