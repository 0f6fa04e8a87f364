"""Fees: about what each way of paying costs the organization, so that people can compare before they choose.

Published prices of the processors for the United States and the euro area; the true fee is on each charge.
"""

from fractions import Fraction

from app.core.money import Money
from app.payments.models import PayBy

_RATES: dict[PayBy, tuple[Fraction, int, int | None]] = {
    PayBy.BANK_TRANSFER: (Fraction(0), 0, None),
    PayBy.CARD: (Fraction(29, 1000), 30, None),
    PayBy.US_BANK_DEBIT: (Fraction(8, 1000), 0, 5_00),
    PayBy.SEPA_DEBIT: (Fraction(0), 35, None),
}
"""By way: a part of the amount, hundredths on top, and the most in hundredths."""


def fee_of(way: str, amount: Money) -> Money:
    """About what a payment of an amount costs, rounded up to a whole minor unit."""
    rate, plus, most = _RATES[PayBy(way)]
    fee = -(-(amount.minor * rate.numerator) // rate.denominator) + plus
    return Money(fee if most is None else min(fee, most), amount.currency)
