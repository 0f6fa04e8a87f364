"""Executing an exchange on its effective date: every holder in one transaction, so that nobody sees half of it.

What takes long was reckoned before; here the approved list is only held against the lots, under a lock that lets
everyone read, and written. Killed in the middle, the database forgets all of it, and the job begins anew.
"""

from collections.abc import Callable

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from app.conversion.exchange.judging import refuse_obstructed
from app.conversion.exchange.models import (
    Exchange,
    ExchangeApproval,
    ExchangeExecution,
    ExchangeHalt,
    ExchangeReckoning,
)
from app.conversion.exchange.reckoning import list_sha256
from app.conversion.exchange.writing import ranges, write_range
from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.shares.models import ShareClass

EXECUTE_JOB = "conversion.execute"
HOLDERS_OF_AN_ACT = 5_000


class HoldingsChanged(Refusal):
    """The lots are not those that were approved."""

    message = N_("Shares have moved since this list was reckoned. Reckon it again, and propose it again.")
    status = 409


class NotYetEffective(Refusal):
    """The effective date lies ahead."""

    message = N_("This takes effect on {day}.")
    status = 409


Gate = Callable[[Session, Exchange], None]
_GATES: list[Gate] = []


def gate(judge: Gate) -> None:
    """Have `judge` asked before any exchange is carried out: it raises why one may not be yet."""
    if judge not in _GATES:
        _GATES.append(judge)


def execute_due(session: Session) -> None:
    """Put every approved exchange in the queue whose effective date has come where it counts."""
    waiting = (
        select(Exchange, ExchangeApproval.id)
        .join(ExchangeReckoning, ExchangeReckoning.exchange_id == Exchange.id)
        .join(ExchangeApproval, ExchangeApproval.reckoning_id == ExchangeReckoning.id)
        .where(
            ~exists().where(ExchangeExecution.exchange_id == Exchange.id),
            ~exists().where(ExchangeHalt.approval_id == ExchangeApproval.id),
        )
    )
    for exchange, approval_id in session.execute(waiting):
        if exchange.effective_on <= clock.today(exchange.zone):
            jobs.defer(session, EXECUTE_JOB, approval_id=approval_id)


def execute_or_halt(session: Session, approval_id: int) -> None:
    """Execute an approved exchange; where it may not be, keep why. Harmless when repeated."""
    try:
        with session.begin_nested():
            execute(session, approval_id)
    except Refusal as refusal:
        if session.get(ExchangeHalt, approval_id) is None:
            exchange_id = session.get_one(ExchangeApproval, approval_id).reckoning.exchange_id
            session.add(ExchangeHalt(approval_id=approval_id, reason=str(refusal), halted_at=clock.now()))
            audit.record(session, audit.Tag.EXCHANGE_HALTED, f"exchange:{exchange_id}", by=None, reason=str(refusal))


def execute(session: Session, approval_id: int) -> ExchangeExecution:
    """Exchange every lot as approved, in this transaction; executed before, it is left as it is.

    Raises `NotYetEffective`, an `Obstacle`, `HoldingsChanged`, and what the books refuse.
    """
    approval = session.get_one(ExchangeApproval, approval_id)
    exchange = session.get_one(Exchange, approval.reckoning.exchange_id)
    one_at_a_time(session, f"exchange {exchange.id} is executed")
    done = session.get(ExchangeExecution, exchange.id)
    if done is not None:
        return done
    if clock.today(exchange.zone) < exchange.effective_on:
        raise NotYetEffective(day=exchange.effective_on)
    for judge in _GATES:
        judge(session, exchange)
    _lock(session, exchange)
    refuse_obstructed(session, exchange)
    if not _is_as_approved(session, exchange, approval.reckoning):
        raise HoldingsChanged
    parts = ranges(session, exchange.id, HOLDERS_OF_AN_ACT)
    for place, (first, last) in enumerate(parts, start=1):
        write_range(session, exchange, place, first, last, by=approval.approved_by, proposed_by=approval.proposed_by)
    row = ExchangeExecution(exchange_id=exchange.id, approval_id=approval.id, executed_at=clock.now(), acts=len(parts))
    session.add(row)
    session.flush()
    audit.record(
        session, audit.Tag.EXCHANGE_EXECUTED, f"exchange:{exchange.id}", by=None, reason=exchange.reason,
        holders=approval.reckoning.holders, sha256=approval.reckoning.sha256,
    )  # fmt: skip
    jobs.defer(session, "documents.certify", cause=f"exchange:{exchange.id}")
    return row


def _lock(session: Session, exchange: Exchange) -> None:
    """Keep every lot and charge as it is until commit; classes first, as whoever allots takes them."""
    classes = {each.old_class_id for each in exchange.terms} | {each.new_class_id for each in exchange.terms}
    session.execute(
        select(ShareClass.id).where(ShareClass.id.in_(classes)).order_by(ShareClass.id).with_for_update(key_share=True)
    )
    session.execute(text("LOCK TABLE lot, lot_end, share_charge IN SHARE ROW EXCLUSIVE MODE"))


def _is_as_approved(session: Session, exchange: Exchange, reckoning: ExchangeReckoning) -> bool:
    """Whether the list is the approved one, and names every lot of the old classes as it stands."""
    different = session.scalar(
        text("""
        SELECT EXISTS (
            SELECT FROM (SELECT * FROM exchange_line WHERE exchange_id = :exchange) x FULL JOIN (
                SELECT * FROM lot WHERE share_class_id = ANY(:old)
                AND NOT EXISTS (SELECT FROM lot_end WHERE lot_id = lot.id)
            ) l ON l.id = x.lot_id
            WHERE (x.membership_id, x.shares, x.paid_cents, x.currency)
                IS DISTINCT FROM (l.membership_id, l.shares, l.paid_cents, l.currency)
        )
        """),
        {"exchange": exchange.id, "old": [each.old_class_id for each in exchange.terms]},
    )
    return not different and list_sha256(session, exchange.id) == reckoning.sha256
