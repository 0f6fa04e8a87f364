"""Shapes of where money is sent to somebody: taken whole, given without most of its digits."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, Strict

from app.api.ownmembership.shapes import Holder
from app.api.shapes import Given, Line, OptionalLine, Taken
from app.members.people.bank.accounts import Account, Scheme
from app.members.people.bank.reading import read_account
from app.members.people.bank.recording import BankAccount
from app.web.typed import Form


class BankTaken(Taken):
    """An account as banks know it."""

    holder: Holder = None
    scheme: Scheme
    holder_name: Annotated[Line, Field(max_length=140, examples=["Maya Whitfield"])]
    number: Annotated[str, Strict(), Field(min_length=1, max_length=60, examples=["DE89 3704 0044 0532 0130 00"])]
    bank_code: Annotated[OptionalLine, Field(max_length=20)] = Field(
        "", description="The routing number or sort code; not needed with an IBAN."
    )
    bic: Annotated[OptionalLine, Field(max_length=20)] = ""

    def account(self) -> Account:
        """The account, checked as on the page; refuses what is wrong at its field."""
        return read_account(Form(self.model_dump(include={"scheme", "holder_name", "number", "bank_code", "bic"})))


class HolderTaken(Taken):
    """For whom: the caller, or somebody for whom they act."""

    holder: Holder = None


class BankGiven(Given):
    """The account to which somebody is paid."""

    scheme: Scheme
    holder_name: str
    number: str = Field(description="Only its last digits.", examples=["•••• 3000"])
    recorded_at: datetime
    usable_from: datetime = Field(description="Before this nothing is paid to it: time to object to the letter.")


class BankRemoved(Given):
    """A holder of whom no bank details are kept any more."""

    holder: int


def bank_given(known: BankAccount) -> BankGiven:
    """The account on record as its page shows it."""
    return BankGiven(
        scheme=known.account.scheme,
        holder_name=known.account.holder_name,
        number=known.account.masked,
        recorded_at=known.recorded_at,
        usable_from=known.usable_from,
    )
