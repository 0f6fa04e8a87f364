"""Money: whole minor units with a currency; never a float."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from babel.core import get_global
from babel.numbers import get_currency_precision, get_currency_symbol, list_currencies

from app.core.errors import N_, Refusal

_CURRENCIES = frozenset(list_currencies())
_LEGAL_TENDER = frozenset(
    code
    for currencies in get_global("territory_currencies").values()
    for code, _, ended, tender in currencies
    if tender and ended is None
)
MINOR_MAX = 10**15  # ten trillion dollars: nine thousand such amounts still sum within a PostgreSQL bigint


class NotAnAmount(Refusal):
    """The text is not an amount of money in this currency."""

    message = N_("“{text}” is not an amount in {currency}. Write it like 2300 or 2300.00.")


class UnknownCurrency(Refusal):
    """The code is not an ISO 4217 currency that is legal tender anywhere today."""

    message = N_("“{code}” is not the code of a currency that is in use. Use three letters such as USD or EUR.")


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (cents for USD, yen for JPY) of an ISO 4217 currency."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse what is not whole minor units of a known currency: a programmer's error."""
        assert isinstance(self.minor, int) and not isinstance(self.minor, bool), "money is whole minor units"
        assert self.currency in _CURRENCIES, f"unknown currency {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        """Sum of two amounts of one currency."""
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Difference of two amounts of one currency."""
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, count: int) -> "Money":
        """The amount taken a whole number of times."""
        assert isinstance(count, int), "money is multiplied by whole numbers only"
        return Money(self.minor * count, self.currency)

    def __neg__(self) -> "Money":
        """The amount with its sign turned."""
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        """Whether this is the smaller amount of one currency."""
        return self.minor < self._same(other).minor

    def __le__(self, other: "Money") -> bool:
        """Whether this is not the larger amount of one currency."""
        return self.minor <= self._same(other).minor

    def split(self, weights: list[int]) -> list["Money"]:
        """Parts in proportion to whole, non-negative weights, summing exactly to the whole.

        Largest remainder; between equal remainders the earlier weight gets the unit.
        """
        total = sum(weights)
        assert total > 0 and all(weight >= 0 for weight in weights), "weights are whole, non-negative, not all zero"
        sign, size = (-1, -self.minor) if self.minor < 0 else (1, self.minor)
        parts = [size * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % total), i))
        for i in by_remainder[: size - sum(parts)]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-precision(self.currency))

    def __str__(self) -> str:
        """For example `USD 2300.00`: for logs and machines; pages format by language."""
        return f"{self.currency} {self.decimal()}"

    def _same(self, other: "Money") -> "Money":
        assert self.currency == other.currency, f"{self.currency} is not {other.currency}"
        return other


def precision(currency: str) -> int:
    """Decimal digits of a currency's minor unit (ISO 4217 by CLDR): 2 for USD, 0 for JPY."""
    return get_currency_precision(currency)


def currency_code(text: str) -> str:
    """A currency code as typed by a person; refuses metals, units of account and what is no longer money."""
    code = text.strip().upper()
    if code not in _LEGAL_TENDER:
        raise UnknownCurrency(code=text.strip()[:20])
    return code


def _without_sign(text: str, currency: str) -> str:
    """An amount without the code or sign of its currency, of which one may stand at one of its ends."""
    for sign in (currency, *(get_currency_symbol(currency, locale=each) for each in ("fr", "en"))):
        if text.startswith(sign) or text.endswith(sign):
            return text.removeprefix(sign).strip() if text.startswith(sign) else text.removesuffix(sign).strip()
    return text


def read_amount(text: str, currency: str) -> Money:
    """An amount in major units as typed by a person (`2300`, `$2,300.00`, `2 300,00 €`), exact or refused.

    The currency's code or own sign may stand before or behind it; the sign of another one is refused.
    A single comma or point followed by one or two digits is the decimal mark; any other commas, points,
    spaces and apostrophes must group thousands. What could be read in two ways (12.345) is refused.
    """
    typed = text.strip().replace("\u00a0", " ").replace("\u202f", " ")
    raw = _without_sign(typed, currency)
    refusal = NotAnAmount(text=typed[:40], currency=currency)
    whole, mark, fraction = raw, "", ""
    for sign in ",.":
        head, found, tail = raw.rpartition(sign)
        is_fraction = tail.isascii() and tail.isdigit() and len(tail) <= max(precision(currency), 2)
        if found and is_fraction and sign not in head:
            whole, mark, fraction = head, sign, tail
    groups = whole
    for separator in " '’,.":
        if separator in whole and separator != mark:
            first, *rest = whole.split(separator)
            if separator == "." and len(rest) == 1 and not mark:
                raise refusal  # 12.345 may be twelve thousand or a slip of twelve: the writer must say
            if not (1 <= len(first) <= 3 and first[0] != "0" and all(len(group) == 3 for group in rest)):
                raise refusal
            groups = "".join([first, *rest])
            break
    if not (groups.isascii() and groups.isdigit()) or len(fraction) > precision(currency):
        raise refusal
    try:
        exact = Decimal(f"{groups}.{fraction or '0'}").scaleb(precision(currency))
    except InvalidOperation:
        raise refusal from None
    if exact != exact.to_integral_value() or exact > MINOR_MAX:
        raise refusal
    return Money(int(exact), currency)
