"""The chart of accounts: which kinds of account exist, how they count, and which may never be overdrawn."""

from dataclasses import dataclass
from enum import Enum

from app.core.errors import N_


class Side(Enum):
    """The side on which an account normally stands; amounts are debits when positive, credits when negative."""

    DEBIT = 1
    CREDIT = -1


class Heading(Enum):
    """What an account is in the financial statements, in their order; the register of shares is kept beside them."""

    ASSETS = N_("Assets")
    LIABILITIES = N_("Liabilities")
    EQUITY = N_("Equity")
    INCOME = N_("Income")
    EXPENSES = N_("Expenses")
    REGISTER = N_("Register of shares")

    @property
    def of_result(self) -> bool:
        """Whether what is booked under it is the result of a fiscal year, which begins at nothing in the next."""
        return self in (Heading.INCOME, Heading.EXPENSES)


@dataclass(frozen=True)
class Kind:
    """A kind of account: its title, its normal side, whether its balance may never leave that side, its heading."""

    name: str
    title: str
    side: Side
    guarded: bool
    heading: Heading


_Row = tuple[str, str, Side, bool]
_DEBIT, _CREDIT = Side.DEBIT, Side.CREDIT


def _under(heading: Heading, *rows: _Row) -> dict[str, Kind]:
    return {name: Kind(name, title, side, guarded, heading) for name, title, side, guarded in rows}


# Money units are ISO 4217 codes in minor units; share units are `SHARE:<class code>` in whole shares.
# The last column: whether the balance is guarded.
KINDS = (
    _under(
        Heading.ASSETS,
        ("bank", N_("Bank account"), _DEBIT, False),
        ("stripe_clearing", N_("Held by the card processor"), _DEBIT, False),
        ("payouts_in_transit", N_("Payouts of the card processor on their way"), _DEBIT, False),
        ("disputed_receivable", N_("Disputed charges, taken back until they are decided"), _DEBIT, False),
        ("refund_receivable", N_("Refunded on the card processor's own pages, without a cause here"), _DEBIT, False),
        ("set_off", N_("Claims on members settled by set-off"), _CREDIT, False),
        ("other_assets", N_("Other assets"), _DEBIT, False),
    )
    | _under(
        Heading.LIABILITIES,
        ("refunds_in_transit", N_("Refunds by the card processor on their way"), _CREDIT, False),
        ("subscriptions_held", N_("Subscriptions held for a subscriber"), _CREDIT, True),
        ("solidarity_fund", N_("Solidarity fund of an offer"), _CREDIT, True),
        ("refunds_payable", N_("Refunds payable to a subscriber"), _CREDIT, True),
        ("payouts_payable", N_("Payouts owed, such as redemptions and interest"), _CREDIT, True),
        ("loans_payable", N_("Loans and bonds owed to a lender"), _CREDIT, True),
        ("withholding_payable", N_("Tax withheld from members, owed to the authority"), _CREDIT, False),
        ("other_liabilities", N_("Other liabilities"), _CREDIT, False),
    )
    | _under(
        Heading.EQUITY,
        ("share_capital", N_("Share capital"), _CREDIT, False),
        ("capital_reserve", N_("Reserve from shares redeemed below par, cancelled or forfeited"), _CREDIT, False),
        ("surplus_distributed", N_("Surplus shared out to members"), _DEBIT, False),
        ("allocations", N_("Patronage retained and allocated to a member"), _CREDIT, True),
        ("opening", N_("Brought in when the books were opened here"), _DEBIT, False),
        ("other_equity", N_("Other equity"), _CREDIT, False),
    )
    | _under(Heading.INCOME, ("other_income", N_("Other income"), _CREDIT, False))
    | _under(
        Heading.EXPENSES,
        ("processor_fees", N_("Fees of the card processor"), _DEBIT, False),
        ("bank_fees", N_("Fees and interest of banks"), _DEBIT, False),
        ("interest_expense", N_("Interest on loans and bonds"), _DEBIT, False),
        ("other_expenses", N_("Other expenses"), _DEBIT, False),
    )
    | _under(
        Heading.REGISTER,
        ("unissued", N_("Unissued shares"), _CREDIT, False),
        ("holder", N_("Shares held by a member"), _DEBIT, True),
    )
)

OWN_KINDS = ("other_assets", "other_liabilities", "other_equity", "other_income", "other_expenses")
"""Kinds whose subjects are accounts of the organization's own, by their numbers."""


def share_unit(class_code: str) -> str:
    """The unit in which whole shares of a class are counted."""
    return f"SHARE:{class_code}"
