"""Asking for shares to be redeemed: a withdrawal joins the queue of its class, and may leave it again."""

from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.models import Membership
from app.shares.acts.judging import BeyondHolding, lock_holders, lots_standing, terms_on
from app.shares.acts.models import Redemption, Withdrawal, WithdrawalEnd
from app.shares.models import ShareAct, ShareClass


class NotWithdrawable(Refusal):
    """Holders of the class cannot ask for their money back."""

    message = N_("Shares of class {code} cannot be withdrawn.")
    status = 409


class WithdrawalEnded(Refusal):
    """The withdrawal is redeemed or out of the queue."""

    message = N_("This withdrawal has ended already.")
    status = 409


def ask_withdrawal(
    session: Session,
    member: Membership,
    found: ShareClass,
    shares: int,
    *,
    on: date,
    form_key: str,
    reason: str,
    by: int | None,
) -> Withdrawal:
    """Queue shares for redemption after the notice of the class; the same form key asks once.

    Raises `NotWithdrawable` and, counting what the member has queued already, `BeyondHolding`.
    """
    lock_holders(session, member)
    existing = session.scalars(select(Withdrawal).where(Withdrawal.form_key == form_key)).first()
    if existing is not None:
        return existing
    terms = terms_on(session, found, on)
    if terms is not None and not terms.withdrawable:
        raise NotWithdrawable(code=found.code)
    waiting = sum(shares for _, shares in queued(session, found, member))
    held = sum(lot.shares for lot in lots_standing(session, found, on, member))
    if shares > held - waiting:
        raise BeyondHolding(number=member.number, held=held - waiting, code=found.code, on=on, wanted=shares)
    row = Withdrawal(
        form_key=form_key,
        membership_id=member.id,
        share_class_id=found.id,
        shares=shares,
        requested_on=on,
        payable_from=on + timedelta(days=terms.notice_days if terms else 0),
        reason=reason,
        recorded_at=clock.now(),
        recorded_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.WITHDRAWAL_ASKED, f"member:{member.number}", by=by, reason=reason, shares=shares)
    return row


def end_withdrawal(session: Session, row: Withdrawal, *, by: int | None, reason: str) -> WithdrawalEnd:
    """Take a withdrawal, or its rest, out of the queue."""
    lock_holders(session, row.membership)
    if open_shares(session, row) == 0:
        raise WithdrawalEnded
    end = WithdrawalEnd(withdrawal_id=row.id, reason=reason, ended_at=clock.now(), ended_by=by)
    session.add(end)
    session.flush()
    audit.record(session, audit.Tag.WITHDRAWAL_ENDED, f"member:{row.membership.number}", by=by, reason=reason)
    return end


def open_shares(session: Session, row: Withdrawal) -> int:
    """How many shares of a withdrawal are neither redeemed nor out of the queue."""
    if session.get(WithdrawalEnd, row.id) is not None:
        return 0
    return row.shares - int(session.execute(_redeemed(row.id)).scalar_one())


def queue(session: Session, found: ShareClass | None = None, member: Membership | None = None) -> list[Withdrawal]:
    """The withdrawals that are open, in their turn; of one class, or of one member."""
    return [row for row, _ in queued(session, found, member)]


def queued(
    session: Session, found: ShareClass | None = None, member: Membership | None = None
) -> list[tuple[Withdrawal, int]]:
    """The queue, each withdrawal with how many shares of it are open."""
    open_ = Withdrawal.shares - _redeemed(Withdrawal.id).correlate(Withdrawal).scalar_subquery()
    statement = (
        select(Withdrawal, open_)
        .outerjoin(WithdrawalEnd, WithdrawalEnd.withdrawal_id == Withdrawal.id)
        .where(WithdrawalEnd.withdrawal_id.is_(None), open_ > 0)
        .order_by(Withdrawal.requested_on, Withdrawal.id)
    )
    if found is not None:
        statement = statement.where(Withdrawal.share_class_id == found.id)
    if member is not None:
        statement = statement.where(Withdrawal.membership_id == member.id)
    return [(row, int(shares)) for row, shares in session.execute(statement)]


def _redeemed(withdrawal: int | InstrumentedAttribute[int]) -> Select[int]:
    """How many shares of a withdrawal were redeemed by acts that stand."""
    undone = select(ShareAct.reverses_id).where(ShareAct.reverses_id.is_not(None))
    redeemed = func.coalesce(func.sum(Redemption.shares), 0)
    return select(redeemed).where(Redemption.withdrawal_id == withdrawal, Redemption.act_id.not_in(undone))
