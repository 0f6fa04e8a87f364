"""Shapes of batches of payments: what is owed, and what is proposed to be ordered."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.api.shapes import Amount, Currency, Day, Given, Line, OptionalLine, ReasonTaken, Taken
from app.core.language import translator
from app.members.people.bank.accounts import Account, Scheme, checked
from app.payments.payouts.batches.gathering import Due
from app.payments.payouts.files.orders import Form, Payer


class PayerTaken(Taken):
    """The account that pays, and what a NACHA file names beside it."""

    scheme: Scheme
    holder: Annotated[Line, Field(max_length=140)]
    number: Annotated[Line, Field(max_length=60)]
    bank_code: Annotated[OptionalLine, Field(max_length=20, description="Routing number or sort code.")] = ""
    bic: Annotated[OptionalLine, Field(max_length=20)] = ""
    company_id: Annotated[OptionalLine, Field(max_length=10)] = ""
    bank_name: Annotated[OptionalLine, Field(max_length=60)] = ""

    def payer(self) -> Payer:
        """The payer as the house knows it; refuses a number that cannot be one."""
        account: Account = checked(self.scheme, self.holder, self.number, self.bank_code, self.bic)
        return Payer(account, self.company_id, self.bank_name)


class BatchTaken(ReasonTaken):
    """Everything that a file of a form can pay on a day."""

    format: Form
    currency: Currency
    execute_on: Day
    payer: PayerTaken | None = Field(None, description="Null: the account that paid the last batch.")


class OwedGiven(Given):
    """A payout or refund that is owed."""

    debt: str = Field(examples=["payout:12"])
    amount: Amount
    due_on: date
    waits: str | None = Field(description="Why such a file cannot pay it yet; null: it can.")


def owed_given(due: Due, lang: str) -> OwedGiven:
    """What is owed as the API says it."""
    waits = translator(lang)(due.waits) if due.waits else None
    return OwedGiven(debt=due.key, amount=Amount.of(due.amount), due_on=due.due_on, waits=waits)
