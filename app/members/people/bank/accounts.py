"""Numbers of bank accounts: read as people type them, checked, and shown without most of their digits."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import stdnum.bic
import stdnum.iban
import stdnum.us.rtn
from stdnum.exceptions import ValidationError

from app.core.errors import N_, Refusal

SHOWN_DIGITS = 4
HIDDEN = "••••"


class Scheme(StrEnum):
    """How an account is named: internationally, in the United States, or in the United Kingdom."""

    IBAN = "iban"
    US = "us"
    UK = "uk"


SCHEME_TITLES = {
    Scheme.IBAN: N_("IBAN"),
    Scheme.US: N_("US account, with routing number"),
    Scheme.UK: N_("UK account, with sort code"),
}


class NotAnIban(Refusal):
    """Its check digits or its length are wrong."""

    message = N_("This IBAN is not right. Compare it with your bank's papers.")
    field = "number"


class NotAnAccountNumber(Refusal):
    """It has letters, or more or fewer digits than such an account."""

    message = N_("This is not an account number. It has {digits} digits.")
    field = "number"


class NotARoutingNumber(Refusal):
    """Its check digit or its length is wrong."""

    message = N_("This routing number is not right. It has 9 digits and stands at the foot of a check.")
    field = "bank_code"


class NotASortCode(Refusal):
    """A sort code has six digits."""

    message = N_("This is not a sort code. It has 6 digits, like 20-00-00.")
    field = "bank_code"


class NotABic(Refusal):
    """It is not built like one."""

    message = N_("This BIC is not right. It has 8 or 11 characters. You may leave it out.")
    field = "bic"


@dataclass(frozen=True)
class Account:
    """An account as banks know it, checked: `bank_code` is the routing number or sort code, "" with an IBAN."""

    scheme: Scheme
    holder_name: str
    number: str
    bank_code: str = ""
    bic: str = ""

    @property
    def masked(self) -> str:
        """Its last digits, by which its owner knows it."""
        return f"{HIDDEN} {self.number[-SHOWN_DIGITS:]}"

    @property
    def written(self) -> str:
        """Its number as people read it, in groups."""
        if self.scheme is Scheme.IBAN:
            return str(stdnum.iban.format(self.number))
        code = "-".join(self.bank_code[at : at + 2] for at in (0, 2, 4)) if self.scheme is Scheme.UK else self.bank_code
        return f"{code} {self.number}"

    @property
    def same_key(self) -> str:
        """What equal accounts have in common, whoever holds them."""
        return f"{self.scheme}:{self.bank_code}:{self.number}"


def checked(scheme: Scheme, holder_name: str, number: str, bank_code: str = "", bic: str = "") -> Account:
    """An account from what was typed. Refuses a wrong number, routing number, sort code or BIC."""
    typed = _plain(number)
    known_bic = _valid(stdnum.bic, _plain(bic), NotABic) if bic.strip() else ""
    if scheme is Scheme.IBAN:
        return Account(scheme, holder_name, _valid(stdnum.iban, typed, NotAnIban), "", known_bic)
    code = _plain(bank_code)
    if scheme is Scheme.US:
        routing = _valid(stdnum.us.rtn, code, NotARoutingNumber)
        return Account(scheme, holder_name, _digits(typed, 4, 17), routing, known_bic)
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        raise NotASortCode
    return Account(scheme, holder_name, _digits(typed, 8, 8), code, known_bic)


def _plain(text: str) -> str:
    return "".join(char for char in text if not char.isspace() and char not in "-.‐–").upper()


def _digits(number: str, least: int, most: int) -> str:
    if not (number.isascii() and number.isdigit() and least <= len(number) <= most):
        raise NotAnAccountNumber(digits=least if least == most else f"{least}–{most}")
    return number


def _valid(rules: Any, text: str, refusal: type[Refusal]) -> str:
    try:
        return str(rules.validate(text))
    except ValidationError:
        raise refusal from None
