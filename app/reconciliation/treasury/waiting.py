"""What needs the treasurer now: how much of each kind waits, and where it is worked on."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.members.approvals.approving import undecided
from app.payments.cards.hearing.models import ParkedDone, ParkedItem
from app.payments.cards.models import OpenAttempt
from app.payments.cards.returning.disputing import open_disputes
from app.payments.models import Refund
from app.payments.payouts.models import Payout
from app.payments.payouts.owing import is_owed
from app.payments.settled import is_open
from app.reconciliation.closing.signing import months_open
from app.reconciliation.lines import count_open, is_matched, is_parked
from app.reconciliation.models import BankLine
from app.reconciliation.urging import LinesUnmatched, bank_is_behind


class Waiting(NamedTuple):
    """Something that waits: what, how many, and the path of the page on which it is done."""

    title: str
    number: int
    path: str


def waiting_now(session: Session) -> list[Waiting]:
    """Everything that waits for the treasurer, without what does not."""
    found = [
        Waiting(N_("Bank lines to match"), count_open(session), "/desk/bank/lines"),
        Waiting(N_("Bank lines that are parked"), _parked(session), "/desk/bank/lines"),
        Waiting(N_("Disputes of card payments"), len(open_disputes(session)), "/desk/disputes"),
        Waiting(N_("Things of the card processor that no rule settles"), _unsettled(session), "/desk/processor"),
        Waiting(N_("Charges without a final answer"), _count(session, OpenAttempt.attempt_id), "/desk/processor"),
        Waiting(N_("Refunds due"), _count(session, Refund.id, is_open()), "/desk/refunds"),
        Waiting(N_("Payouts due"), _due(session), "/desk/payouts"),
        Waiting(N_("Months to close"), len(months_open(session)), "/desk/closing"),
        Waiting(N_("Proposals to decide"), len(undecided(session)), "/desk/approvals"),
    ]
    return [each for each in found if each.number]


def statements_behind(session: Session) -> Refusal | None:
    """Why the bank statements are behind; None when they are recent, or no account is kept here."""
    behind = bank_is_behind(session)
    return None if isinstance(behind, LinesUnmatched) else behind


def _parked(session: Session) -> int:
    return _count(session, BankLine.id, is_parked(), ~is_matched())


def _unsettled(session: Session) -> int:
    done = select(ParkedDone.parked_item_id).where(ParkedDone.parked_item_id == ParkedItem.id).exists()
    return _count(session, ParkedItem.id, ~done)


def _due(session: Session) -> int:
    return _count(session, Payout.id, is_owed(), Payout.due_on <= clock.today())


def _count(session: Session, column: InstrumentedAttribute[Any], *which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*which)) or 0
