"""Redeeming shares: withdrawals queue after their notice, and are paid in turn as the rules and the capital allow."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger import journal
from app.payments.payouts.owing import owe, payable
from app.shares.acts.judging import (
    lock_holders,
    movable_lots,
    oldest_parts,
    paid_on,
    refuse_beyond_limits,
    terms_on,
)
from app.shares.acts.models import Redemption, RedemptionRule, Withdrawal
from app.shares.acts.queueing import open_shares, queue
from app.shares.classes import lock_class
from app.shares.models import RedemptionRight, ShareAct, ShareClass
from app.shares.moving import Act, Part, record_act

PPM = 1_000_000
PERIODS = {"month": N_("a month"), "quarter": N_("a quarter"), "year": N_("a year")}


class NothingOpen(Refusal):
    """The withdrawal is redeemed or has left the queue."""

    message = N_("Nothing of this withdrawal is open any more.")
    status = 409


class NoticeRuns(Refusal):
    """The notice is not over."""

    message = N_("The notice of this withdrawal runs until {until}.")
    status = 409


class OutOfTurn(Refusal):
    """Somebody else asked earlier."""

    message = N_("Withdrawal {first} comes first. They are redeemed in the order in which they were asked for.")
    status = 409


class RedemptionsSuspended(Refusal):
    """The board has suspended redemptions."""

    message = N_("Redemptions of class {code} are suspended since {since}: {reason}.")
    status = 409


class NotRedeemable(Refusal):
    """The class gives no redemption."""

    message = N_("Shares of class {code} are not redeemed.")
    status = 409


class BeyondOpen(Refusal):
    """More than the withdrawal still asks for."""

    message = N_("{open} shares of this withdrawal are open; {wanted} were to be redeemed.")
    status = 409
    field = "shares"


class CapReached(Refusal):
    """The rule's cap for the period would be exceeded."""

    message = N_("{left} are left for redemptions of class {code} in this period; this takes {wanted}.")
    status = 409


class BelowMinimumCapital(Refusal):
    """Paid capital may not fall below its minimum."""

    message = N_("The capital of class {code} would fall to {left}; its minimum is {least}.")
    status = 409


class SetOffTooMuch(Refusal):
    """No more is set off than the shares are worth."""

    message = N_("The shares are worth {value}; {set_off} cannot be set off.")
    field = "set_off"


@dataclass(frozen=True)
class Redeeming:
    """A redemption to be: `set_off` is what the member owes the co-operative, as `debt` says."""

    source: str
    withdrawal: Withdrawal
    shares: int
    on: date
    reason: str
    set_off: int = 0
    debt: str = ""


def redeem(session: Session, what: Redeeming, *, by: int | None, proposed_by: int | None = None) -> Redemption:
    """Redeem shares of the withdrawal whose turn it is: capital leaves, its value is owed to the member."""
    asked = what.withdrawal
    found, member = asked.share_class, asked.membership
    lock_class(session, found)
    lock_holders(session, member)
    rule = rule_on(session, found, what.on)
    _refuse_early(session, what, rule)
    lots = movable_lots(session, member, found, what.shares, what.on)
    refuse_beyond_limits(session, member, found, -what.shares, what.on)
    parts = oldest_parts(lots, what.shares)
    paid = paid_on(session, parts)
    value = worth(paid, rule.value_ppm if rule else PPM)
    _refuse_too_much(session, found, what, rule, paid, value)
    act = record_act(session, _act(what, parts, paid, value), by=by, proposed_by=proposed_by)
    row = Redemption(
        act_id=act.id,
        withdrawal_id=asked.id,
        shares=what.shares,
        paid_cents=paid.minor,
        value_cents=value.minor,
        set_off_cents=what.set_off,
        currency=paid.currency,
    )
    session.add(row)
    session.flush()
    rest = Money(value.minor - what.set_off, value.currency)
    if rest.minor:
        assert act.entry_id is not None, "money was booked"
        text = N_("redemption of shares")
        owe(session, what.source, member.person_id, rest, text, due_on=what.on, entry_id=act.entry_id)
    return row


def redeem_queue(
    session: Session, found: ShareClass, on: date, *, source: str, reason: str, by: int | None, proposed_by: int | None
) -> list[Redemption]:
    """Redeem in turn whatever is due, as far as cap and minimum capital reach; the last one in part."""
    lock_class(session, found)
    turn = [asked for asked in queue(session, found) if asked.payable_from <= on]
    lock_holders(session, *(asked.membership for asked in turn))
    done = []
    for asked in turn:
        shares = _affordable(session, asked, on)
        if shares:
            what = Redeeming(f"{source}:{asked.id}", asked, shares, on, reason)
            done.append(redeem(session, what, by=by, proposed_by=proposed_by))
        if open_shares(session, asked):
            break
    return done


def rule_on(session: Session, found: ShareClass, on: date) -> RedemptionRule | None:
    """The rule for redemptions of a class on a day, if any was written."""
    return session.scalars(
        select(RedemptionRule)
        .where(RedemptionRule.share_class_id == found.id, RedemptionRule.valid_from <= on)
        .order_by(RedemptionRule.valid_from.desc(), RedemptionRule.id.desc())
        .limit(1)
    ).first()


