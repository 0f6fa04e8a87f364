"""How payouts stand: on their way, explained or not, and which the bank statement is expected to show."""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from app.core.money import Money
from app.ledger.models import Account, Posting
from app.payments.cards.hearing.models import ParkedDone, ParkedItem
from app.payments.cards.payouts.models import (
    CAME_BACK,
    PayoutState,
    ProcessorPayout,
    ProcessorPayoutCheck,
    ProcessorPayoutItem,
    ProcessorPayoutMove,
)


class ExpectedPayout(NamedTuple):
    """Money between the processor and the bank: below zero, the bank gives it back or is asked for it.

    `processor_id` names the payout, `account` the account in the books that carries it until the bank shows it,
    `trace` the reference that the bank gave it, if any.
    """

    processor_id: str
    amount: Money
    arrives_on: date
    trace: str
    account: tuple[str, str]


class Standing(NamedTuple):
    """A payout with its last move and check."""

    payout: ProcessorPayout
    move: ProcessorPayoutMove
    check: ProcessorPayoutCheck | None

    def facts(self) -> dict[str, Any]:
        """The payout for a program; `explained` is null until its lines are complete, amounts are minor units."""
        return {
            "payout": self.payout.processor_id,
            "amount": self.payout.amount_cents,
            "currency": self.payout.currency,
            "automatic": self.payout.automatic,
            "arrives_on": self.payout.arrives_on.isoformat(),
            "status": self.move.status,
            "explained": self.check.explained if self.check else None,
            "reason": self.check.reason if self.check else "",
            "line": self.check.about if self.check else "",
            "remainder": self.check.remainder_cents if self.check else None,
        }


class TypeSum(NamedTuple):
    """The lines of one type in a payout: how many, and their sums in minor units."""

    type: str
    number: int
    amount_cents: int
    fee_cents: int
    net_cents: int
    currency: str


def payouts_expected(session: Session) -> list[ExpectedPayout]:
    """Every payout that the books carry between the processor and the bank, by the day on which it arrives."""
    move, left = aliased(ProcessorPayoutMove), func.sum(Posting.amount)
    rows = session.execute(
        select(ProcessorPayout, move.trace, Account.subject, left)
        .select_from(ProcessorPayout)
        .join(Account, Account.subject == func.concat("processor-payout:", ProcessorPayout.processor_id))
        .join(Posting, Posting.account_id == Account.id)
        .join(move, move.id == _last_of(ProcessorPayoutMove))
        .where(Account.kind == "payouts_in_transit", Posting.unit == ProcessorPayout.currency)
        .group_by(ProcessorPayout.id, move.trace, Account.subject)
        .having(left != 0)
        .order_by(ProcessorPayout.arrives_on, ProcessorPayout.id)
    )
    return [
        ExpectedPayout(
            row.processor_id, Money(int(amount), row.currency), row.arrives_on, trace, ("payouts_in_transit", subject)
        )
        for row, trace, subject, amount in rows
    ]


def last_check(session: Session, payout_id: int) -> ProcessorPayoutCheck | None:
    """What comparing a payout came to last."""
    checks = select(ProcessorPayoutCheck).where(ProcessorPayoutCheck.payout_id == payout_id)
    return session.scalars(checks.order_by(ProcessorPayoutCheck.id.desc()).limit(1)).first()


def unsettled(session: Session) -> list[ProcessorPayout]:
    """The payouts that neither arrived nor failed, or are not explained and no person has settled."""
    move, check = aliased(ProcessorPayoutMove), aliased(ProcessorPayoutCheck)
    settled = (
        select(ParkedDone.parked_item_id)
        .join(ParkedItem, ParkedItem.id == ParkedDone.parked_item_id)
        .where(ParkedItem.kind == "payout", ParkedItem.subject == ProcessorPayout.processor_id)
        .exists()
    )
    on_its_way = move.status.in_((PayoutState.PENDING, PayoutState.IN_TRANSIT))
    unexplained = check.explained.isnot(True) & move.status.not_in(CAME_BACK)
    return list(
        session.scalars(
            select(ProcessorPayout)
            .join(move, move.id == _last_of(ProcessorPayoutMove))
            .outerjoin(check, check.id == _last_of(ProcessorPayoutCheck))
            .where(on_its_way | (unexplained & ~settled))
            .order_by(ProcessorPayout.id)
        )
    )


def count_payouts(session: Session) -> int:
    """How many payouts there are."""
    return session.execute(select(func.count()).select_from(ProcessorPayout)).scalar_one()


def latest_payouts(session: Session, *, after: int = 0, most: int = 50) -> list[Standing]:
    """Payouts with how each stands, the last to arrive first; `after` is how many to pass over."""
    return _standings(session, after, most)


def payouts_from(session: Session, arrival: date) -> list[Standing]:
    """Payouts that arrive on a day or later, the last first."""
    return _standings(session, 0, None, ProcessorPayout.arrives_on >= arrival)


def standing_of(session: Session, payout_id: int) -> Standing | None:
    """How one payout stands."""
    return next(iter(_standings(session, 0, 1, ProcessorPayout.id == payout_id)), None)


def sums_of(session: Session, payout_id: int) -> list[TypeSum]:
    """The lines of a payout summed by their types."""
    item = ProcessorPayoutItem
    rows = session.execute(
        select(
            item.type,
            func.count(),
            func.sum(item.amount_cents),
            func.sum(item.fee_cents),
            func.sum(item.net_cents),
            item.currency,
        )
        .where(item.payout_id == payout_id)
        .group_by(item.type, item.currency)
        .order_by(func.count().desc(), item.type)
    )
    return [TypeSum(kind, number, int(a), int(f), int(n), unit) for kind, number, a, f, n, unit in rows]


def items_of(session: Session, payout_id: int, *, after: int, most: int) -> list[ProcessorPayoutItem]:
    """Lines of a payout in their order, `after` being how many to pass over."""
    wanted = select(ProcessorPayoutItem).where(ProcessorPayoutItem.payout_id == payout_id)
    return list(session.scalars(wanted.order_by(ProcessorPayoutItem.id).offset(after).limit(most)))


def _standings(session: Session, after: int, most: int | None, *which: ColumnElement[bool]) -> list[Standing]:
    move, check = aliased(ProcessorPayoutMove), aliased(ProcessorPayoutCheck)
    wanted = (
        select(ProcessorPayout, move, check)
        .select_from(ProcessorPayout)
        .join(move, move.id == _last_of(ProcessorPayoutMove))
        .outerjoin(check, check.id == _last_of(ProcessorPayoutCheck))
        .where(*which)
        .order_by(ProcessorPayout.arrives_on.desc(), ProcessorPayout.id.desc())
        .offset(after)
        .limit(most)
    )
    return [Standing(*row) for row in session.execute(wanted)]


def _last_of(table: type[ProcessorPayoutMove] | type[ProcessorPayoutCheck]) -> ScalarSelect[int]:
    return (
        select(func.max(table.id))
        .where(table.payout_id == ProcessorPayout.id)
        .correlate(ProcessorPayout)
        .scalar_subquery()
    )
