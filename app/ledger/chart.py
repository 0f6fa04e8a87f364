"""The chart of accounts: which kinds of account exist, how they count, and which may never be overdrawn."""

from dataclasses import dataclass
from enum import Enum

from app.core.errors import N_


class Side(Enum):
    """The side on which an account normally stands; amounts are debits when positive, credits when negative."""

    DEBIT = 1
    CREDIT = -1


@dataclass(frozen=True)
class Kind:
    """A kind of account: its title, its normal side, and whether its balance may never leave that side."""

    name: str
    title: str
    side: Side
    guarded: bool


def _kinds(*kinds: Kind) -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds}


# Money units are ISO 4217 codes in minor units; share units are `SHARE:<class code>` in whole shares.
KINDS = _kinds(
    Kind("bank", N_("Bank account"), Side.DEBIT, guarded=False),
    Kind("stripe_clearing", N_("Held by the card processor"), Side.DEBIT, guarded=False),
    Kind("payouts_in_transit", N_("Payouts of the card processor on their way"), Side.DEBIT, guarded=False),
    Kind("refunds_in_transit", N_("Refunds by the card processor on their way"), Side.CREDIT, guarded=False),
    Kind("disputed_receivable", N_("Disputed charges, taken back until they are decided"), Side.DEBIT, guarded=False),
    Kind("processor_fees", N_("Fees of the card processor"), Side.DEBIT, guarded=False),
    Kind("bank_fees", N_("Fees and interest of banks"), Side.DEBIT, guarded=False),
    Kind("subscriptions_held", N_("Subscriptions held for a subscriber"), Side.CREDIT, guarded=True),
    Kind("solidarity_fund", N_("Solidarity fund of an offer"), Side.CREDIT, guarded=True),
    Kind("refunds_payable", N_("Refunds payable to a subscriber"), Side.CREDIT, guarded=True),
    Kind("share_capital", N_("Share capital"), Side.CREDIT, guarded=False),
    Kind("payouts_payable", N_("Payouts owed, such as redemptions and interest"), Side.CREDIT, guarded=True),
    Kind(
        "capital_reserve",
        N_("Reserve from shares redeemed below par, cancelled or forfeited"),
        Side.CREDIT,
        guarded=False,
    ),
    Kind("set_off", N_("Claims on members settled by set-off"), Side.CREDIT, guarded=False),
    Kind("loans_payable", N_("Loans and bonds owed to a lender"), Side.CREDIT, guarded=True),
    Kind("interest_expense", N_("Interest on loans and bonds"), Side.DEBIT, guarded=False),
    Kind("surplus_distributed", N_("Surplus shared out to members"), Side.DEBIT, guarded=False),
    Kind("allocations", N_("Patronage retained and allocated to a member"), Side.CREDIT, guarded=True),
    Kind("withholding_payable", N_("Tax withheld from members, owed to the authority"), Side.CREDIT, guarded=False),
    Kind("opening", N_("Brought in when the books were opened here"), Side.DEBIT, guarded=False),
    Kind("unissued", N_("Unissued shares"), Side.CREDIT, guarded=False),
    Kind("holder", N_("Shares held by a member"), Side.DEBIT, guarded=True),
)


def share_unit(class_code: str) -> str:
    """The unit in which whole shares of a class are counted."""
    return f"SHARE:{class_code}"
