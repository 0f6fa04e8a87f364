"""Causes: which lines of a payout stand in the books, and which have no cause there, found by one statement."""

from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

FEES = ("stripe_fee", "stripe_fx_fee", "tax_fee")
"""Lines that are fees themselves, about no payment of ours."""
TYPES = (
    "charge", "payment", "refund", "payment_refund", "refund_failure", "adjustment", "payout_failure", "payout_cancel",
    *FEES,
)  # fmt: skip
"""The types of lines that are known here. A line of any other fails its payout: no entry is made up for it."""

_IN_FEES = ", ".join(f"'{each}'" for each in FEES)
BASELESS = f"""
SELECT i.* FROM processor_payout_item i JOIN processor_payout p ON p.id = i.payout_id
WHERE (i.currency = p.currency AND CASE
    WHEN i.type IN ('charge', 'payment') THEN EXISTS (
        SELECT FROM card_payment c WHERE c.processor = 'stripe' AND c.charge = i.source
        AND c.amount_cents = i.amount_cents AND c.currency = i.currency)
    WHEN i.type IN ('refund', 'payment_refund') THEN EXISTS (
        SELECT FROM processor_refund_move m JOIN processor_refund r ON r.id = m.processor_refund_id
        WHERE m.processor_id = i.source AND r.amount_cents = -i.amount_cents AND r.currency = i.currency
    ) OR EXISTS (
        SELECT FROM adopted_refund a WHERE a.processor_id = i.source AND a.amount_cents = -i.amount_cents
        AND a.currency = i.currency)
    WHEN i.type = 'refund_failure' THEN EXISTS (
        SELECT FROM processor_refund_move m JOIN processor_refund r ON r.id = m.processor_refund_id
        WHERE m.processor_id = i.source AND m.status IN ('failed', 'canceled')
        AND r.amount_cents = i.amount_cents AND r.currency = i.currency
    ) OR EXISTS (
        SELECT FROM adopted_refund a JOIN adopted_refund_move m ON m.adopted_refund_id = a.id
        WHERE a.processor_id = i.source AND m.status IN ('failed', 'canceled')
        AND a.amount_cents = i.amount_cents AND a.currency = i.currency)
    WHEN i.type = 'adjustment' THEN EXISTS (
        SELECT FROM dispute WHERE processor_id = i.source
    ) AND (i.amount_cents = 0 OR EXISTS (
        SELECT FROM entry e JOIN posting g ON g.entry_id = e.id JOIN account a ON a.id = g.account_id
        WHERE e.key = 'dispute:stripe:' || i.balance_transaction AND a.kind = 'stripe_clearing'
        AND g.amount = i.amount_cents AND g.unit = i.currency))
    WHEN i.type IN ('payout_failure', 'payout_cancel') THEN EXISTS (
        SELECT FROM processor_payout o JOIN processor_payout_move m ON m.payout_id = o.id
        WHERE o.processor_id = i.source AND m.status IN ('failed', 'canceled')
        AND o.amount_cents = i.amount_cents AND o.currency = i.currency)
    ELSE i.type IN ({_IN_FEES})
END AND (
    i.fee_cents - CASE WHEN i.type IN ({_IN_FEES}) THEN i.amount_cents ELSE 0 END = coalesce(
        (SELECT f.amount_cents FROM processor_fee f
         WHERE f.balance_transaction = i.balance_transaction AND f.currency = i.currency), 0)
)) IS NOT TRUE
"""  # noqa: S608  (of our own constants)


class Baseless(NamedTuple):
    """A line without a cause in the books."""

    balance_transaction: str
    type: str
    source: str
    net_cents: int
    currency: str


def baseless(session: Session, payout_id: int) -> list[Baseless]:
    """The lines of a payout that have no cause in the books, in their order."""
    fields = ", ".join(f"b.{field}" for field in Baseless._fields)
    wanted = f"SELECT {fields} FROM ({BASELESS} AND i.payout_id = :payout) b ORDER BY b.id"  # noqa: S608
    return [Baseless(*row) for row in session.execute(text(wanted), {"payout": payout_id})]
