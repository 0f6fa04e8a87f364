"""Names of accounts and commodities in text journals: the same rules hold for hledger and Beancount."""

import re
from decimal import Decimal

from app.core.money import Money, precision
from app.exports.books.asking import EARLIER, heading_of
from app.ledger.chart import Heading

_ROOTS = {
    Heading.ASSETS: "Assets",
    Heading.LIABILITIES: "Liabilities",
    Heading.EQUITY: "Equity",
    Heading.INCOME: "Income",
    Heading.EXPENSES: "Expenses",
    Heading.REGISTER: "Equity:Register",
}


def kind_name(kind: str) -> str:
    """The account of a kind, over those of its subjects: `share_capital` is `Equity:Share-Capital`."""
    words = "Earlier-Results" if kind == EARLIER else "-".join(word.capitalize() for word in kind.split("_"))
    return f"{_ROOTS[heading_of(kind)]}:{words}"


def account_name(kind: str, subject: str) -> str:
    """The account of a subject: `request:12` is `…:Request-12`. Two subjects never get one name."""
    if not subject:
        return kind_name(kind)
    said = re.sub(r"[^A-Za-z0-9:]", lambda sign: "--" if sign[0] == "-" else f"-u{ord(sign[0]):x}-", subject)
    return f"{kind_name(kind)}:{said[0].upper()}{said[1:].replace(':', '-')}"


def is_share(unit: str) -> bool:
    """Whether a unit is a class of shares."""
    return unit.startswith("SHARE:")


def commodity(unit: str) -> str:
    """A unit as a commodity: currencies by their code, shares of class A as `SHARE.A`."""
    return unit.replace(":", ".")


def digits(unit: str) -> int:
    """Decimal digits of a unit; shares are whole."""
    return 0 if is_share(unit) else precision(unit)


def decimal_of(amount: int, unit: str) -> Decimal:
    """An amount of a unit as it is written, exact: whole shares, or money in major units."""
    return Decimal(amount) if is_share(unit) else Money(amount, unit).decimal()


def in_one_line(text: str) -> str:
    """Text without line ends and other control characters."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
