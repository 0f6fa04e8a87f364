"""What the desk sees of an exchange: where it stands, its sums, what each member has before and after."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from app.conversion.exchange.approving import ACT, standing_approval
from app.conversion.exchange.judging import members_above, obstacles
from app.conversion.exchange.models import (
    Exchange,
    ExchangeApproval,
    ExchangeExecution,
    ExchangeHalt,
    ExchangeReckoning,
)
from app.conversion.exchange.reckoning import AT_ONCE, latest_reckoning
from app.core.errors import N_
from app.members.approvals.approving import undecided
from app.shares.models import RedemptionRight, Transferable

PAGE_SIZE = 100
COLUMNS = (
    "member_number",
    "old_class",
    "old_certificates",
    "old_shares",
    "old_paid_cents",
    "new_class",
    "new_shares",
    "new_paid_cents",
    "cash_cents",
    "reserve_cents",
    "loan_cents",
    "currency",
)
_DIFF = """
    SELECT m.number AS member_number, o.code AS old_class,
        string_agg(l.certificate_number::text, ' ' ORDER BY l.certificate_number) AS old_certificates,
        sum(x.shares)::bigint AS old_shares, sum(x.paid_cents)::bigint AS old_paid_cents, n.code AS new_class,
        sum(x.new_shares)::bigint AS new_shares, sum(x.new_paid_cents)::bigint AS new_paid_cents,
        sum(x.cash_cents)::bigint AS cash_cents, sum(x.reserve_cents)::bigint AS reserve_cents,
        sum(x.loan_cents)::bigint AS loan_cents, x.currency
    FROM exchange_line x JOIN membership m ON m.id = x.membership_id JOIN lot l ON l.id = x.lot_id
    JOIN exchange_terms t ON t.id = x.terms_id
    JOIN share_class o ON o.id = t.old_class_id JOIN share_class n ON n.id = t.new_class_id
    WHERE x.exchange_id = :exchange GROUP BY m.number, o.code, n.code, x.currency
    ORDER BY m.number, o.code, x.currency LIMIT :many OFFSET :skipped
"""
WAYS = {
    "transfer": N_("transfer what is too much to somebody else before the effective date"),
    "redeem": N_("have what is too much redeemed before the effective date"),
    "loan": N_("have what is too much turned into a loan or paid out by the exchange: draft it with a most"),
    "fewer": N_("or two people set a higher most in the terms of the new class, where the law allows it"),
}


def exchange_facts(session: Session, exchange: Exchange, number: int = 1) -> dict[str, Any]:
    """The page of an exchange."""
    reckoning = latest_reckoning(session, exchange.id)
    lines = diff(session, exchange.id, PAGE_SIZE, (number - 1) * PAGE_SIZE) if reckoning else []
    holders = sum(total["holders"] for total in reckoning.totals) if reckoning else 0
    return {
        "exchange": exchange,
        "reckoning": reckoning,
        "obstacles": obstacles(session, exchange) if reckoning else [],
        "above": [(row, ways_for(row)) for row in members_above(session, exchange)] if reckoning else [],
        "lines": list(lines),
        "page_number": number,
        "page_count": max(1, -(-holders // PAGE_SIZE)),
        "waiting": [
            each for each in undecided(session) if (each.act, each.subject) == (ACT, f"exchange:{exchange.id}")
        ],
        "approval": standing_approval(session, exchange.id),
        "halts": halts_of(session, exchange.id),
        "execution": session.get(ExchangeExecution, exchange.id),
    }


def diff(session: Session, exchange_id: int, many: int | None = None, skipped: int = 0) -> Iterator[Row[Any]]:
    """What each member has before and after, class by class, in the order of their numbers. Minor units."""
    places = {"exchange": exchange_id, "many": many, "skipped": skipped}
    return iter(session.execute(text(_DIFF), places, execution_options={"yield_per": AT_ONCE}))


def diff_lines(session: Session, exchange_id: int) -> Iterator[str]:
    """The whole list as CSV, for whoever compares it with their own."""
    yield _line(COLUMNS)
    for row in diff(session, exchange_id):
        yield _line(row)


def halts_of(session: Session, exchange_id: int) -> list[ExchangeHalt]:
    """Why approved lists were not carried out, the latest first."""
    return list(
        session.scalars(
            select(ExchangeHalt)
            .join(ExchangeApproval, ExchangeApproval.id == ExchangeHalt.approval_id)
            .join(ExchangeReckoning, ExchangeReckoning.id == ExchangeApproval.reckoning_id)
            .where(ExchangeReckoning.exchange_id == exchange_id)
            .order_by(ExchangeHalt.approval_id.desc())
        )
    )


def ways_for(row: Any) -> list[str]:
    """What a member above the most may lawfully do, by the terms of the new class."""
    ways = [WAYS["transfer"]] if row.transferable != Transferable.NOT.value else []
    if row.redemption_right != RedemptionRight.NONE.value:
        ways.append(WAYS["redeem"])
    return [*ways, WAYS["loan"], WAYS["fewer"]]


def _line(values: Any) -> str:
    file = io.StringIO(newline="")
    csv.writer(file).writerow(values)
    return file.getvalue()