def worth(paid: Money, ppm: int) -> Money:
    """What shares are redeemed for: the rule's part of what was paid, rounded down to the minor unit."""
    return Money(paid.minor * ppm // PPM, paid.currency)


def period_of(day: date, period: str) -> tuple[date, date]:
    """The first day of a day's month, quarter or year, and the first day after it."""
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    first = (day.month - 1) // months * months
    after = first + months
    return date(day.year, first + 1, 1), date(day.year + after // 12, after % 12 + 1, 1)


def redeemed_in(session: Session, found: ShareClass, day: date, period: str, currency: str) -> Money:
    """What redemptions of a class were worth in the period of a day; those that were reversed do not count."""
    begins, ends = period_of(day, period)
    undone = select(ShareAct.reverses_id).where(ShareAct.reverses_id.is_not(None))
    total = session.execute(
        select(func.coalesce(func.sum(Redemption.value_cents), 0))
        .join(ShareAct, ShareAct.id == Redemption.act_id)
        .join(Withdrawal, Withdrawal.id == Redemption.withdrawal_id)
        .where(
            Withdrawal.share_class_id == found.id,
            ShareAct.effective_on >= begins,
            ShareAct.effective_on < ends,
            ShareAct.id.not_in(undone),
        )
    ).scalar_one()
    return Money(int(total), currency)


def _refuse_early(session: Session, what: Redeeming, rule: RedemptionRule | None) -> None:
    asked, found = what.withdrawal, what.withdrawal.share_class
    left = open_shares(session, asked)
    if left == 0:
        raise NothingOpen
    if not 0 < what.shares <= left:
        raise BeyondOpen(open=left, wanted=what.shares)
    terms = terms_on(session, found, what.on)
    if terms is not None and terms.redemption_right == RedemptionRight.NONE.value:
        raise NotRedeemable(code=found.code)
    if rule is not None and rule.suspended:
        raise RedemptionsSuspended(code=found.code, since=rule.valid_from, reason=rule.reason)
    if what.on < asked.payable_from:
        raise NoticeRuns(until=asked.payable_from)
    first = next((each for each in queue(session, found) if each.payable_from <= what.on), None)
    if first is not None and first.id != asked.id:
        raise OutOfTurn(first=first.id)


def _refuse_too_much(
    session: Session, found: ShareClass, what: Redeeming, rule: RedemptionRule | None, paid: Money, value: Money
) -> None:
    left = _left_of_cap(session, found, rule, what.on, value.currency)
    if left is not None and value.minor > left:
        raise CapReached(left=Money(left, value.currency), code=found.code, wanted=value)
    terms = terms_on(session, found, what.on)
    if terms is not None and terms.capital_min_cents is not None:
        after = journal.balance(session, "share_capital", found.code, paid.currency) - paid.minor
        if after < terms.capital_min_cents:
            least = Money(terms.capital_min_cents, paid.currency)
            raise BelowMinimumCapital(code=found.code, left=Money(after, paid.currency), least=least)
    if not 0 <= what.set_off <= value.minor:
        raise SetOffTooMuch(value=value, set_off=Money(what.set_off, value.currency))


def _left_of_cap(
    session: Session, found: ShareClass, rule: RedemptionRule | None, on: date, currency: str
) -> int | None:
    if rule is None or rule.cap_cents is None:
        return None
    return max(0, rule.cap_cents - redeemed_in(session, found, on, rule.period, currency).minor)


def _affordable(session: Session, asked: Withdrawal, on: date) -> int:
    """How many shares of a withdrawal cap and minimum capital leave room for; found by halving."""
    found, rule = asked.share_class, rule_on(session, asked.share_class, on)
    terms, least, most = terms_on(session, found, on), 0, open_shares(session, asked)
    lots = movable_lots(session, asked.membership, found, most, on)
    currency = lots[0].currency
    left = _left_of_cap(session, found, rule, on, currency)
    capital = journal.balance(session, "share_capital", found.code, currency)
    while least < most:
        middle = (least + most + 1) // 2
        paid = paid_on(session, oldest_parts(lots, middle))
        value = worth(paid, rule.value_ppm if rule else PPM)
        keeps = terms is None or terms.capital_min_cents is None or capital - paid.minor >= terms.capital_min_cents
        fits = keeps and (left is None or value.minor <= left)
        least, most = (middle, most) if fits else (least, middle - 1)
    return least


def _act(what: Redeeming, parts: list[Part], paid: Money, value: Money) -> Act:
    """The act with its money: value owed and set off, and what lies below par to the reserve."""
    rest = value.minor - what.set_off
    amounts = [
        (*payable(what.source), rest),
        ("set_off", "", what.set_off),
        ("capital_reserve", what.withdrawal.share_class.code, paid.minor - value.minor),
    ]
    return Act(
        kind="redemption",
        source=what.source,
        effective_on=what.on,
        reason=what.reason,
        takes=parts,
        money=[journal.Leg(kind, subject, paid.currency, -amount) for kind, subject, amount in amounts if amount],
        details={
            "withdrawal": what.withdrawal.id,
            "member": what.withdrawal.membership.number,
            "shares": what.shares,
            "paid_cents": paid.minor,
            "value_cents": value.minor,
            "set_off_cents": what.set_off,
            "debt": what.debt,
        },
    )
