"""Where the money is: what stands at the bank and the processor, what is owed of it, and what bank statements say."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.errors import N_

HELD = {
    "bank": N_("At the bank, by the books"),
    "payouts_in_transit": N_("Card payouts on their way"),
    "stripe_clearing": N_("Held by the card processor"),
}
OWED = {
    "subscriptions_held": N_("Held for subscribers"),
    "solidarity_fund": N_("Solidarity funds"),
    "refunds_payable": N_("Refunds due"),
    "refunds_in_transit": N_("Refunds on their way to cards"),
    "payouts_payable": N_("Redemptions, interest and other payouts owed"),
    "withholding_payable": N_("Tax withheld"),
}


@dataclass(frozen=True)
class Cash:
    """The position in one currency, in minor units: by kind what is held and what is owed of it.

    `statements` is what bank statements say at the end of the day; None where none was taken.
    """

    unit: str
    held: dict[str, int]
    owed: dict[str, int]
    statements: int | None

    @property
    def free(self) -> int:
        """What is held and owed to nobody whose money it was."""
        return sum(self.held.values()) - sum(self.owed.values())

    @property
    def unshown(self) -> int:
        """What the books have at the bank more than its statements; what is not matched makes it differ."""
        return self.held.get("bank", 0) - (self.statements or 0)


_BALANCES = text("""
    SELECT p.unit, a.kind, CAST(sum(p.amount) AS bigint) FROM posting p JOIN account a ON a.id = p.account_id
    JOIN entry e ON e.id = p.entry_id
    WHERE a.kind = ANY(:kinds) AND e.effective_on <= :day GROUP BY 1, 2 ORDER BY 1, 2
""")
_STATEMENTS = text("""
    SELECT currency, CAST(sum(cents) AS bigint) FROM (
        SELECT currency, opening_cents AS cents FROM bank_statement WHERE previous_id IS NULL
        UNION ALL SELECT currency, amount_cents FROM bank_line WHERE booked_on <= :day
    ) AS parts GROUP BY 1
""")


def cash_position(session: Session, day: date) -> list[Cash]:
    """The position at the end of a day in each currency."""
    found: dict[str, dict[str, int]] = {}
    for unit, kind, cents in session.execute(_BALANCES, {"kinds": [*HELD, *OWED], "day": day}):
        found.setdefault(unit, {})[kind] = cents
    statements = {currency: int(cents) for currency, cents in session.execute(_STATEMENTS, {"day": day})}
    return [
        Cash(
            unit,
            {kind: kinds[kind] for kind in HELD if kinds.get(kind)},
            {kind: -kinds[kind] for kind in OWED if kinds.get(kind)},
            statements.get(unit),
        )
        for unit, kinds in sorted(found.items())
    ]
