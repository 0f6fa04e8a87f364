"""What a bank is told: a batch of orders out of one account, each with an end-to-end id of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.members.people.bank.accounts import Account, Scheme


class Form(StrEnum):
    """The forms of a payment file."""

    SEPA = "sepa"
    NACHA = "nacha"
    CSV = "csv"


FORM_TITLES = {
    Form.SEPA: N_("SEPA credit transfers (pain.001)"),
    Form.NACHA: N_("US ACH credits (NACHA)"),
    Form.CSV: N_("Table for the bank's own import (CSV)"),
}
_TAKES: dict[Form, tuple[str, Scheme] | None] = {
    Form.SEPA: ("EUR", Scheme.IBAN),
    Form.NACHA: ("USD", Scheme.US),
    Form.CSV: None,
}


class WrongCurrency(Refusal):
    """The form carries one currency only."""

    message = N_("{form} carries {wanted} only; these are in {currency}. Choose another form.")
    field = "form"


class WrongPayer(Refusal):
    """The account that pays is of another kind than the form needs."""

    message = N_("{form} needs an account of the kind “{wanted}” to pay from.")
    field = "payer_scheme"


class TooMuchForTheForm(Refusal):
    """The form has too few digits for the amount."""

    message = N_("{amount} is more than one order of {form} can carry. Pay it apart.")
    field = "form"


class CompanyMissing(Refusal):
    """An ACH file names the company by the number that its bank gave it."""

    message = N_("A NACHA file needs the company id that your bank gave you: up to ten letters and digits.")
    field = "company_id"


@dataclass(frozen=True)
class Payer:
    """The account that pays; `company_id` and `bank_name` are what a NACHA file names beside it."""

    account: Account
    company_id: str = ""
    bank_name: str = ""


@dataclass(frozen=True)
class Order:
    """One payment: `end_to_end_id` (at most 15 letters and digits) names it for good, at every bank on its way."""

    end_to_end_id: str
    payee: Account
    amount: Money
    text: str


@dataclass(frozen=True)
class File:
    """A batch as a file is made of it: the same batch gives the same bytes."""

    message_id: str
    made_at: datetime
    execute_on: date
    payer: Payer
    orders: Sequence[Order]

    @property
    def total(self) -> Money:
        """The sum of the orders, which are of one currency."""
        return Money(sum(order.amount.minor for order in self.orders), self.orders[0].amount.currency)


def takes(form: Form, currency: str, scheme: Scheme) -> bool:
    """Whether a form can carry an order in this currency to an account of this kind."""
    wanted = _TAKES[form]
    return wanted is None or wanted == (currency, scheme)


def refuse_payer(form: Form, currency: str, payer: Payer) -> None:
    """Refuse an account that the form cannot pay from, or a currency that it does not carry."""
    wanted = _TAKES[form]
    if wanted is None:
        return
    title = FORM_TITLES[form]
    if currency != wanted[0]:
        raise WrongCurrency(form=title, wanted=wanted[0], currency=currency)
    if payer.account.scheme is not wanted[1]:
        raise WrongPayer(form=title, wanted=wanted[1].value.upper())
    if form is Form.NACHA and not (payer.company_id.isalnum() and payer.company_id.isascii()):
        raise CompanyMissing


def write_file(form: Form, file: File) -> bytes:
    """The bytes of a payment file in a form."""
    from app.payments.payouts.files import listing, nacha, sepa

    writers: dict[Form, Callable[[File], bytes]] = {
        Form.SEPA: sepa.write,
        Form.NACHA: nacha.write,
        Form.CSV: listing.write,
    }
    assert file.orders and len({order.end_to_end_id for order in file.orders}) == len(file.orders), "each order once"
    return writers[form](file)


ENDINGS = {Form.SEPA: ("xml", "application/xml"), Form.NACHA: ("ach", "text/plain"), Form.CSV: ("csv", "text/csv")}
"""The end of a file's name and its media type, by form."""
