"""Currencies as Stripe counts them: its least unit is not everywhere ISO 4217's."""

from babel.numbers import get_currency_precision

from app.core.money import Money

_WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
_THREE = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
LEAST, MOST = 50, 99_999_999
"""The least and the most that Stripe charges, about, in its least unit."""


class OddAmount(ValueError):
    """An amount that has no whole number of the other's least units."""


def places(currency: str) -> int:
    """Decimal places of Stripe's least unit: none for yen, two for dollars and also for Icelandic krónur."""
    return 0 if currency in _WHOLE else 3 if currency in _THREE else 2


def to_processor(amount: Money) -> int:
    """The amount as Stripe counts it; raises `OddAmount` when it cannot."""
    return _shifted(amount.minor, places(amount.currency) - get_currency_precision(amount.currency))


def from_processor(amount: int, currency: str) -> Money:
    """What Stripe says, in our minor units; raises `OddAmount` when it cannot be said in them."""
    code = currency.upper()
    return Money(_shifted(amount, get_currency_precision(code) - places(code)), code)


def _shifted(amount: int, by: int) -> int:
    if by >= 0:
        return int(amount * 10**by)
    whole, rest = divmod(amount, 10**-by)
    if rest:
        raise OddAmount(f"{amount} has no whole number of the other's least units")
    return int(whole)
