"""Defining classes: dated terms, the authorized number, and the rules of redemption, each by two people."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.shares.acts.judging import terms_on
from app.shares.acts.models import RedemptionRule, ShareClassLimit
from app.shares.classes import issued_shares, lock_class
from app.shares.models import RedemptionRight, ShareClass, ShareClassTerms, Transferable, VotesRule


class TermsBackdated(Refusal):
    """Terms hold from their day on, which is not before those that hold already."""

    message = N_("Terms from {day} are written already. New ones begin on that day or later.")
    field = "valid_from"


class CapNeeded(Refusal):
    """Votes that are capped have a cap."""

    message = N_("Say at how many votes they are capped.")
    field = "votes_cap"


class LeastAboveMost(Refusal):
    """The least that one holds is not more than the most."""

    message = N_("The least per holder is more than the most.")
    field = "holder_shares_max"


class HoldersBeyond(Refusal):
    """Some hold more than the terms would allow."""

    message = N_("Member no. {number} holds {held} shares, more than the terms would allow.")
    status = 409
    field = "holder_shares_max"


class WithdrawalWithoutRight(Refusal):
    """Shares that are withdrawn are redeemed in some way."""

    message = N_("Shares that can be withdrawn need a right to redemption.")
    field = "redemption_right"


class BelowIssued(Refusal):
    """More shares are issued than would be authorized."""

    message = N_("{issued} shares of class {code} are issued; fewer cannot be authorized.")
    status = 409
    field = "authorized"


class SameLimit(Refusal):
    """The number is authorized already."""

    message = N_("This is what is authorized already.")
    field = "authorized"


@dataclass(frozen=True)
class Terms:
    """What a class gives and asks from a day on, as `ShareClassTerms` keeps it."""

    valid_from: date
    purpose: str
    currency: str
    votes_rule: VotesRule
    transferable: Transferable
    redemption_right: RedemptionRight
    nominal_cents: int | None = None
    votes_cap: int | None = None
    withdrawable: bool = False
    notice_days: int = 0
    holder_shares_min: int = 0
    holder_shares_max: int | None = None
    capital_min_cents: int | None = None
    locked_until: date | None = None
    legends: tuple[str, ...] = ()


def stands_as(right: RedemptionRight) -> str:
    """Whether shares with a right to redemption are equity or a liability (IAS 32.16A-D, IFRIC 2).

    Equity only where redemption is excluded or may be refused without condition.
    """
    return N_("equity") if right in (RedemptionRight.NONE, RedemptionRight.REFUSABLE) else N_("liability")


def write_terms(session: Session, found: ShareClass, terms: Terms, *, by: int | None, reason: str) -> ShareClassTerms:
    """Write the terms of a class from a day on; they replace earlier ones from there."""
    lock_class(session, found)
    last = session.scalars(
        select(ShareClassTerms.valid_from)
        .where(ShareClassTerms.share_class_id == found.id)
        .order_by(ShareClassTerms.valid_from.desc())
        .limit(1)
    ).first()
    if last is not None and terms.valid_from < last:
        raise TermsBackdated(day=last)
    if terms.votes_rule is VotesRule.CAPPED and terms.votes_cap is None:
        raise CapNeeded
    if terms.holder_shares_max is not None and terms.holder_shares_min > terms.holder_shares_max:
        raise LeastAboveMost
    if terms.withdrawable and terms.redemption_right is RedemptionRight.NONE:
        raise WithdrawalWithoutRight
    _refuse_beyond(session, found, terms)
    row = ShareClassTerms(
        share_class_id=found.id,
        valid_from=terms.valid_from,
        purpose=terms.purpose,
        nominal_cents=terms.nominal_cents,
        currency=terms.currency,
        votes_rule=terms.votes_rule.value,
        votes_cap=terms.votes_cap,
        transferable=terms.transferable.value,
        withdrawable=terms.withdrawable,
        notice_days=terms.notice_days,
        redemption_right=terms.redemption_right.value,
        holder_shares_min=terms.holder_shares_min,
        holder_shares_max=terms.holder_shares_max,
        capital_min_cents=terms.capital_min_cents,
        locked_until=terms.locked_until,
        legends=list(terms.legends),
        written_at=clock.now(),
        written_by=by,
        reason=reason,
    )
    session.add(row)
    session.flush()
    subject = f"share-class:{found.code}"
    audit.record(session, audit.Tag.CLASS_TERMS_WRITTEN, subject, by=by, reason=reason, terms=row.id)
    return row


def set_limit(
    session: Session, found: ShareClass, authorized: int | None, *, by: int, proposed_by: int, reason: str
) -> ShareClassLimit:
    """Raise or lower the authorized number of a class (None: no limit), never below what is issued.

    The first of its rows says what held before any was set.
    """
    lock_class(session, found)
    if authorized == found.authorized_shares:
        raise SameLimit
    issued = issued_shares(session, found)
    if authorized is not None and authorized < issued:
        raise BelowIssued(issued=issued, code=found.code)
    if session.scalars(select(ShareClassLimit.id).where(ShareClassLimit.share_class_id == found.id)).first() is None:
        session.add(_limit(found, by, proposed_by, N_("what held before")))  # else no register of a past day knew it
        session.flush()
    found.authorized_shares = authorized
    row = _limit(found, by, proposed_by, reason)
    session.add(row)
    session.flush()
    audit.record(
        session, audit.Tag.CLASS_LIMIT_SET, f"share-class:{found.code}", by=by, reason=reason, authorized=authorized
    )
    return row


def _limit(found: ShareClass, by: int, proposed_by: int, reason: str) -> ShareClassLimit:
    return ShareClassLimit(
        share_class_id=found.id,
        authorized_shares=found.authorized_shares,
        reason=reason,
        written_at=clock.now(),
        written_by=by,
        proposed_by=proposed_by,
    )


def write_rule(
    session: Session,
    found: ShareClass,
    *,
    valid_from: date,
    suspended: bool,
    cap: Money | None,
    currency: str,
    period: str,
    value_ppm: int,
    by: int,
    proposed_by: int,
    reason: str,
) -> RedemptionRule:
    """Write how a class is redeemed from a day on: suspended, capped a period, below par."""
    row = RedemptionRule(
        share_class_id=found.id,
        valid_from=valid_from,
        suspended=suspended,
        cap_cents=cap.minor if cap else None,
        currency=currency,
        period=period,
        value_ppm=value_ppm,
        reason=reason,
        written_at=clock.now(),
        written_by=by,
        proposed_by=proposed_by,
    )
    session.add(row)
    session.flush()
    audit.record(
        session, audit.Tag.REDEMPTION_RULE_WRITTEN, f"share-class:{found.code}", by=by, reason=reason, rule=row.id
    )
    return row


def terms_of_day(session: Session, found: ShareClass, on: date) -> Terms | None:
    """The terms of a class on a day, as a value to change and write anew."""
    row = terms_on(session, found, on)
    if row is None:
        return None
    plain = Terms(
        valid_from=row.valid_from,
        purpose=row.purpose,
        currency=row.currency,
        votes_rule=VotesRule(row.votes_rule),
        transferable=Transferable(row.transferable),
        redemption_right=RedemptionRight(row.redemption_right),
        nominal_cents=row.nominal_cents,
        votes_cap=row.votes_cap,
        withdrawable=row.withdrawable,
        notice_days=row.notice_days,
        holder_shares_min=row.holder_shares_min,
        holder_shares_max=row.holder_shares_max,
        capital_min_cents=row.capital_min_cents,
        locked_until=row.locked_until,
    )
    return replace(plain, legends=tuple(row.legends))


_GREATEST = """
SELECT m.number, sum(l.shares) FROM lot l JOIN membership m ON m.id = l.membership_id
WHERE l.share_class_id = :id AND NOT EXISTS (SELECT FROM lot_end WHERE lot_id = l.id)
GROUP BY m.number ORDER BY 2 DESC, 1 LIMIT 1
"""


def _refuse_beyond(session: Session, found: ShareClass, terms: Terms) -> None:
    if terms.holder_shares_max is None:
        return
    greatest = session.execute(text(_GREATEST), {"id": found.id}).first()
    if greatest is not None and greatest[1] > terms.holder_shares_max:
        raise HoldersBeyond(number=greatest[0], held=int(greatest[1]))
